"""Summarise persistence by every method beside what chance gives.

Reads   cube (band = year, or one file a year), slope (Theil-Sen), missing_reason (commonest
        reason), grid
Writes  table: shares of H above 0.5 and of the classes of trend and persistence by method, those
        of simulated series, area with and without H (km2)
"""

from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.pixel import persistence


def summarise_persistence(cube, inputs, outputs, settings, mem_mb):
    """White noise and AR(1) are as long as the pixels' series; the share alone says nothing."""
    stack, years = cube if len(cube) > 1 else cube[0], settings["years"]
    of_methods = [
        persistence.Sums(method, len(years), settings["min_years"], settings["persistence"])
        for method in persistence.METHODS
    ]
    paths = [stack, *(inputs[name] for name in ("slope", "missing_reason", "grid"))]
    for _, _, (series, *layers) in raster.blocks(
        paths, mem_mb=mem_mb, label="persistence", years=years
    ):
        for sums in of_methods:
            sums.add(series, *(layer[0] for layer in layers))
    cell_km2 = raster.grid_of(inputs["grid"]).cell_area_m2 / 1e6
    rows = [row for sums in of_methods for row in sums.rows(cell_km2)]
    tables.write(rows, outputs["table"], persistence.COLUMNS, settings["simulated"])


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        cube = snakemake.input.cube
        summarise_persistence(
            cube=[cube] if isinstance(cube, str) else list(cube),
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            settings=dict(snakemake.params.items()),
            mem_mb=snakemake.resources.mem_mb,
        )
