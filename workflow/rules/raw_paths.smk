"""Raw inputs of a study: what its products come from, for their digests."""


def raw_files(wildcards):
    """Every raw file of a study that is no tile, each once."""
    study = study_of(wildcards)
    files = [study["files"]["area"], study["files"]["dem"]]
    files += [] if from_grids(wildcards) else station_files(wildcards)
    named = own_files.of_study(study)
    # those of npp.rasters stand in lists of their own (granule_digests)
    files += [own.path for own in named if own.key != "npp.rasters"]
    return list(dict.fromkeys(files))


def station_files(wildcards):
    """The station file of a study, or all files of its folder."""
    path = Path(study_of(wildcards)["files"]["stations"])
    if not path.is_dir():
        return [str(path)]
    return sorted(str(file) for file in path.rglob("*") if file.is_file())


def granule_digests(wildcards):
    """The lists of all tiles that the products of a study come from."""
    study, below = study_of(wildcards), f"{RESULTS}/{wildcards.study}"
    lists = in_study("npp/{collection}/granules_{year}.csv")(wildcards)
    if harmonised_is_tried(study):
        years = range(study["npp"]["overlap"][0], study["npp"]["overlap"][1] + 1)
        lists += [f"{below}/npp/006/granules_{year}.csv" for year in years]
        lists += [f"{below}/npp/061/granules_{year}.csv" for year in years]
    if study["npp"]["compare"]:
        years = comparison_years(wildcards)
        lists += [f"{below}/npp/061/granules_{year}.csv" for year in years]
    if study["npp"]["source"] == "casa" and not study["uses_landcover"]:
        lists += in_study("landcover/keys/igbp17/granules_{landcover_year}.csv")(wildcards)
    if study["uses_landcover"]:
        lists += in_study("landcover/granules_{landcover_year}.csv")(wildcards)
    dates = study["landcover_dates"].values()
    lists += [f"{below}/landcover/granules_{year}.csv" for year in dates]
    lists += lists_of_downloads(study)
    return sorted(set(lists))


def refused(study, path, faults):
    """Input function of a raw file that is not there."""

    def refuse(_):
        raise MissingRawFiles(own_files.refusal(study, path, faults))

    return refuse


# By path; a stat each. Jobs that are under way look at their own inputs.
RAW_FAULTS = {
    path: refused(study, path, faults)
    for study in (STUDIES.values() if workflow.is_main_process else ())
    for faults in [own_files.faults(study)]
    for path in faults
}
