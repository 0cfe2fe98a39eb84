"""Summarise persistence by every method beside what chance gives.

Reads   cube (band = year, or one file a year), slope (Theil-Sen), absence (commonest reason), grid
Writes  table: shares of H above 0.5 and of the classes of trend and persistence by method, those
        of simulated series, area with and without H (km2)
"""

from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.pixel import persistence


def summarise_persistence(
    cube,
    slope_path,
    absence_path,
    grid_path,
    output_path,
    years,
    minimum_years,
    options,
    mem_mb,
    simulated,
):
    """White noise and AR(1) are as long as the pixels' series; the share alone says nothing."""
    stack = cube if len(cube) > 1 else cube[0]
    of_methods = [
        persistence.Sums(method, len(years), minimum_years, options)
        for method in persistence.METHODS
    ]
    inputs = [stack, slope_path, absence_path, grid_path]
    for _, _, (series, *layers) in raster.blocks(
        inputs, mem_mb=mem_mb, label="persistence", years=years
    ):
        for sums in of_methods:
            sums.add(series, *(layer[0] for layer in layers))
    cell_km2 = raster.grid_of(grid_path).cell_area_m2 / 1e6
    rows = [row for sums in of_methods for row in sums.rows(cell_km2)]
    tables.write(rows, output_path, persistence.COLUMNS, simulated=simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        cube = snakemake.input.cube
        summarise_persistence(
            cube=[cube] if isinstance(cube, str) else list(cube),
            slope_path=snakemake.input.slope,
            absence_path=snakemake.input.absence,
            grid_path=snakemake.input.grid,
            output_path=snakemake.output.table,
            years=snakemake.params.years,
            minimum_years=snakemake.params.minimum_years,
            options=snakemake.params.persistence,
            mem_mb=snakemake.resources.mem_mb,
            simulated=snakemake.params.simulated,
        )
