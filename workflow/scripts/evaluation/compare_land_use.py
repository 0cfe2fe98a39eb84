"""Compare the effect of land-use change with that in the simulation's truth.

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


def compare_land_use(inputs, outputs, variable, settings, mem_mb):
    """Cubes have a band a year; the periods are those of the study's land-use change."""
    paths = [inputs[name] for name in ("grid", "variable", "effect", "landcover")]
    years, classes = raster.years_of(inputs["variable"]), settings["classes"]
    places = [[years.index(year) for year in period] for period in settings["periods"]]
    table = np.array(landcover.lookup_table(classes))
    strips = []
    for _, _, (inside, values, effect, cover) in raster.blocks(paths, mem_mb=mem_mb):
        codes = table[np.nan_to_num(cover).astype("uint8")]
        codes = [
            np.where(inside[0] == 1, land_use_effect.commonest_class(codes[p]), 0) for p in places
        ]
        means = [cube[place].mean(axis=0) for cube in (values, effect) for place in places]
        strips.append(np.stack([np.nan_to_num(code) for code in codes] + means))
    before, after, first, last, *planted = np.concatenate(strips, axis=1)
    km2 = raster.grid_of(inputs["grid"]).cell_area_m2 / 1e6
    codes = before.astype(int), after.astype(int), len(classes)
    effect = planted[1] - planted[0]
    true = recovery.true_effects(first, last, effect, *codes, km2, settings["options"])
    found = tables.read(inputs["effects"], land_use_effect.COLUMNS)
    found = found[found["from_class"] == "all"].set_index(["to_class", "quantity"])["value"]
    rows = [(variable, *row) for row in recovery.land_use_rows(true, found.to_dict())]
    tables.write(rows, outputs["table"], recovery.LAND_USE, simulated=True)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        compare_land_use(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            variable=snakemake.wildcards.variable,
            settings=dict(snakemake.params.items()),
            mem_mb=snakemake.resources.mem_mb,
        )
