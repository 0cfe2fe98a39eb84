"""Input functions: which files a rule of a study reads."""

TWIN_STAMP = "2024001000000"  # production time in the names of simulated tiles


def study_of(wildcards):
    return STUDIES[wildcards.study]


def years_of(wildcards):
    return study_of(wildcards)["years"]


def tiles_read(wildcards):
    """Names of the tiles that must hold the area; none where the study reads no tile."""
    study = study_of(wildcards)
    return study["tiles"] if study["reads_tiles"] else []


def tiles_of(product):
    """Function that gives the tile files of a product and year; of downloads, once they are listed."""

    def tiles(wildcards, input=None):
        study, collection = study_of(wildcards), wildcards.get("collection", "061")
        folder = study["files"]["tiles"]
        listed = list_of_tiles(study, product, collection, wildcards.year)
        if listed:
            return tiles_in(listed, folder)
        if study["simulated"]:
            name = f"{product}.A{wildcards.year}001.{{tile}}.{collection}.{TWIN_STAMP}.hdf"
            return [f"{folder}/{name.format(tile=tile)}" for tile in study["tiles"]]
        try:
            return modis.find_tiles(folder, product, collection, wildcards.year, study["tiles"])
        except modis.MissingTiles as error:
            raise MissingRawFiles(missing_tiles(study, error)) from None

    return tiles


def missing_tiles(study, error):
    """The message on the tiles that a job misses, with those of all other products and years."""
    absent = {}
    for name, years in plan.tile_years(study).items():
        product, _, collection = name.upper().rpartition("_")
        for year in years:
            if list_of_tiles(study, product, collection, year):
                continue
            days, place = modis.begins_of(product, year), (product, collection, year)
            try:
                modis.find_dates(study["files"]["tiles"], *place, days, study["tiles"])
            except modis.MissingTiles as other:
                if other.absent:
                    lost = f"{product} {collection} of {' '.join(other.absent[1])}"
                    absent.setdefault(lost, []).append(str(year))
    lines = [f"  no {lost} in {', '.join(years)}" for lost, years in absent.items()]
    return "\n".join([f"config/studies/{study['slug']}.yaml: MissingTiles: {error}", *lines])


def granules_of(product):
    """Function that gives what the mosaic depends on: the tiles, or the twin's list of them."""

    def granules(wildcards):
        study, collection = study_of(wildcards), wildcards.get("collection", "061")
        if study["simulated"]:
            folder = study["files"]["folder"]
            return f"{folder}/granules/{product}.{collection}_{wildcards.year}.csv"
        listed = list_of_tiles(study, product, collection, wildcards.year)
        return listed or tiles_of(product)(wildcards)

    return granules


def in_study(pattern):
    """Function that gives ``pattern`` below the study's results, once a year of the study."""

    def paths(wildcards):
        study = study_of(wildcards)
        return [
            f"{RESULTS}/{wildcards.study}/"
            + pattern.format(
                year=year,
                npp=study["npp_year_folder"][year],
                collection=study["npp_year_folder"][year].replace("harmonised", "006"),
                landcover_year=study["landcover_year"][year],
            )
            for year in study["years"]
        ]

    return paths


def cube_of(wildcards):
    """The cube of a variable; NPP and Rh are those of the balance, which stand beside NEP."""
    folder = "nep" if wildcards.variable in ("nep", "npp", "rh") else "climate"
    return f"{RESULTS}/{wildcards.study}/{folder}/{wildcards.variable}.tif"


def chosen_respiration(wildcards):
    name = study_of(wildcards)["respiration_variant"]
    return f"{RESULTS}/{wildcards.study}/nep/rh_{name}.tif"


def minimum_valid_years(wildcards):
    study = study_of(wildcards)
    return study["minimum_years"] if study["has_trend"] else 1


def harmonised_is_tried(study):
    """Whether the year 2000 of two collections is made, as chosen or beside what is chosen."""
    return "harmonised" in plan.folders_of_npp(study)


def overlap_of(collection):
    """Function that gives NPP of one collection in the years that two collections share."""

    def paths(wildcards):
        first, last = study_of(wildcards)["npp"]["overlap"]
        below = f"{RESULTS}/{wildcards.study}/npp/{collection}"
        return [f"{below}/{year}.tif" for year in range(first, last + 1)]

    return paths


def compared_respiration(wildcards):
    names = study_of(wildcards)["respiration_variants"]
    return [f"{RESULTS}/{wildcards.study}/nep/rh_{name}.tif" for name in names]


def climate_if_wanted(variable):
    """Function that gives the annual cube of a variable that a study may do without."""

    def cube(wildcards):
        wanted = variable in study_of(wildcards)["climate"]["variables"]
        return f"{RESULTS}/{wildcards.study}/climate/{variable}.tif" if wanted else []

    return cube


def first_area_series(wildcards):
    """Table of the zones that partition the area."""
    return f"{RESULTS}/{wildcards.study}/tables/series_{area_zones(wildcards)}.csv"


def trend_if_estimated(wildcards):
    has_trend = study_of(wildcards)["has_trend"]
    return f"{RESULTS}/{wildcards.study}/pixel/nep/sen_slope.tif" if has_trend else []
