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


def estimate_restoration(
    layers, climate, projects_path, grid_path, outputs, years, settings, mem_mb, simulated
):
    """``layers``: number, distance, landcover, dem, nep; ``climate``: {variable: cube}."""
    projects = tables.read(projects_path, ["number", "measure"])
    side = raster.grid_of(grid_path).resolution_m / 1000
    cells = projects["cells"][projects["cells"] > 0]
    typical = max(2.0, np.sqrt(cells.median())) * side if len(cells) else 2 * side
    settings = settings | {"patch_km": settings["patch_km"] or typical}
    panel = restoration_panel.panel_of(
        layers, climate, grid_path, projects, years, settings, mem_mb
    )
    here = projects[projects["cells"] > 0].groupby("measure")["number"]
    measures = {name: np.sort(numbers.to_numpy()) for name, numbers in here}
    cohorts = results.cohorts_of(panel, settings)
    columns = effects.columns_of([c.start for c in cohorts], panel.years, settings["window"])
    answers = results.answers_of(panel, measures, cohorts, columns, settings)
    counts = {name: len(numbers) for name, numbers in measures.items()}
    rows = [*results.effect_rows(answers, columns, counts, settings)]
    if cohorts:
        names = [*climate, "elevation", *LEVEL]
        rows += results.balance_rows(panel, measures, cohorts, names)
    rows.append(("all", "untreated_units", "", np.isinf(panel.start).sum(), "count"))
    rows.append(("all", "patch_side", "", settings["patch_km"], "km"))
    tables.write(rows, outputs[0], results.COLUMNS, simulated)
    events = results.event_rows(answers, columns)
    tables.write(list(events), outputs[1], results.EVENTS, simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        files, params = snakemake.input, snakemake.params
        layers = {name: files[name] for name in ("number", "distance", "landcover", "dem", "nep")}
        estimate_restoration(
            layers=layers,
            climate=dict(zip(params.variables, files.climate, strict=True)),
            projects_path=files.projects, grid_path=files.grid, outputs=list(snakemake.output),
            years=params.years, settings=params.settings, mem_mb=snakemake.resources.mem_mb,
            simulated=snakemake.params.simulated,
        )  # fmt: skip
