"""Input functions: where the climate of a study comes from."""

GRID_STUDIES = [name for name, study in STUDIES.items() if study["climate"]["source"] == "grids"]
STATION_STUDIES = [name for name in STUDIES if name not in GRID_STUDIES]


def any_of(names):
    """Regular expression of studies, for rules that only some of them have."""
    return "|".join(names) or "no_such_study"


def from_grids(wildcards):
    return wildcards.study in GRID_STUDIES


def grid_entries(wildcards):
    """Entries of climate.grids of a variable, a file that is named by year once a year."""
    entries = [own.entry for own in own_files.months(study_of(wildcards))]
    return [entry for entry in entries if entry["variable"] == wildcards.variable]


def grid_files(wildcards):
    return sorted({entry["file"] for entry in grid_entries(wildcards)})


def grid_downscaling(wildcards):
    """Lapse rate and elevation of the source, below the raw folder."""
    study = study_of(wildcards)
    settings = study["climate"]["downscaling"]
    elevation = settings["elevation"] and own_files.path_of(study, settings["elevation"])
    return settings | {"elevation": elevation}


def grid_elevation(wildcards):
    settings = grid_downscaling(wildcards)
    wanted = settings["lapse_rate_k_per_km"] is not None and wildcards.variable == "temperature"
    return settings["elevation"] if wanted else []


def npp_entry(wildcards):
    """The entry npp.rasters with the file of a year."""
    study = study_of(wildcards)
    entries = [own.entry for own in own_files.npp(study)]
    return entries[study["years"].index(int(wildcards.year))]


def npp_raster(wildcards):
    return npp_entry(wildcards)["file"]


def months_of(*variables):
    """Function that gives the fits, or the months of grids, of variables."""

    def paths(wildcards):
        name = "native/{}.tif" if from_grids(wildcards) else "{}_fit.npz"
        names = [name.format(variable) for variable in variables]
        return [f"{RESULTS}/{wildcards.study}/climate/{name}" for name in names]

    return paths


def evaluations_of(*variables):
    """Function that gives how the fitted months of variables are evaluated; grids need none."""

    def paths(wildcards):
        names = () if from_grids(wildcards) else variables
        return [f"{RESULTS}/{wildcards.study}/tables/{name}_evaluation.csv" for name in names]

    return paths


def if_stations(name):
    """Function that gives a file of a study whose climate comes from stations."""

    def file(wildcards):
        return [] if from_grids(wildcards) else f"{RESULTS}/{wildcards.study}/{name}"

    return file


def fit_tables(wildcards):
    names = [] if from_grids(wildcards) else study_of(wildcards)["climate"]["variables"]
    return [f"{RESULTS}/{wildcards.study}/tables/{name}_fit.csv" for name in names]


def climate_tables(study):
    """Names of the tables that a study's climate has."""
    variables, climate = study["climate"]["variables"], study["climate"]
    grids = [f"{variable}_grids" for variable in variables if climate.get("grids")]
    if climate["source"] == "grids":
        return grids
    return [
        "station_defects",
        "station_flags",
        "station_quality",
        "station_variograms",
        "kriging_errors",
        "station_completeness",
        *fit_tables_of(study),
        *grids,
        *(f"{variable}_comparison" for variable in variables if climate.get("grids")),
    ]
