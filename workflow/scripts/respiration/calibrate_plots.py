"""Calibrate the soil respiration models of a study on field plots.

Reads   table of plots (SRDB layout: degC, mm yr-1, g C m-2 yr-1)
Writes  table: model, constant, published | calibrated | low | high, value, unit; how well it fits
"""

import numpy as np
from nepflow._log import logged_to
from nepflow._watch import watched
from nepflow.evaluation import field_data
from nepflow.io import tables
from nepflow.respiration import calibration


def calibrate_plots(plots_path, output_path, settings, models, constants, simulated):
    """``constants`` maps a model to its published constants."""
    plots = field_data.read_plots(
        plots_path,
        settings["untreated_only"],
        settings["box_deg"],
        settings["soil_carbon_kg_m2"],
        settings,
    )
    arrays = {name: plots[name].to_numpy() for name in plots.columns}
    rows = []
    for model in models:
        known = constants[model]
        found = calibration.calibrate(
            model, arrays, known, settings["calibration_draws"], settings["calibration_seed"]
        )
        rows += rows_of(model, found, known, settings["confidence_percent"])
    tables.write(rows, output_path, calibration.COLUMNS, simulated)


def rows_of(model, found, known, confidence_percent):
    """Yield the constants of a model before and after, with intervals, and how well it fits."""
    tail = (100 - confidence_percent) / 2
    pairs = zip(found.factors, found.addeds, strict=True)
    drawn = [calibration.constants_of(model, known, *pair) for pair in pairs]
    best = calibration.constants_of(model, known, found.factor, found.added)
    for name, unit in calibration.units(model).items():
        low, high = np.nanpercentile([one[name] for one in drawn], [tail, 100 - tail])
        values = {"published": known[name], "calibrated": best[name], "low": low, "high": high}
        for statistic, value in values.items():
            yield model, name, statistic, value, unit
    yield model, "fit", "records", found.records, "count"
    yield model, "fit", "sites", found.sites, "count"
    yield model, "deviation of ln(observed / modelled)", "after", found.residual, "1"
    yield model, "deviation of ln(observed / modelled)", "before", found.residual_published, "1"


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), watched(snakemake.params.raw):
        calibrate_plots(
            plots_path=snakemake.input.plots,
            output_path=snakemake.output.table,
            settings=snakemake.params.plots,
            models=snakemake.params.models,
            constants=snakemake.params.constants,
            simulated=snakemake.params.simulated,
        )
