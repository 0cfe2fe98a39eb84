"""Compare models of respiration with plots where it was measured.

Reads   table of plots (SRDB layout: degC, mm yr-1, g C m-2 yr-1); constants calibrated on
        them, where the study takes these
Writes  table of agreement by model and biome; pairs of observed and modelled values
"""

from nepflow._log import logged_to
from nepflow._watch import watched
from nepflow.evaluation import agreement, field_data
from nepflow.io import tables
from nepflow.respiration import calibration

COLUMNS = ("variable", "model", "group", "quantity", "value", "unit")
PAIRS = ("quantity", "model", "group", "name", "lon", "lat", "observed", "modelled", "unit")
UNIT = "g C m-2 yr-1"


def compare_plots(
    plots_path, table_path, pairs_path, settings, relation, constants, simulated, calibrated=None
):
    """A plot counts for a model where the table has all that the model needs."""
    plots = field_data.read_plots(
        plots_path,
        settings["untreated_only"],
        settings["box_deg"],
        settings["soil_carbon_kg_m2"],
        settings,
    )
    arrays = {name: plots[name].to_numpy() for name in plots.columns}
    rows, pairs = [], []
    modelled = calibration.modelled(arrays, relation, constants, calibrated)
    for (quantity, model), values in modelled.items():
        observed, groups = arrays[quantity], arrays["biome"]
        known = (observed == observed) & (values == values)  # neither is NaN
        if not known.any():
            continue
        found = agreement.rows_by_group(
            observed[known], values[known], groups[known], UNIT, "all plots"
        )
        rows += [(quantity, model, *row) for row in found]
        kept = plots[known].assign(modelled=values[known])
        pairs += [
            (quantity, model, row.biome, row.plot, row.lon, row.lat, seen, row.modelled, UNIT)
            for row, seen in zip(kept.itertuples(), observed[known], strict=True)
        ]
    tables.write(rows, table_path, COLUMNS, simulated)
    tables.write(pairs, pairs_path, PAIRS, simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), watched(snakemake.params.raw):
        table, constants = snakemake.input.calibration, snakemake.params.constants
        compare_plots(
            plots_path=snakemake.input.plots,
            table_path=snakemake.output.table,
            pairs_path=snakemake.output.pairs,
            settings=snakemake.params.plots,
            relation=snakemake.params.relation,
            constants=constants,
            simulated=snakemake.params.simulated,
            calibrated={
                name: calibration.constants(table, name, constants[name])
                for name in (snakemake.params.models if table else ())
            },
        )
