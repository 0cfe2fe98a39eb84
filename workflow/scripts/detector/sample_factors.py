"""Sample the cells of a detector and divide its factors into strata.

Reads   the variable and its factors (any unit, or classes), grid (1 = inside)
Writes  sample (npz: cells, values, strata), discretisation (table: every division with its q)
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.detector import factors as detector_factors
from nepflow.detector import results
from nepflow.detector import sample as detector_sample
from nepflow.io import raster, tables


def sample_factors(
    layer_paths, names, grid_path, outputs, shared_inputs, options, mem_mb, simulated
):
    """Classes are strata as they are; of continuous factors the division with the largest q."""
    rows, columns, values, counts, whole = detector_sample.sampled(
        layer_paths, names, grid_path, options, mem_mb
    )
    y, factors = values[0], values[1:]
    codes, strata, units, table, classed = [], [], [], [], []
    for name, path, own, count in zip(names, layer_paths[1:], factors, counts[1:], strict=True):
        tags = raster.tags_of(path)
        classed.append("classes" in tags)
        units.append(tags["unit"])
        table.append(results.cover_row(name, count, counts[0]))
        if classed[-1]:
            present = np.unique(own).astype(int)
            codes.append(np.searchsorted(present, own).astype(np.min_scalar_type(present.size)))
            strata.append([raster.classes_of(path)[code] for code in present])
            continue
        ways = list(
            detector_factors.candidates(
                own,
                options["methods"],
                options["classes"],
                options["breaks_sample"],
                options["seed"],
            )
        )
        if not ways:
            raise detector_sample.BadFactor(
                f"{path}: none of detector.methods divides it. Add quantile to them."
            )
        q, best = detector_factors.best_of(y, ways)
        table += results.division_rows(name, ways, q, best, units[-1])
        codes.append(ways[best][3])
        strata.append(results.strata_names(ways[best][2], units[-1]))
    sample = detector_sample.Sample(
        rows, columns, y, factors, np.array(codes), list(names), units, strata, classed
    )
    detector_sample.write(outputs["sample"], sample)
    table.append(results.sample_row(rows.size, whole))
    table = results.marked(table, dict(zip(names, shared_inputs, strict=True)))
    tables.write(table, outputs["table"], results.DIVISIONS, simulated=simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        sample_factors(
            layer_paths=list(snakemake.input.layers),
            names=snakemake.params.names,
            grid_path=snakemake.input.grid,
            outputs=dict(snakemake.output.items()),
            shared_inputs=snakemake.params.shared_inputs,
            options=snakemake.params.options,
            mem_mb=snakemake.resources.mem_mb,
            simulated=snakemake.params.simulated,
        )
