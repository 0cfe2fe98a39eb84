"""Define zones: land cover that stays, intervals of a layer, polygons of a file, crossings.

Reads   layers that the kind needs, grid
Writes  zones (uint8 class raster with names and colours)
"""

import numpy as np
from nepflow import names, raster, vectors
from nepflow._log import logged_to
from nepflow.zone_kinds import KINDS


def define_zones(layers, grid_path, output_path, entry, mem_mb):
    """Every kind gives codes from 1 and their names; cells outside the area have none."""
    if entry["kind"] == "file":
        return polygons(layers[0], grid_path, output_path, entry)
    function, inputs, named, colours = KINDS[entry["kind"]](layers, entry, mem_mb)
    remedy = "Rename zones or classes that it is made of (no commas), or set other `cuts`."
    names.check_inside(named, f"zones {entry['name']}", remedy)
    raster.map_blocks(
        lambda inside, *strips: np.where(inside[0] == 1, function(*strips), np.nan),
        [grid_path, *inputs],
        output_of(output_path, entry["name"], named, colours),
        mem_mb=mem_mb,
        label=entry["name"],
    )


def output_of(path, name, named, colours=None):
    """A class raster whose codes count from 1."""
    return raster.Output(
        path,
        "1",
        name.replace("_", " "),
        ("zone",),
        "uint8",
        classes=dict(enumerate(named, start=1)),
        colours=dict(enumerate(colours, start=1)) if colours else None,
    )


def polygons(path, grid_path, output_path, entry):
    """Cells whose centre lies in a polygon."""
    grid = raster.grid_of(grid_path)
    zones = vectors.read_area(path, entry.get("layer"), entry["name_field"]).to_crs(grid.crs)
    names.check_polygons(zones["name"], path, entry["name_field"])
    codes = vectors.zone_codes(zones, grid, path) * (raster.read(grid_path) == 1)
    output = output_of(output_path, entry["name"], list(zones["name"]))
    raster.write(codes.astype("float64"), output, grid, inherit=[grid_path])


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        layers = snakemake.input.layers
        define_zones(
            layers=[layers] if isinstance(layers, str) else list(layers),
            grid_path=snakemake.input.grid,
            output_path=snakemake.output.zones,
            entry=snakemake.params.zones,
            mem_mb=snakemake.resources.mem_mb,
        )
