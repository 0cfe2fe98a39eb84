"""The methods that make surfaces of the monthly values of stations: `climate.method`.

absolute    every month of every year is fitted by itself
anomaly     a climatology a calendar month, and the departures of every month from it
annual      years are fitted by themselves; what needs months has them as absolute
"""

from dataclasses import fields

import numpy as np

from nepflow.climate import anomaly, fitting
from nepflow.climate import surfaces as climate_surfaces
from nepflow.climate.spline import WITHOUT_ELEVATION
from nepflow.stations import aggregation
from nepflow.stations.records import BadStations
from nepflow.study.variables import NORMAL, VARIABLES


def fit(method, network, values, times, variable, model, options):
    """Fit the surfaces of a variable.

    Parameters
    ----------
    method : {"absolute", "anomaly", "annual"}
        Monthly normals are always absolute.
    network : network.Network
    values : ndarray, shape (station, surface)
        Monthly values, NaN = none.
    times : (ndarray of int, ndarray of int), shape (surface,)
        Years (`NORMAL` for normals) and months.
    variable : str
    model : fitting.Model
    options : anomaly.Departures

    Returns
    -------
    surfaces : surfaces.Surfaces
    log : dict of ndarray, shape (surface,)
    minima : list of (surface, lambda, signal)
    """
    if (times[0] == NORMAL).all():
        parts, log, minima = _absolute(network, values, times, model)
        source = climate_surfaces.NORMALS_SOURCE
    else:
        parts, log, minima = METHODS[method](network, values, times, variable, model, options)
        source = SOURCES[method]
    surfaces = climate_surfaces.Surfaces(
        variable=variable,
        unit=VARIABLES[variable].monthly_unit,
        transformation=model.transformation,
        source=source,
        order=model.order,
        length_scale=network.length_scale,
        vertical_scale=model.vertical_scale,
        centre=network.centre,
        stations=network.names,
        position=network.position,
        max_knots=model.max_knots or 0,
        **parts,
    )
    if surfaces.climatology:
        surfaces, log = anomaly.with_evidence(surfaces, log)
    return surfaces, log, minima


def _absolute(network, values, times, model):
    parts, log, minima = network.fit(values, model, times[1])
    parts |= {"years": times[0], "months": times[1], "observed": values}
    return parts, log, minima


def _of_months(network, values, times, variable, model, options):
    return _absolute(network, values, times, model)


def _of_departures(network, values, times, variable, model, options):
    seen = (~np.isnan(values)).reshape(len(values), -1, 12)
    normals = seen.sum(axis=1, keepdims=True) >= options.min_years
    stations = (seen & normals).sum(axis=0).ravel()
    few = np.flatnonzero(stations < options.minimum)
    if few.size:
        raise BadStations(
            f"{variable}: {stations[few[0]]} stations with at least {options.min_years} years of a "
            f"calendar month stand behind {times[0][few[0]]}-{times[1][few[0]]:02d}, fewer than "
            "climate.min_stations. Lower climate.climatology.min_years, add records, or set "
            "climate.method: absolute."
        )
    parts, log, minima = anomaly.fit(network, values, times[0], model, options)
    parts |= {"departure": options.departure, "amount": options.amount}
    return parts, log, minima


def _of_years(network, values, times, variable, model, options):
    """Return the surfaces of months with those of years behind them."""
    yearly = aggregation.annual_values(values, VARIABLES[variable].statistic)
    years, stations = times[0][::12], (~np.isnan(yearly)).sum(axis=0)
    few = np.flatnonzero(stations < options.minimum)
    if few.size:
        raise BadStations(
            f"{variable}: {stations[few[0]]} stations have all months of {years[few[0]]}, fewer "
            "than climate.min_stations. Set climate.method: anomaly, which needs no whole years."
        )
    parts, log, minima = _absolute(network, values, times, model)
    own, own_log, own_minima = network.fit(yearly, model)
    own |= {"years": years, "months": np.full(years.size, climate_surfaces.ANNUAL)}
    own["observed"] = yearly
    shared = {name: parts[name] for name in ("knots", "weights")}
    joined = {
        name: np.concatenate([part, own[name]], axis=-1)
        for name, part in parts.items()
        if name not in shared
    }
    log = {name: np.concatenate([log[name], own_log[name]]) for name in log}
    behind = [(surface + times[0].size, *rest) for surface, *rest in own_minima]
    return joined | shared, log, [*minima, *behind]


METHODS = {"absolute": _of_months, "anomaly": _of_departures, "annual": _of_years}
SOURCES = {
    "absolute": climate_surfaces.MONTHLY_SOURCE,
    "anomaly": climate_surfaces.ANOMALY_SOURCE,
    "annual": climate_surfaces.ANNUAL_SOURCE,
}


def model_of(settings):
    """Return the `fitting.Model` of the settings of a rule, by their names."""
    names = {field.name for field in fields(fitting.Model)}
    chosen = {name: value for name, value in settings.items() if name in names}
    vertical = 0.0
    if settings["model"] == "trivariate":
        vertical = settings["exaggeration"] / (1000.0 * settings["length_scale_km"])
    if settings["model"] == "position":
        vertical = WITHOUT_ELEVATION
    return fitting.Model(vertical_scale=vertical, **chosen)


def departures_of(variable, settings, steps=()):
    """Return the `anomaly.Departures` of a variable and the settings of a rule."""
    return anomaly.Departures(
        steps=tuple(steps),
        departure=VARIABLES[variable].departure,
        amount=settings["ratio_above"] or 0.0,
        min_years=settings["normal_years"],
        minimum=settings["min_stations"],
    )
