"""Summarise what land-use change did to a total between two periods.

Reads   mean of the variable in both periods (g C m-2 yr-1), land cover of both, grid (1 = inside)
Writes  tables: effects of every transition (Tg C yr-1), densities of the classes
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.landcover import land_use_effect, transitions


def summarise_land_use(mean_paths, landcover_paths, grid_path, outputs, where, options, simulated):
    """``where``: variable and years; a class without data counts 0 only if the study says so."""
    names = list(raster.classes_of(landcover_paths[0]).values())
    grid, inside = raster.grid_of(grid_path), raster.read(grid_path)
    codes = [np.where(inside == 1, np.nan_to_num(raster.read(p)), 0) for p in landcover_paths]
    before, after = (code.astype("int64") for code in codes)
    cells = np.zeros((len(names) + 1, len(names) + 1), dtype="int64")
    transitions.add_transitions(*(np.where(c > 0, c, np.nan) for c in codes), inside, cells)
    values = [np.where(inside == 1, raster.read(path), np.nan) for path in mean_paths]
    change = values[1] - values[0]
    values = [np.where(np.isfinite(change), value, np.nan) for value in values]
    found = [
        land_use_effect.class_densities(value, code, len(names))
        for value, code in zip(values, (before, after), strict=True)
    ]
    sizes = cells[1:, 1:].sum(axis=1), cells[1:, 1:].sum(axis=0)
    densities = [
        land_use_effect.supported(density, number, size, options["min_data_percent"])
        for (density, number), size in zip(found, sizes, strict=True)
    ]
    if options["absent_density"] == "zero":
        densities = [np.nan_to_num(density) for density in densities]
    side = int(options["neighbourhood_km"] * 1000 / grid.resolution_m) // 2 * 2 + 1
    excess = land_use_effect.beyond_stable(change, before, after, side, options["min_stable_cells"])
    km2 = grid.cell_area_m2 / 1e6
    areas, known = cells[1:, 1:] * km2, [number * km2 for _, number in found]
    observed = {}
    for name, array in (("change", change), ("beyond_stable", excess)):
        sums, area = land_use_effect.by_transition(array, before, after, len(names), km2)
        observed |= {name: sums, f"{name}_area": area}
    without = cells.sum() * km2 - areas.sum()
    rows = land_use_effect.effect_rows(names, areas, *densities, observed, without)
    rows = [(*where, *row) for row in rows]
    tables.write(rows, outputs["effects"], land_use_effect.COLUMNS, simulated)
    rows = land_use_effect.density_rows(names, *densities, known, areas)
    rows = [(*where, *row) for row in rows]
    tables.write(rows, outputs["densities"], land_use_effect.DENSITIES, simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        given, params = snakemake.input, snakemake.params
        summarise_land_use(
            mean_paths=[given.first, given.last],
            landcover_paths=[given.landcover_first, given.landcover_last],
            grid_path=given.grid,
            outputs=dict(snakemake.output.items()),
            where=(snakemake.wildcards.variable, params.years),
            options=params.options,
            simulated=snakemake.params.simulated,
        )
