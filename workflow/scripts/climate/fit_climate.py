"""Fit thin plate splines to the monthly values of one variable at stations.

Reads   monthly table of stations (degC, mm month-1, MJ m-2 month-1), grid (for its CRS),
        station file (if weights are one of its columns), elevation (m, if nodes are chosen)
Writes  fitted surfaces (npz, with how to evaluate them), log of every surface (CSV), local minima
        (CSV)
"""

import logging
import sys
from dataclasses import fields, replace

import numpy as np
from nepflow._log import logged_to, progress
from nepflow.climate import coarse, diagnostics, evaluation, fitting
from nepflow.climate import surfaces as climate_surfaces
from nepflow.io import raster, tables
from nepflow.stations import aggregation, cleaning
from nepflow.stations.records import weights_of
from nepflow.study.variables import VARIABLES

COLUMNS = ("variable", "year", "month", "quantity", "value", "unit")
LONG_MINUTES = 10
MINIMA = ("variable", "year", "month", "rho", "signal")


def fit_climate(inputs, outputs, variable, settings, mem_mb):
    """Surfaces that miss the same stations share one decomposition."""
    sites, values, surface_years, months = aggregation.monthly_matrix(
        inputs["monthly"], variable, settings["years"], settings["min_stations"]
    )
    names = sites["station"].to_numpy(str)
    position = sites[["lon", "lat", "elevation_m"]].to_numpy(float)
    metres = cleaning.projected(*position[:, :2].T, raster.grid_of(inputs["grid"]).crs)
    centre = (metres.min(axis=0) + metres.max(axis=0)) / 2
    length_scale = 1000.0 * settings["length_scale_km"]
    vertical_scale = 0.0
    if settings["model"] == "trivariate":
        vertical_scale = settings["exaggeration"] / length_scale
    names_of_model = {field.name for field in fields(fitting.Model)}
    chosen = {name: value for name, value in settings.items() if name in names_of_model}
    weights = None
    if settings["weights_column"]:
        weights = weights_of(inputs["weights"], settings["weights_column"], names)
    patterns = fitting.missing_patterns(values)
    tell_cost(patterns, variable, mem_mb)
    parts, log, minima = fitting.fit_surfaces(
        (metres - centre) / length_scale,
        position[:, 2],
        values,
        progress(patterns, len(patterns), f"{variable}: sets of stations"),
        fitting.Model(vertical_scale=vertical_scale, **chosen),
        weights,
        months,
    )
    unit, transformation = VARIABLES[variable].monthly_unit, settings["transformation"]
    normals = (surface_years == evaluation.NORMAL).all()
    surfaces = evaluation.Surfaces(
        variable=variable,
        unit=unit,
        transformation=transformation,
        source=evaluation.NORMALS_SOURCE if normals else evaluation.MONTHLY_SOURCE,
        years=surface_years,
        months=months,
        order=settings["order"],
        length_scale=length_scale,
        vertical_scale=vertical_scale,
        centre=centre,
        stations=names,
        position=position,
        observed=values,
        max_knots=settings["max_knots"] or 0,
        **parts,
    )
    if settings["evaluator"] == "coarse":
        corrected = transformation == "log" and settings["bias_correction"] != "none"
        rasters = inputs["dem"], inputs["grid"]
        surfaces = on_nodes(surfaces, *rasters, settings["tolerance"], corrected, mem_mb)
    climate_surfaces.write(outputs["fit"], surfaces)
    rows = diagnostics.log_rows(log, variable, surface_years, months, unit, transformation)
    tables.write(rows, outputs["table"], COLUMNS, settings["simulated"])
    found = [(variable, surface_years[s], months[s], *rest) for s, *rest in sorted(minima)]
    tables.write(found, outputs["minima"], MINIMA, settings["simulated"])


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
