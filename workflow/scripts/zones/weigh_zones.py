"""Find how much each cell counts for the zones of polygons.

Reads   polygons (any CRS), class raster of the zones, grid (1 = inside)
Writes  weights (cell, code, weight); none where a cell counts for the zone that holds its centre
"""

from nepflow._log import logged_to
from nepflow._watch import watched
from nepflow.io import polygon_cells, raster, vectors
from nepflow.io.atomic import replacing
from nepflow.zones import coverage


def weigh_zones(inputs, output_path, entry, whole):
    """Small zones share cells, large ones are made of whole cells, unless ``weighting`` says so.

    Parameters
    ----------
    inputs : dict
        polygons, zones, grid.
    output_path : str
    entry : dict
        Of the zones: name_field, weighting, outside, overlaps and how the file is opened.
    whole : bool
        Whether the zones divide the area.
    """
    named = raster.classes_of(inputs["zones"])
    table = coverage.none()
    if entry["weighting"] == "coverage" or coverage.are_small(
        raster.read(inputs["zones"]), len(named)
    ):
        grid, inside = raster.grid_of(inputs["grid"]), raster.read(inputs["grid"]) == 1
        code_of = {name: code for code, name in named.items()}
        frame = vectors.read_zones(inputs["polygons"], entry)
        frame = vectors.projected(frame, grid.crs, inputs["polygons"])
        keep = "last" if entry.get("overlaps") == "last" else "first"
        shapes, codes = polygon_cells.disjoint(frame.geometry, keep), frame["name"].map(code_of)
        rest = code_of.get(entry.get("outside"))
        table = coverage.weights(shapes, codes, grid, inside, rest=rest, whole=whole)
    with replacing(output_path) as temporary:
        table.to_parquet(temporary, index=False)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), watched(snakemake.params.raw):
        weigh_zones(
            inputs=dict(snakemake.input.items()),
            output_path=snakemake.output.weights,
            entry=snakemake.params.entry,
            whole=snakemake.params.whole,
        )
