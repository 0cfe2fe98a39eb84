"""Warnings that the tables of a study, and its rasters of polygons, give a reader."""

from nepflow.detector import results
from nepflow.io import raster, tables
from nepflow.pixel import variability
from nepflow.report import notes
from nepflow.respiration import plot_models


def of(paths, study):
    """Yield (topic, warning).

    Parameters
    ----------
    paths : dict
        ``casa``, ``defects``, ``detectors``, ``plots``, ``projects``, ``variation``: lists of
        tables, empty where a study has none; ``polygons``: rasters; ``fits``: {variable: table}.
    study : dict
        Merged settings.
    """
    said = [text for path in paths["polygons"] for text in raster.warnings_of(path)]
    for text in dict.fromkeys(said):  # one file may be area, zones and factor
        yield "polygons", text
    for path in paths["projects"]:
        yield from notes.project_warnings(tables.read(path, ["project"]))
    for path in paths["casa"]:
        yield from notes.casa_warnings(tables.read(path), study["casa"])
    fits = {name: tables.read(path, ["quantity"]) for name, path in paths["fits"].items()}
    for path in paths["defects"]:
        yield from notes.table_warnings(tables.read(path, ["station", "reason"]), fits)
    for path in paths["detectors"]:
        yield from results.warnings(tables.read(path, ["factor", "quantity", "value"]))
    for path in paths["plots"]:
        table = tables.read(path, ["variable", "model", "group", "quantity", "value", "unit"])
        yield from notes.plot_warnings(table, plot_models.own_model(study))
    for path in paths["variation"]:
        table = tables.read(path, ["quantity", "value"]).set_index("quantity")["value"]
        if few := variability.few_text(int(table["classes"]), study["stability"]["breaks"]):
            yield "variation", few
