"""Put restoration projects on the study grid.

Reads   polygons of projects (project, measure, start year), grid
Writes  number of the project of each cell, distance to the nearest (km), table of projects
"""

from nepflow import raster, restoration_file, tables
from nepflow._log import logged_to


def define_projects(polygons_path, columns, grid_path, outputs, whole_cells=False):
    """``outputs`` are the paths of numbers, distance and table."""
    grid = raster.grid_of(grid_path)
    frame = restoration_file.read_projects(polygons_path, columns).to_crs(grid.crs)
    inside = raster.read(grid_path) == 1
    number, distance, table = restoration_file.on_grid(frame, grid, inside, whole_cells)
    simulated = "simulated" in raster.tags_of(grid_path)
    layers = (
        (number, "1", "number of the restoration project"),
        (distance, "km", "distance to the nearest restoration project"),
    )
    for path, (values, unit, name) in zip(outputs, layers, strict=False):
        raster.write(values, raster.Output(path, unit, name), grid, inherit=[grid_path])
    tables.write(table, outputs[2], restoration_file.TABLE, simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        define_projects(
            polygons_path=snakemake.input.polygons,
            columns=snakemake.params.columns,
            grid_path=snakemake.input.grid,
            outputs=list(snakemake.output),
            whole_cells=snakemake.params.whole_cells,
        )
