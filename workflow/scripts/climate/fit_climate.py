"""Fit thin plate splines to the values of one variable at stations, by the method of the study.

Reads   monthly table of stations (degC, mm month-1, MJ m-2 month-1), grid (for its CRS),
        station file (if weights are one of its columns), elevation (m),
        steps of stations (if they are excluded or split)
Writes  fitted surfaces (npz, with how to evaluate them), log of every surface (CSV), local minima
        (CSV)
"""

import logging
import sys
from dataclasses import replace

import numpy as np
from nepflow._log import logged_to
from nepflow.climate import coarse, diagnostics, fitting, methods, network
from nepflow.climate import surfaces as climate_surfaces
from nepflow.io import raster, tables

COLUMNS = ("variable", "year", "month", "quantity", "value", "unit")
LONG_MINUTES = 10
MINIMA = ("variable", "year", "month", "rho", "signal")


def fit_climate(inputs, outputs, variable, settings, mem_mb):
    """Surfaces that miss the same stations share one decomposition."""
    own, values, times, steps = network.read(inputs, variable, settings)
    model = methods.model_of(settings)
    heights = heights_of(inputs["dem"], inputs["grid"]) if inputs.get("dem") else None
    network.check_determined(own, values, times, model.vertical_scale, heights)
    tell_cost(fitting.missing_patterns(values), variable, mem_mb)
    surfaces, log, minima = methods.fit(
        settings["method"],
        own,
        values,
        times,
        variable,
        model,
        methods.departures_of(variable, settings, steps),
    )
    transformation = settings["transformation"]
    if settings["evaluator"] == "coarse":
        corrected = transformation == "log" and settings["bias_correction"] != "none"
        rasters = inputs["dem"], inputs["grid"]
        surfaces = on_nodes(surfaces, *rasters, settings["tolerance"], corrected, mem_mb)
    climate_surfaces.write(outputs["fit"], surfaces)
    rows = diagnostics.log_rows(log, surfaces)
    tables.write(rows, outputs["table"], COLUMNS, settings["simulated"])
    when = surfaces.years, surfaces.months
    found = [(variable, when[0][s], when[1][s], *rest) for s, *rest in sorted(minima)]
    tables.write(found, outputs["minima"], MINIMA, settings["simulated"])


MOST_PLACES = 20_000


def heights_of(dem_path, grid_path):
    """Return x, y and elevation (3, place), m, of a regular sample of the cells of the area."""
    grid, found = raster.grid_of(grid_path), []
    step = max(1, int(np.sqrt(grid.height * grid.width / MOST_PLACES)))
    for first, _, (elevation, inside, x, y) in raster.blocks(
        [dem_path, grid_path], coordinates=True
    ):
        rows = np.arange(-first % step, len(y), step)
        height = np.where(inside[0] == 1, elevation[0], np.nan)[rows, ::step]
        places = np.stack([*np.broadcast_arrays(x[:, ::step], y[rows]), height]).reshape(3, -1)
        found.append(places[:, np.isfinite(places[2])])
    return np.concatenate(found, axis=1)


def tell_cost(patterns, variable, mem_mb):
    """Say before it begins what thousands of stations cost; a few hundred take seconds."""
    minutes, size_gb = fitting.cost(patterns)
    if minutes < LONG_MINUTES and 1000 * size_gb < mem_mb:
        return
    most = max(len(stations) for stations, _ in patterns)
    text = (
        f"{variable}: {len(patterns)} sets of up to {most} stations take about {minutes:.0f} min "
        f"of one core and {size_gb:.1f} GB (the job has {mem_mb} MB). Fewer stations "
        "(area.buffer_km, acquire.max_stations), or records without gaps "
        "(climate.gap_filling), cost less."
    )
    logging.getLogger(__name__).warning("%s", text)
    print(text, file=sys.stderr)


def on_nodes(surfaces, dem_path, grid_path, tolerance, corrected, mem_mb):
    """The surfaces with the coarsest nodes whose bound keeps the tolerance; exact if none does."""
    low, high = np.inf, -np.inf
    for _, _, (elevation, inside) in raster.blocks([dem_path, grid_path], mem_mb=mem_mb):
        height = elevation[0][(inside[0] == 1) & np.isfinite(elevation[0])]
        low, high = min(low, height.min(initial=low)), max(high, height.max(initial=high))
    step, bound = coarse.choice(
        surfaces, raster.grid_of(grid_path), (low, high), tolerance, corrected
    )
    logging.getLogger(__name__).info(
        "%s: nodes %s cells apart (0: exact), a monthly value within %.3g %s",
        *(surfaces.variable, step, bound, surfaces.unit),
    )
    return replace(surfaces, step=step, bound=bound)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        fit_climate(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            variable=snakemake.wildcards.variable,
            settings=dict(snakemake.params.items()),
            mem_mb=snakemake.resources.mem_mb,
        )
