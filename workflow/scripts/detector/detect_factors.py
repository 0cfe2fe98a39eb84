"""Detect what each factor and each pair of factors explains of a variable.

Reads   sample (npz), variable (whole field, for surrogates)
Writes  tables: factors (q, F, p), interactions, risk (strata), ecological (pairs of factors)
"""

from nepflow._log import logged_to
from nepflow.detector import results
from nepflow.detector import sample as detector_sample
from nepflow.io import raster, tables


def detect_factors(
    sample_path, variable_path, outputs, options, shared_inputs, variable, threads, simulated
):
    """``outputs``: paths of the four tables by name; ``shared_inputs``: how each factor entered."""
    sample = detector_sample.read(sample_path)
    unit = raster.tags_of(variable_path)["unit"]
    strata = results.strata_of_factors(sample)
    tested = results.tested(sample, raster.read(variable_path), options, threads)
    marks = dict(zip(sample.names, shared_inputs, strict=True))
    smallest = options["min_stratum_cells"]
    made = {
        "factors": results.factor_rows(strata, tested, marks, smallest),
        "interactions": results.interaction_rows(
            sample.y, dict(zip(sample.names, sample.codes, strict=True)), strata, marks, smallest
        ),
        "risk": results.risk_rows(strata, sample.names, sample.strata, marks, unit),
        "ecological": results.ecological_rows(strata, marks),
    }
    for name, rows in made.items():
        rows = [(variable, *row) for row in rows]
        tables.write(rows, outputs[name], results.COLUMNS[name], simulated=simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        detect_factors(
            sample_path=snakemake.input.sample,
            variable_path=snakemake.input.variable,
            outputs={
                name: snakemake.output[name]
                for name in ("factors", "interactions", "risk", "ecological")
            },
            options=snakemake.params.options,
            shared_inputs=snakemake.params.shared_inputs,
            variable=snakemake.params.variable,
            threads=snakemake.threads,
            simulated=snakemake.params.simulated,
        )
