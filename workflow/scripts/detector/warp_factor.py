"""Bring a factor of the user to the study grid.

Reads   raster or polygons (any CRS), grid (1 = inside)
Writes  factor (its unit), or classes with names
"""

from pathlib import Path

import numpy as np
from nepflow._log import logged_to
from nepflow._watch import watched
from nepflow.detector import factors
from nepflow.io import polygon_cells, raster, user_rasters
from nepflow.io.atomic import working_folder


def warp_factor(path, grid_path, output_path, factor, mem_mb):
    """Polygons give the name at the cell's centre; a raster is resampled as the study says."""
    grid = raster.grid_of(grid_path)
    if "name_field" in factor:
        found = polygon_cells.zone_map(path, grid, raster.read(grid_path) == 1, factor)
        output = raster.Output(
            output_path,
            "1",
            factor["name"].replace("_", " "),
            dtype=polygon_cells.DTYPE,
            tags=raster.warning_tags(found.warnings),
            classes=dict(enumerate(found.names, start=1)),
        )
        raster.write(found.codes.astype("float64"), output, grid, inherit=[grid_path])
        return
    seen = factors.seen(path, factor, grid.bounds, grid.crs)
    method = factors.resampling_of(path, grid, factor)
    entry, named = factors.entry_of(path, factor), None
    if factor.get("classes"):
        named = factors.class_names(path, factor, grid.bounds, grid.crs)
    if not user_rasters.needs_copy(entry, (grid.bounds, grid.crs), seen):
        _warp_raster(path, grid_path, output_path, factor, named, (method, mem_mb))
        return
    Path(output_path).parent.mkdir(parents=True, exist_ok=True)
    with working_folder(output_path) as folder:
        clean = str(Path(folder, "factor.tif"))
        user_rasters.without_codes(entry, clean, grid)
        _warp_raster(clean, grid_path, output_path, factor, named, (method, mem_mb))


def _warp_raster(path, grid_path, output_path, factor, named, how):
    name, (method, mem_mb) = factor["name"].replace("_", " "), how
    tags = {"resampling": method}
    dtype = None if method in ("nearest", "mode") else "float32"
    without = np.nan  # what stands where the raster has no value
    if named:
        named, without = factors.with_outside(named, path, factor)
        output = raster.Output(output_path, "1", name, dtype="uint8", classes=named, tags=tags)
    else:
        output = raster.Output(output_path, factor.get("unit", "1"), name, tags=tags)
    raster.map_blocks(
        lambda inside, values: np.where(
            inside[0] == 1, np.where(np.isnan(values[0]), without, values[0]), np.nan
        ),
        [grid_path, raster.Warped(path, method, (1,), dtype)],
        output,
        mem_mb=mem_mb,
        label=name,
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), watched(snakemake.params.raw):
        warp_factor(
            path=snakemake.input.file,
            grid_path=snakemake.input.grid,
            output_path=snakemake.output.factor,
            factor=snakemake.params.factor,
            mem_mb=snakemake.resources.mem_mb,
        )
