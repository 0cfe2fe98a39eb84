"""Input functions: what composed figures and land-cover change read."""


def landcover_of_dates(wildcards):
    years = study_of(wildcards)["landcover_dates"].values()
    return [f"{RESULTS}/{wildcards.study}/landcover/{year}.tif" for year in years]


def substituted_dates(wildcards):
    """Dates of land cover that another year's map stands in for."""
    dates = study_of(wildcards)["landcover_dates"]
    return {date: year for date, year in dates.items() if date != year}


def figure_layer_names(wildcards):
    return figure_entries.layers_of(figure_entry(wildcards))


def figure_layers(wildcards):
    """Every raster that a figure reads."""
    return [f"{RESULTS}/{wildcards.study}/{layer}.tif" for layer in figure_layer_names(wildcards)]


def figure_zones(wildcards):
    return figure_entries.zones_of(figure_entry(wildcards))


def figure_tables(name):
    """Function that gives the tables ``<name>_<zones>.csv`` of every series of a figure."""

    def paths(wildcards):
        below = f"{RESULTS}/{wildcards.study}/tables"
        return [f"{below}/{name}_{zones}.csv" for zones in figure_zones(wildcards)]

    return paths


def built_in_marks(wildcards):
    """What the figure must say of drivers that entered the variable they are compared with."""
    layers = figure_layer_names(wildcards)
    marks = {layer: dependence.mark_of(study_of(wildcards), layer) for layer in layers}
    return {layer: text for layer, text in marks.items() if text}


def figure_persistence(wildcards):
    """What chance gives of the classes of trend and persistence that a figure shows."""
    return persistence_of_layers(wildcards.study, figure_layer_names(wildcards))


def npp_built_in(wildcards):
    """Whether each climate driver entered NPP."""
    study = study_of(wildcards)
    drivers = study["climate"]["variables"]
    return {driver: dependence.built_in_how(study, "npp", driver) for driver in drivers}


def test_built_in(wildcards):
    """Whether the driver of a test entered the variable; an empty text without driver."""
    layer = f"pixel/{wildcards.variable}/{wildcards.test}"
    return dependence.how_of(study_of(wildcards), layer) or ""


def drivers_built_in(wildcards):
    """Whether each climate driver entered the variable that it is compared with."""
    study = study_of(wildcards)
    return {
        driver: dependence.built_in_how(study, wildcards.variable, driver)
        for driver in study["climate"]["variables"]
    }
