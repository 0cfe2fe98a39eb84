"""Input functions of the effect of land-use change."""


def span_years(wildcards):
    """Years of the first or of the last period."""
    first, last = study_of(wildcards)["land_use_periods"]
    return first if wildcards.span == "first" else last


def landcover_of_span(wildcards):
    """A map a year: one that stands for another year counts for both."""
    maps = study_of(wildcards)["landcover_year"]
    below = f"{RESULTS}/{wildcards.study}/landcover"
    return [f"{below}/{maps[year]}.tif" for year in span_years(wildcards)]


def compared_years(wildcards):
    """Such as 2001-2005 and 2016-2020."""
    periods = study_of(wildcards)["land_use_periods"]
    return " and ".join(f"{years[0]}-{years[-1]}" for years in periods)


def land_use_tables(study):
    """Tables of the effect of land-use change, in the order of the report."""
    names = land_use_entries.quantities_of(study)
    return [f"land_use_{kind}_{name}" for name in names for kind in ("effect", "density")]


def land_use_layers(study):
    """Rasters of the periods that a study keeps, without .tif."""
    names = land_use_entries.quantities_of(study)
    made = [*names, "class"] if names else []
    return [f"land_use/{name}_{span}" for name in made for span in ("first", "last")]


def land_use_figure_table(wildcards):
    name = figure_entry(wildcards)["quantity"]
    return f"{RESULTS}/{wildcards.study}/tables/land_use_effect_{name}.csv"
