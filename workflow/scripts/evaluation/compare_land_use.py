"""Compare the effect of land-use change with that in the twin's truth.

Reads   true cubes: variable, effect of changed land cover (g C m-2 yr-1), land cover (IGBP codes);
        grid (1 = inside), table of the effects that the study found
Writes  table: true and recovered effects; beside them what the change itself does in the truth
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.evaluation import recovery
from nepflow.io import raster, tables
from nepflow.landcover import land_use_effect
from nepflow.study import landcover


def compare_land_use(paths, grid_path, effects_path, output_path, variable, periods, classes,
                     options, mem_mb):  # fmt: skip
    """``paths``: cubes of the variable, the effect and the land cover, a band a year."""
    years = raster.years_of(paths[0])
    places = [[years.index(year) for year in period] for period in periods]
    table = np.array(landcover.lookup_table(classes))
    strips = []
    for _, _, (inside, values, effect, cover) in raster.blocks([grid_path, *paths], mem_mb=mem_mb):
        codes = table[np.nan_to_num(cover).astype("uint8")]
        codes = [
            np.where(inside[0] == 1, land_use_effect.commonest_class(codes[p]), 0) for p in places
        ]
        means = [cube[place].mean(axis=0) for cube in (values, effect) for place in places]
        strips.append(np.stack([np.nan_to_num(code) for code in codes] + means))
    before, after, first, last, *planted = np.concatenate(strips, axis=1)
    km2 = raster.grid_of(grid_path).cell_area_m2 / 1e6
    codes = before.astype(int), after.astype(int), len(classes)
    true = recovery.true_effects(first, last, planted[1] - planted[0], *codes, km2, options)
    found = tables.read(effects_path, land_use_effect.COLUMNS)
    found = found[found["from_class"] == "all"].set_index(["to_class", "quantity"])["value"]
    rows = [(variable, *row) for row in recovery.land_use_rows(true, found.to_dict())]
    tables.write(rows, output_path, recovery.LAND_USE, simulated=True)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        files, params = snakemake.input, snakemake.params
        compare_land_use(
            paths=[files.variable, files.effect, files.landcover],
            grid_path=files.grid,
            effects_path=files.effects,
            output_path=snakemake.output.table,
            variable=snakemake.wildcards.variable,
            periods=params.periods,
            classes=params.classes,
            options=params.options,
            mem_mb=snakemake.resources.mem_mb,
        )
