"""Two coefficients of a soil respiration model, rate and response to temperature, from field plots.

Written as ln Rs = ln(rate) + k T + what is left of the model, every model is a straight line in
temperature; the rest (precipitation, carbon, curvature of Q10) keeps its published constants.
"""

from typing import NamedTuple

import numpy as np

from nepflow.io import tables
from nepflow.respiration import formulas
from nepflow.study.respiration import (
    AS_EXPONENT,
    AS_Q10,
    AS_RATE,
    MONTH,
    RELATIONS,
    SOIL_MODELS,
    TIME_STEPS,
    YEAR,
    is_calibrated,
    variant,
)

DAYS = 365.25
ALIKE = "months alike"  # a table of plots has no months: each gets a twelfth of the rain
CALIBRATED = "calibrated"  # follows the name of a model whose constants come from the plots
DIRECT = formulas.pei2009.__name__


def name_of_time_step(time_step):
    """Return the name in `modelled` of Rh by a time_step of the direct model."""
    alike = f", {ALIKE}" if TIME_STEPS[time_step].step == MONTH else ""
    return f"{DIRECT} {time_step}{alike}"


def own_model(study):
    """Return the name in `modelled` of the Rh that a study makes NEP with."""
    settings = study["respiration"]
    if settings["model"] not in SOIL_MODELS:
        return name_of_time_step(settings["time_step"])
    name = variant(settings["model"], settings["rh_relation"])
    return f"{name} {CALIBRATED}" if is_calibrated(study) else name


def modelled(plots, relation, constants, calibrated=None):
    """Return what the models give at plots.

    Parameters
    ----------
    plots : dict of ndarray, shape (plot,)
        temperature (annual mean, degC), precipitation (mm yr-1), carbon (kg C m-2 of 0-20 cm) and
        rs, the observed total respiration (g C m-2 yr-1); NaN = unknown.
    relation : str
        Relation of the study, for Rh of modelled Rs.
    constants : dict of {str: dict}
        By soil model.
    calibrated : dict of {str: dict}, optional
        Constants that were calibrated on plots, by soil model; they stand beside the others.

    Returns
    -------
    dict of {(str, str): ndarray}
        (quantity, model) -> g C m-2 yr-1; NaN where an input is unknown. Quantity rs or rh. Models
        that are monthly get twelve equal months, which lowers what is curved in temperature.
    """
    found = {}
    for name in SOIL_MODELS:
        found["rs", name] = published(name, plots, constants.get(name))
    for name in RELATIONS:
        found["rh", f"{name} of observed Rs"] = _share(plots["rs"], name)
    for name in SOIL_MODELS:
        found["rh", variant(name, relation)] = _share(found["rs", name], relation)
    for name, own in (calibrated or {}).items():
        total = published(name, plots, own)
        found["rs", f"{name} {CALIBRATED}"] = total
        found["rh", f"{variant(name, relation)} {CALIBRATED}"] = _share(total, relation)
    for time_step in sorted(TIME_STEPS):
        times = 12 if TIME_STEPS[time_step].step == MONTH else 1
        month = formulas.pei2009(plots["temperature"], plots["precipitation"] / times)
        found["rh", name_of_time_step(time_step)] = times * month
    return found


def _share(rs, relation):
    """Annual Rh of annual Rs by a relation on its own step."""
    rs = np.where(rs >= 0, rs, np.nan)
    if RELATIONS[relation].step == YEAR:
        return formulas.heterotrophic(rs, relation, YEAR)[0]
    return 12 * formulas.heterotrophic(rs / 12, relation, MONTH)[0]


LEAST_SITES = 8  # places with a measurement; own choice
LEAST_SPAN_K = 3.0  # of temperature between them; own choice
SITE_DEG = 0.01  # records nearer than this are of one site


class TooFewPlots(ValueError):
    """Plots that cannot tell a rate from a response to temperature."""


class Line(NamedTuple):
    """ln(observed / published) on temperature: intercept, slope (K-1), deviation of residuals."""

    intercept: np.ndarray
    slope: np.ndarray
    residual: float


class Calibration(NamedTuple):
    """Factor of the rate and what is added to the response to temperature, with their draws.

    ``factor`` (1), ``added`` (K-1); ``factors``, ``addeds`` (draw,); ``records``, ``sites``;
    ``residual`` and ``residual_published``, standard deviation of ln(observed / modelled).
    """

    factor: float
    added: float
    factors: np.ndarray
    addeds: np.ndarray
    records: int
    sites: int
    residual: float
    residual_published: float


def published(model, plots, constants):
    """Return annual Rs of a model with constants at plots, g C m-2 yr-1.

    Months of monthly models are taken alike, since tables of plots have annual climate.
    """
    monthly = SOIL_MODELS[model].step == MONTH
    rain = plots["precipitation"] / (12 if monthly else 1)
    values = formulas.response(model, plots["temperature"], rain, constants)
    values = formulas.with_carbon(model, values, plots["carbon"], constants)
    return values * DAYS if monthly else values


def calibrate(model, plots, constants, draws, seed):
    """Fit a model to plots by least squares of logarithms; sites are resampled for the errors.

    Parameters
    ----------
    model : str
    plots : dict of ndarray, shape (plot,)
        lon, lat (degrees), temperature (degC), precipitation (mm yr-1), carbon (kg C m-2), rs
        (g C m-2 yr-1); NaN = unknown.
    constants : dict
        Published constants.
    draws : int
        Resamples of whole sites.
    seed : int

    Returns
    -------
    Calibration

    Raises
    ------
    TooFewPlots
        With fewer than `LEAST_SITES` sites, or less than `LEAST_SPAN_K` between them.

    References
    ----------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 9 (pairs), with sites as
    units because records of one site share soil and weather.
    """
    modelled = published(model, plots, constants)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.log(plots["rs"] / modelled)
    known = np.isfinite(ratio)
    held = SOIL_MODELS[model].held_at or (-np.inf, np.inf)
    warmth, ratio = np.clip(plots["temperature"][known], *held), ratio[known]
    cell = np.stack([np.round(plots[name][known] / SITE_DEG) for name in ("lon", "lat")])
    site = np.unique(cell, axis=1, return_inverse=True)[1].ravel()
    count = site.max() + 1 if site.size else 0
    span = np.ptp(warmth) if warmth.size else 0.0
    if count < LEAST_SITES or span < LEAST_SPAN_K:
        raise TooFewPlots(
            f"{count} sites over {span:.1f} K serve to calibrate {model}; {LEAST_SITES} sites over "
            f"{LEAST_SPAN_K:g} K are needed. Widen plots.box_deg, or set respiration.constants to "
            "published."
        )
    line = fitted(warmth, ratio, np.ones(warmth.size))
    generator = np.random.default_rng(seed)
    weights = generator.multinomial(count, np.full(count, 1 / count), size=draws)[:, site]
    drawn = fitted(warmth, ratio, weights)
    return Calibration(
        float(np.exp(line.intercept)),
        float(line.slope),
        np.exp(drawn.intercept),
        drawn.slope,
        int(ratio.size),
        int(count),
        line.residual,
        float(np.sqrt((ratio**2).mean())),
    )


def fitted(warmth, ratio, weights):
    """Return the `Line` of least squares with weights (..., plot); NaN where T does not vary."""
    total = weights.sum(axis=-1)
    middle = (weights * warmth).sum(axis=-1) / total
    level = (weights * ratio).sum(axis=-1) / total
    away = warmth - middle[..., None]
    squares = (weights * away**2).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = (weights * away * ratio).sum(axis=-1) / np.where(squares > 0, squares, np.nan)
    intercept = level - slope * middle
    left = ratio - intercept[..., None] - slope[..., None] * warmth
    return Line(intercept, slope, float(np.sqrt((left**2).sum(axis=-1).mean() / (ratio.size - 2))))


def constants_of(model, known, factor, added):
    """Return the constants of a model whose rate and response to temperature are changed.

    Parameters
    ----------
    model : str
    known : dict
        Published constants.
    factor : float
    added : float
        K-1.
    """
    changed = {
        AS_RATE: lambda value: value * factor,
        AS_Q10: lambda value: value * np.exp(10 * added),
        AS_EXPONENT: lambda value: value + added,
    }
    return known | {
        name: changed[SOIL_MODELS[model].constants[name].calibrated](known[name])
        for name in units(model)
    }


COLUMNS = ("model", "quantity", "statistic", "value", "unit")


def units(model):
    """Return the units of the constants of a model that plots calibrate, by name."""
    about = SOIL_MODELS[model].constants
    return {name: constant.unit for name, constant in about.items() if constant.calibrated}


def constants(path, model, published):
    """Return the constants of a model: the published ones, overlaid with those of a table.

    Parameters
    ----------
    path : str
        Table of the rule calibrate_plots; empty: the published constants stay.
    model : str
    published : dict
        Those of the study.
    """
    if not path:
        return published
    table = tables.read(path, COLUMNS)
    rows = table[(table["model"] == model) & (table["statistic"] == "calibrated")]
    return published | dict(zip(rows["quantity"], rows["value"], strict=True))
