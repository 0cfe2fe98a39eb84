"""Write a QGIS style beside each raster that a figure draws or that holds classes.

Reads   rasters; entries of the figures
Writes  list of the styles (file, kind, figure that it agrees with); <raster>.qml beside each
"""

from pathlib import Path

from nepflow import labels
from nepflow._log import logged_to
from nepflow.figures import qgis
from nepflow.io import raster, tables
from nepflow.io.atomic import replacing
from nepflow.study import figures as study_figures

COLUMNS = ["file", "kind", "figure"]


def write_styles(paths, figures, folder, output_path):
    """Of figures that draw a raster twice the first counts."""
    drawn = {
        part["layer"]: (part, figure["name"])
        for figure in reversed(figures)
        for part in reversed(study_figures.parts_of(figure))
        if part["kind"] in ("map", "classes")
    }
    rows = []
    for path in sorted(paths):
        layer = Path(path).relative_to(folder).with_suffix("").as_posix()
        entry, figure = drawn.get(layer, ({}, ""))
        is_classes = "classes" in raster.tags_of(path)
        if not entry and not is_classes:
            continue
        field = raster.layer(path)
        tags, options = field.attrs, {name: entry.get(name) for name in ("palette", "limits")}
        options["note"] = "; ".join(filter(None, [tags["long_name"], tags["unit"], mark_of(tags)]))
        if is_classes:
            options.pop("limits")
            text = qgis.of_classes(tags["classes"], tags["colours"], **options)
        else:
            text = qgis.of_field(field.values, tags["unit"], **options)
        with replacing(Path(path).with_suffix(".qml")) as temporary:
            temporary.write_text(text, encoding="utf-8")
        rows.append((f"{layer}.qml", "classes" if is_classes else "map", figure))
    tables.write(rows, output_path, COLUMNS)


def mark_of(tags):
    """What a style of a simulated raster says of itself."""
    return labels.SIMULATED if tags["simulated"] else ""


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        write_styles(
            paths=snakemake.input.rasters,
            figures=snakemake.params.figures,
            folder=Path(snakemake.output.styles).parent,
            output_path=snakemake.output.styles,
        )
