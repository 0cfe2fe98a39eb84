"""Input functions of the geographical detectors."""


def detector_entry(wildcards):
    detectors = study_of(wildcards)["detectors"]
    return next(entry for entry in detectors if entry["name"] == wildcards.detector)


def detector_names():
    """Regular expression of the detectors of any study."""
    names = {entry["name"] for study in STUDIES.values() for entry in study["detectors"]}
    return "|".join(sorted(names)) or "no_such_detector"


def detector_layers(wildcards):
    """The variable of a detector, then its factors."""
    layers = detector_entries.layers_of(detector_entry(wildcards))
    return [f"{RESULTS}/{wildcards.study}/{layer}.tif" for layer in layers]


def detector_variable(wildcards):
    return detector_layers(wildcards)[0]


def detector_variable_name(wildcards):
    return detector_entry(wildcards)["of"]


def factor_names(wildcards):
    return [factor["name"] for factor in detector_entry(wildcards)["factors"]]


def factors_built_in(wildcards):
    """How each factor entered the variable, or an empty text."""
    study, entry = study_of(wildcards), detector_entry(wildcards)
    return [detector_entries.built_in_how(study, entry, factor) for factor in entry["factors"]]


def factor_entry(wildcards):
    """The factor of a name that comes from a file: the same in every detector of the study."""
    found = [
        factor
        for entry in study_of(wildcards)["detectors"]
        for factor in entry["factors"]
        if factor["name"] == wildcards.factor and "file" in factor
    ]
    return found[0]


def factor_file_of(wildcards):
    return own_files.factor_path(study_of(wildcards), factor_entry(wildcards))


def detector_tables(study):
    """Tables of the detectors of a study, in the order of the report."""
    kinds = ("factors", "interactions", "discretisation", "risk", "ecological", "scales")
    return [f"detector_{kind}_{entry['name']}" for entry in study["detectors"] for kind in kinds]


def factor_tables(wildcards):
    """Tables of the factors of every detector."""
    below = f"{RESULTS}/{wildcards.study}/tables"
    detectors = study_of(wildcards)["detectors"]
    return [f"{below}/detector_factors_{entry['name']}.csv" for entry in detectors]


def detectors_with_truth(study):
    """Names of the detectors whose variable a twin has the truth of."""
    return [entry["name"] for entry in study["detectors"] if detector_entries.truth_of(entry["of"])]


def detector_truth(wildcards):
    """The true raster of the variable and of each factor; a layer that is its own truth."""
    twin = f"{RESULTS}/twin/{wildcards.study}/truth"
    layers = detector_entries.layers_of(detector_entry(wildcards))
    true = [detector_entries.truth_of(layer) for layer in layers]
    return [
        f"{twin}/{name[0]}.tif" if name else path
        for name, path in zip(true, detector_layers(wildcards), strict=True)
    ]


def detector_truth_years(wildcards):
    """The year of which the truth counts, None for all."""
    layers = detector_entries.layers_of(detector_entry(wildcards))
    return [(detector_entries.truth_of(layer) or (None, None, None))[1] for layer in layers]


def detector_truth_classes(wildcards):
    """The classes of true land cover, None of other layers."""
    study, found = study_of(wildcards), []
    for layer in detector_entries.layers_of(detector_entry(wildcards)):
        name, _, key = detector_entries.truth_of(layer) or (None, None, None)
        own = landcover.KEYS[key] if key else study["landcover_classes"]
        found.append(own if name == "landcover" else None)
    return found


def detector_figure_table(kind):
    """Function that gives a table of the detector of a figure."""

    def table(wildcards):
        name = figure_entry(wildcards)["detector"]
        return f"{RESULTS}/{wildcards.study}/tables/detector_{kind}_{name}.csv"

    return table
