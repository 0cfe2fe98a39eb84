"""Sum annual quantities over all zones of a study.

Reads   cubes of NEP, NPP, Rh (g C m-2 yr-1) and climate, the grid, class rasters of the zones
Writes  table (zones, code, zone, quantity, unit, year, total, cells, size; these again of the cells
        that stay in their zone and have a value in all years)
"""

import numpy as np
import pandas as pd
from nepflow._log import logged_to
from nepflow.io import raster
from nepflow.io.atomic import replacing
from nepflow.study.layers import CARBON
from nepflow.zones import coverage
from nepflow.zones.sums import SUMS, sums_of_kinds

COLUMNS = ("zones", "code", "zone", "quantity", "unit", "year", *SUMS)


def sum_zones(layers, kinds, years, own_years, output_path, mem_mb, weights=None):
    """Each quantity is read once for all kinds of zones; the region is one of them.

    ``own_years`` maps kinds to the years whose zones are their own, not those of another year:
    what stays, stays in these. Kinds that it lacks have all years. ``weights`` maps kinds whose
    zones share cells to the tables of what each cell counts.
    """
    spans = [np.isin(years, own_years.get(kind, years)) for kind in kinds]
    first = {kind: paths if isinstance(paths, str) else paths[0] for kind, paths in kinds.items()}
    named = {kind: raster.classes_of(path) for kind, path in first.items()}
    shared = {kind: coverage.read(path) for kind, path in (weights or {}).items()}
    tables = []
    for quantity, paths in layers.items():
        unit = raster.tags_of(paths[0])["unit"]
        stack = paths if len(paths) > 1 else paths[0]
        parts = [shared.get(kind) for kind in kinds]
        sums = sums_of_kinds(stack, list(kinds.values()), mem_mb, quantity, years, spans, parts)
        for kind, of_kind in zip(kinds, sums, strict=True):
            tables.append(rows_of(kind, named[kind], quantity, unit, years, of_kind))
    with replacing(output_path) as temporary:
        pd.concat(tables, ignore_index=True).to_parquet(temporary, index=False)


def rows_of(kind, named, quantity, unit, years, sums):
    """Return the rows of a quantity and kind: a row a zone and year, in this order."""
    codes, count = list(named), len(years)
    of_zones = sums[:, :, codes].transpose(2, 1, 0).reshape(-1, len(SUMS))
    table = pd.DataFrame(of_zones, columns=SUMS)
    head = {
        "zones": kind,
        "code": np.repeat(codes, count),
        "zone": np.repeat(np.array(list(named.values()), dtype=object), count),
        "quantity": quantity,
        "unit": unit,
        "year": np.tile(years, len(codes)),
    }
    return table.assign(**head)[list(COLUMNS)]


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        carbon = {name: [snakemake.input[name]] for name in CARBON}
        climate = zip(snakemake.params.climate, snakemake.input.climate, strict=True)
        sum_zones(
            layers=carbon | {name: [path] for name, path in climate},
            kinds={"region": snakemake.input.grid, **snakemake.params.kinds},
            years=snakemake.params.years,
            own_years=snakemake.params.own_years,
            output_path=snakemake.output.sums,
            mem_mb=snakemake.resources.mem_mb,
            weights=snakemake.params.weights,
        )
