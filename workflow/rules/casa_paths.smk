"""Input functions of NDVI and of NPP by light use."""

CASA_STUDIES = [name for name, study in STUDIES.items() if study["npp"]["source"] == "casa"]
VEGETATION_TYPES = os.path.relpath(TOP / "config/vegetation_types.csv")


def uses_casa(wildcards):
    return wildcards.study in CASA_STUDIES


def ndvi_months(wildcards, input=None):
    """Twelve lists of dates, each a list of tiles; none before the product begins.

    Of downloads, once they are listed.
    """
    study, year = study_of(wildcards), int(wildcards.year)
    product, files = study["ndvi"]["product"], study["files"]
    days = modis.first_days(product, year)
    listed = list_of_tiles(study, product, "061", year)
    try:
        if listed:
            dates = modis.by_date(tiles_in(listed, files["tiles"]), study["tiles"])
        elif study["simulated"]:
            name = f"{files['tiles']}/{product}.A{year}{{day:03d}}.{{tile}}.061.{TWIN_STAMP}.hdf"
            dates = {day: [name.format(day=day, tile=t) for t in study["tiles"]] for day in days}
        else:
            place = (files["tiles"], product, "061", year, list(days), study["tiles"])
            dates = modis.find_dates(*place)
    except modis.MissingTiles as error:
        raise MissingRawFiles(missing_tiles(study, error)) from None
    return [[dates[d] for d in days if days[d] == month and d in dates] for month in range(1, 13)]


def ndvi_granules(wildcards):
    """What the NDVI of a year depends on: the tiles, or the twin's list of them."""
    study = study_of(wildcards)
    if study["simulated"]:
        product = study["ndvi"]["product"]
        return f"{study['files']['folder']}/granules/{product}.061_{wildcards.year}.csv"
    listed = list_of_tiles(study, study["ndvi"]["product"], "061", wildcards.year)
    if listed:
        return listed
    return [path for dates in ndvi_months(wildcards) for date in dates for path in date]


def vegetation_of_year(wildcards):
    """Land cover by IGBP class of the map that serves a year."""
    year = study_of(wildcards)["landcover_year"][int(wildcards.year)]
    return f"{RESULTS}/{wildcards.study}/landcover/keys/igbp17/{year}.tif"


def casa_with_limits(wildcards):
    """Settings of CASA with the limits that are asked for, those of the study where none are."""
    casa = study_of(wildcards)["casa"]
    return casa | {"limits": wildcards.limits[1:] or casa["limits"]}


def limits_of(study):
    """Ways to find the limits of NDVI, the study's first."""
    own = study["casa"]["limits"]
    return [own, *(name for name in ("own", "own_upper", "zhu2007") if name != own)]


def npp_by_limits(wildcards):
    """{limits: NPP of all years}; those of the study lie where its NPP does."""
    own, *others = limits_of(study_of(wildcards))
    files = {name: in_study(f"npp/casa_{name}/{{year}}.tif")(wildcards) for name in others}
    return {own: in_study("npp/{npp}/{year}.tif")(wildcards)} | files


def casa_tables(study):
    return ["casa_limits", "casa"] if study["npp"]["source"] == "casa" else []


def casa_products(study):
    """Layers that a study with NPP by light use keeps, without .tif."""
    if study["npp"]["source"] != "casa":
        return []
    return [
        "ndvi/ndvi",
        "ndvi/state",
        "ndvi/filled_share",
        "ndvi/mean",
        "casa/normals",
        "casa/clip_share",
    ]


def comparison_years(wildcards):
    """Years that both sources of NPP have; MOD17A3HGF v061 begins in 2001."""
    return [year for year in years_of(wildcards) if year > 2000]


def compared_npp(wildcards):
    """NPP of both sources, a file a year each."""
    below, years = f"{RESULTS}/{wildcards.study}/npp", comparison_years(wildcards)
    own = study_of(wildcards)["npp_year_folder"]
    return {
        "own": [f"{below}/{own[year]}/{year}.tif" for year in years],
        "other": [f"{below}/061/{year}.tif" for year in years],
    }


def comparison_sources(wildcards):
    npp = study_of(wildcards)["npp"]
    return [npp["source"], npp["compare"]]


def comparison_tables(study):
    return ["npp_agreement"] if study["npp"]["compare"] else []


def comparison_products(study):
    """Layers of the comparison of NPP, without .tif."""
    names = ("own", "other", "difference") if study["npp"]["compare"] else ()
    return [f"npp/compared/{name}" for name in names]


def casa_table(wildcards):
    return f"{RESULTS}/{wildcards.study}/tables/casa.csv" if uses_casa(wildcards) else []
