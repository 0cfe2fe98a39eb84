"""Summarise how land cover changed between dates.

Reads   class rasters of the dates (in order), grid (1 = inside)
Writes  transitions: matrix, gain, loss, net and swap of each class (km2, %), unchanged share
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.landcover import transitions


def summarise_transitions(landcover_paths, grid_path, output_path, dates, mem_mb, simulated):
    """Each date with the next and the first with the last; the areas close to the grid."""
    names = list(raster.classes_of(landcover_paths[0]).values())
    pairs = transitions.pairs_of(list(range(len(dates))))
    cells = np.zeros((len(pairs), len(names) + 1, len(names) + 1), dtype="int64")
    known = same = 0
    strips = raster.blocks(
        [list(landcover_paths), grid_path], mem_mb=mem_mb, label="land-cover change"
    )
    for _, _, (codes, inside) in strips:
        for matrix, (first, second) in zip(cells, pairs, strict=True):
            transitions.add_transitions(codes[first], codes[second], inside[0], matrix)
        both = transitions.always_the_same(codes, inside[0])
        known, same = known + both[0], same + both[1]
    cell_km2 = raster.grid_of(grid_path).cell_area_m2 / 1e6
    rows = []
    for matrix, (first, second) in zip(cells, pairs, strict=True):
        rows += transitions.pair_rows(matrix, names, (dates[first], dates[second]), cell_km2)
    if len(dates) > 2:
        rows += transitions.same_rows(known, same, cells[0].sum(), dates, cell_km2)
    tables.write(rows, output_path, transitions.COLUMNS, simulated=simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        summarise_transitions(
            landcover_paths=snakemake.input.landcover,
            grid_path=snakemake.input.grid,
            output_path=snakemake.output.table,
            dates=snakemake.params.dates,
            mem_mb=snakemake.resources.mem_mb,
            simulated=snakemake.params.simulated,
        )
