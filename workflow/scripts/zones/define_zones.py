"""Define zones: land cover that stays, intervals of a layer, polygons of a file, crossings.

Reads   layers that the kind needs, grid
Writes  zones (uint16 class raster with names and colours, tag `warnings`)
"""

import numpy as np
from nepflow._log import logged_to
from nepflow._watch import watched
from nepflow.io import polygon_cells, raster, vectors
from nepflow.zones.kinds import KINDS


def define_zones(layers, grid_path, output_path, entry, mem_mb):
    """Every kind gives codes from 1 and their names; cells outside the area have none."""
    if entry["kind"] == "file":
        return polygons(layers[0], grid_path, output_path, entry)
    function, inputs, named, colours = KINDS[entry["kind"]](layers, entry, mem_mb)
    raster.map_blocks(
        lambda inside, *strips: np.where(inside[0] == 1, function(*strips), np.nan),
        [grid_path, *inputs],
        output_of(output_path, entry["name"], named, colours),
        mem_mb=mem_mb,
        label=entry["name"],
    )


def output_of(path, name, named, colours=None, warnings=()):
    """A class raster whose codes count from 1."""
    vectors.check_names(list(named), f"zones {name}")
    return raster.Output(
        path,
        "1",
        name.replace("_", " "),
        ("zone",),
        polygon_cells.DTYPE,
        classes=dict(enumerate(named, start=1)),
        colours=dict(enumerate(colours, start=1)) if colours else None,
        tags=raster.warning_tags(warnings),
    )


def polygons(path, grid_path, output_path, entry):
    """Cells whose centre lies in a polygon, and the class of all others where it has a name."""
    grid, inside = raster.grid_of(grid_path), raster.read(grid_path) == 1
    found = polygon_cells.zone_map(path, grid, inside, entry)
    output = output_of(output_path, entry["name"], found.names, warnings=found.warnings)
    raster.write(found.codes.astype("float64"), output, grid, inherit=[grid_path])


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), watched(snakemake.params.raw):
        layers = snakemake.input.layers
        define_zones(
            layers=[layers] if isinstance(layers, str) else list(layers),
            grid_path=snakemake.input.grid,
            output_path=snakemake.output.zones,
            entry=snakemake.params.zones,
            mem_mb=snakemake.resources.mem_mb,
        )
