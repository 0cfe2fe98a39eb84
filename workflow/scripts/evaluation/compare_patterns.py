"""Compare shares, changes and signs with those of the simulation's truth.

Reads   true and mapped land cover of dates, true and estimated slope, true cubes of NPP and
        climate, estimated partial correlations of NPP
Writes  table: true and recovered shares, and the share of cells that agree, %
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.evaluation import recovery
from nepflow.io import raster, tables
from nepflow.pixel import correlation
from nepflow.study import landcover

COLUMNS = ["quantity", "of", "statistic", "value", "unit", "shared_inputs"]


def compare_patterns(maps, true_maps, classes, slopes, signs, output_path, options, mem_mb):
    """``maps`` holds a path a date; ``signs`` the true NPP, and of a driver its two files.

    ``options["shared_inputs"]`` says of each driver whether it entered NPP, see `dependence`.
    """
    tally = recovery.Tally()
    table = np.array(landcover.lookup_table(classes))
    for _, _, (true, mapped) in raster.blocks(
        [true_maps, list(maps.values())], mem_mb=mem_mb, years=raster.ANY
    ):
        bands = [raster.years_of(true_maps).index(date) for date in maps]
        codes = np.nan_to_num(true[bands]).astype("uint8")
        recovery.count_classes(tally, list(maps), table[codes], mapped, classes)
    if slopes:
        for _, _, (true, found) in raster.blocks(slopes, mem_mb=mem_mb):
            tally.compare("trend of nep", "rising", true[0] > 0, found[0] > 0, true[0] + found[0])
    if signs:
        paths = [signs["npp"], *signs["true_drivers"], *signs["found"]]
        names, years = signs["names"], raster.years_of(signs["npp"])
        for _, _, (npp, *others) in raster.blocks(paths, mem_mb=mem_mb, outputs=20):
            drivers, found = others[: len(names)], [layer[0] for layer in others[len(names) :]]
            true = correlation.partial_correlation(
                npp, drivers, years, options["min_years"], options["detrend"]
            )
            recovery.count_signs(tally, names, *true, found, options["significance_p"])
    how = {recovery.positive_with(name): word for name, word in options["shared_inputs"].items()}
    rows = [(*row, how.get(row[1], "")) for row in tally.rows()]
    tables.write(rows, output_path, COLUMNS, simulated=True)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        files, names = snakemake.input, snakemake.params.drivers
        slopes = [files.true_slope, files.slope] if files.slope else []
        true_drivers = [files[f"true_{name}"] for name in names]
        signs = {"npp": files.true_npp, "true_drivers": true_drivers, "names": names}
        compare_patterns(
            maps=dict(zip(snakemake.params.dates, files.maps, strict=True)),
            true_maps=files.true_maps,
            classes=snakemake.params.classes,
            slopes=slopes,
            signs=signs | {"found": list(files.found)} if files.found else {},
            output_path=snakemake.output.table,
            options=snakemake.params.correlation
            | {name: snakemake.params[name] for name in ("min_years", "shared_inputs")},
            mem_mb=snakemake.resources.mem_mb,
        )
