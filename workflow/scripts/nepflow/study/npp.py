"""NPP of a study: its sources, NDVI and FPAR of light use, its comparison."""

from nepflow.study import layers

FPAR_LIMITS = ("own_upper", "zhu2007", "own")  # ways to find the limits of NDVI


def folders(study):
    """Return the sources of NPP that a study makes: collections, and harmonised as an option."""
    made = set(study["npp_year_folder"].values())
    options = study["specification"]
    tried = options["harmonised"] and "year_2000" in options.get("choices", [])
    return made | {"harmonised"} if tried and "006" in made and study["has_trend"] else made


def is_harmonised(study):
    """Tell whether the year 2000 of two collections is made, as chosen or beside what is chosen."""
    return "harmonised" in folders(study)


def overlap(study, collection):
    """Return NPP of one collection in the years that two collections share."""
    first, last = study["npp"]["overlap"]
    return [
        layers.below(study, f"npp/{collection}/npp_{year}.tif") for year in range(first, last + 1)
    ]


def vegetation(study, year):
    """Return land cover by IGBP class of the map that serves a year."""
    named = study["landcover_year"][int(year)]
    return layers.below(study, f"landcover/keys/igbp17/landcover_{named}.tif")


def casa_settings(study, limits):
    """Return the settings of CASA with the limits asked for (``_<name>``), or the study's."""
    return study["casa"] | {"limits": limits[1:] or study["casa"]["limits"]}


def fpar_limits(study):
    """Return the ways to find the limits of NDVI, the study's first."""
    own = study["casa"]["limits"]
    return [own, *(name for name in FPAR_LIMITS if name != own)]


def by_fpar_limits(study):
    """Return {limits: NPP of all years}; those of the study lie where its NPP does."""
    own, *others = fpar_limits(study)
    found = {name: layers.yearly(study, f"npp/casa_{name}/npp_{{year}}.tif") for name in others}
    return {own: layers.yearly(study, "npp/{npp}/npp_{year}.tif")} | found


def casa_table(study):
    """Return the table of light use, of a study whose NPP comes from it."""
    return layers.table(study, "casa") if study["npp"]["source"] == "casa" else []


def comparison_years(study):
    """Return the years that both sources of NPP have; MOD17A3HGF v061 begins in 2001."""
    return [year for year in study["years"] if year > 2000]


def comparison(study):
    """Return NPP of both sources, a file a year each."""
    years, own = comparison_years(study), study["npp_year_folder"]
    return {
        "own": [layers.below(study, f"npp/{own[year]}/npp_{year}.tif") for year in years],
        "other": [layers.below(study, f"npp/061/npp_{year}.tif") for year in years],
    }


def comparison_sources(study):
    """Return the names of both sources of NPP."""
    return [study["npp"]["source"], study["npp"]["compare"]]


def tables(study):
    """Return the names of the tables of NPP by light use."""
    return ["casa_limits", "casa"] if study["npp"]["source"] == "casa" else []


def comparison_tables(study):
    """Return the names of the tables of the comparison of NPP."""
    return ["npp_agreement"] if study["npp"]["compare"] else []


def rasters(study):
    """Return the layers of light use and of the comparison that a study keeps, without ending."""
    by_light = [
        "ndvi/ndvi",
        "ndvi/ndvi_state",
        "ndvi/filled_share",
        "ndvi/ndvi_mean",
        "casa/normals",
        "casa/clip_share",
    ]
    names = ("own", "other", "difference") if study["npp"]["compare"] else ()
    return [
        *(by_light if study["npp"]["source"] == "casa" else []),
        *(f"npp/compared/npp_{name}" for name in names),
    ]
