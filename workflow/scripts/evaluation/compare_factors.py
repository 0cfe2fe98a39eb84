"""Compare what factors explain with what they explain in the simulation's truth.

Reads   sample of a detector (npz), its divisions (table), and a raster for its variable and each
        factor: cubes of the truth, or layers that the simulation gave as they are
Writes  table: both q of each factor at the same cells, and whether their order is kept
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.detector import results
from nepflow.detector import sample as detector_sample
from nepflow.evaluation import recovery
from nepflow.io import raster, tables
from nepflow.study import landcover


def compare_factors(sample_path, division_path, truth, output_path, variable, options, mem_mb):
    """``truth``: path, year or None, and classes or None of the variable and of each factor."""
    sample = detector_sample.read(sample_path)
    ways = results.chosen_ways(tables.read(division_path, ["factor", "method"]))
    true = true_values(truth, sample.rows, sample.columns, mem_mb)
    known = np.isfinite(true).all(axis=0)
    found = np.concatenate([sample.y[None], sample.values])
    q = [results.q_by_factor(v[:, known], sample, ways, options) for v in (true, found)]
    rows = [(variable, *row) for row in recovery.factor_rows(sample.names, *q, int(known.sum()))]
    tables.write(rows, output_path, recovery.FACTORS, simulated=True)


def true_values(truth, rows, columns, mem_mb):
    """Return mean over the bands, or the class of a year, at cells: (raster, cell)."""
    found = np.empty((len(truth), rows.size))
    bands = [raster.years_of(path).index(year) if year else None for path, year, _ in truth]
    for start, stop, layers in raster.blocks([path for path, *_ in truth], mem_mb=mem_mb):
        first, last = np.searchsorted(rows, [start, stop])
        place = rows[first:last] - start, columns[first:last]
        for own, layer, band, (*_, classes) in zip(found, layers, bands, truth, strict=True):
            values = layer[slice(None), *place] if band is None else layer[band][place][None]
            if classes:
                table = np.array(landcover.lookup_table(classes))
                values = table[np.nan_to_num(values).astype("uint8")]
            own[first:last] = values.mean(axis=0)
    return found


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        params = snakemake.params
        compare_factors(
            sample_path=snakemake.input.sample,
            division_path=snakemake.input.divisions,
            truth=list(zip(snakemake.input.truth, params.years, params.classes, strict=True)),
            output_path=snakemake.output.table,
            variable=params.variable,
            options=params.options,
            mem_mb=snakemake.resources.mem_mb,
        )
