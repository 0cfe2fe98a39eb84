"""Estimate what restoration projects did to NEP, against like untreated land.

Reads   projects (numbers, distance, table), NEP and climate by year, elevation, land cover, grid
Writes  tables: effects by measure, effects by year since the start
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.restoration import effects, results
from nepflow.restoration import panel as restoration_panel

LEVEL = ("nep_level", "nep_trend")


def estimate_restoration(climate, inputs, outputs, settings, mem_mb):
    """``climate`` maps a variable to its cube."""
    options, simulated = settings["restoration"], settings["simulated"]
    projects = tables.read(inputs["projects"], ["number", "measure"])
    side = raster.grid_of(inputs["grid"]).resolution_m / 1000
    cells = projects["cells"][projects["cells"] > 0]
    typical = max(2.0, np.sqrt(cells.median())) * side if len(cells) else 2 * side
    options = options | {"patch_km": options["patch_km"] or typical}
    panel = restoration_panel.panel_of(
        inputs, climate, inputs["grid"], projects, settings["years"], options, mem_mb
    )
    here = projects[projects["cells"] > 0].groupby("measure")["number"]
    measures = {name: np.sort(numbers.to_numpy()) for name, numbers in here}
    cohorts = results.cohorts_of(panel, options)
    columns = effects.columns_of([c.start for c in cohorts], panel.years, options["window"])
    answers = results.answers_of(panel, measures, cohorts, columns, options)
    counts = {name: len(numbers) for name, numbers in measures.items()}
    rows = [*results.effect_rows(answers, columns, counts, options)]
    if cohorts:
        names = [*climate, "elevation", *LEVEL]
        rows += results.balance_rows(panel, measures, cohorts, names)
    rows.append(("all", "untreated_units", "", np.isinf(panel.start).sum(), "count"))
    rows.append(("all", "patch_side", "", options["patch_km"], "km"))
    tables.write(rows, outputs["effects"], results.COLUMNS, simulated)
    events = results.event_rows(answers, columns)
    tables.write(list(events), outputs["events"], results.EVENTS, simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        estimate_restoration(
            climate=dict(zip(snakemake.params.variables, snakemake.input.climate, strict=True)),
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            settings=dict(snakemake.params.items()),
            mem_mb=snakemake.resources.mem_mb,
        )
