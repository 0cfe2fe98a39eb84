"""Put restoration projects on the study grid.

Reads   polygons of projects (project, measure, start year), or a raster of numbers and a table of
        what they mean; grid
Writes  number of the project of each cell, distance to the nearest (km), table of projects
"""

from nepflow._log import logged_to
from nepflow._watch import watched
from nepflow.io import raster, tables, vectors
from nepflow.restoration import projects


def define_projects(
    projects_path,
    columns,
    grid_path,
    outputs,
    simulated,
    whole_cells=False,
    numbers_path="",
    entry=None,
):
    """Projects are polygons, or a raster with a table of its numbers."""
    grid = raster.grid_of(grid_path)
    if numbers_path:
        frame = projects.read_raster_projects(projects_path, numbers_path, columns)
    else:
        frame = projects.read_projects(projects_path, columns, entry)
    frame = vectors.projected(frame, grid.crs, projects_path)
    inside = raster.read(grid_path) == 1
    number, distance, table = projects.on_grid(frame, grid, inside, whole_cells)
    layers = (
        ("number", number, "1", "number of the restoration project"),
        ("distance", distance, "km", "distance to the nearest restoration project"),
    )
    for name, values, unit, about in layers:
        raster.write(values, raster.Output(outputs[name], unit, about), grid, inherit=[grid_path])
    tables.write(table, outputs["table"], projects.TABLE, simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), watched(snakemake.params.raw):
        define_projects(
            projects_path=snakemake.input.projects,
            columns=snakemake.params.columns,
            grid_path=snakemake.input.grid,
            outputs=dict(snakemake.output.items()),
            whole_cells=snakemake.params.whole_cells,
            numbers_path=snakemake.input.numbers,
            entry=snakemake.params.entry,
            simulated=snakemake.params.simulated,
        )
