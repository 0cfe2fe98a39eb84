"""Input functions of the comparison with field data."""


def field_file(name):
    """Function that gives the table of plots or sites below the raw folder."""

    def path(wildcards):
        study = study_of(wildcards)
        return os.path.join(study["files"]["folder"], study[name]["file"])

    return path


def sites_entry(wildcards):
    return study_of(wildcards)["sites"] | {"file": field_file("sites")(wildcards)}


def field_kinds(study):
    """Which field data a study has: plots of respiration, sites of NEP."""
    return [name for name in ("plots", "sites") if study[name]["file"]]


def field_tables_of(study):
    return [f"{name}_comparison" for name in field_kinds(study)]


def raw_field_files(study):
    folder = study["files"]["folder"]
    return [os.path.join(folder, study[name]["file"]) for name in field_kinds(study)]


def pairs_of_figure(wildcards):
    return f"{RESULTS}/{wildcards.study}/evaluation/{figure_entry(wildcards)['of']}.csv"
