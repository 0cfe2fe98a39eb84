"""Two coefficients of a soil respiration model, rate and response to temperature, from field plots.

Written as ln Rs = ln(rate) + k T + what is left of the model, every model is a straight line in
temperature; the rest (precipitation, carbon, curvature of Q10) keeps its published constants.
"""

from typing import NamedTuple

import numpy as np

from nepflow.respiration import formulas
from nepflow.respiration.plot_models import DAYS
from nepflow.study.respiration import MONTH, SOIL_MODELS

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
    """Return annual Rs of a model with its published constants at plots, g C m-2 yr-1.

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
    held = formulas.FORMULAS[model].held_at or (-np.inf, np.inf)
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
        float(np.exp(line.intercept)), float(line.slope), np.exp(drawn.intercept), drawn.slope,
        int(ratio.size), int(count), line.residual, float(np.sqrt((ratio**2).mean())),
    )  # fmt: skip


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


def constants_of(model, published_constants, factor, added):
    """Return the constants of a model whose rate and response to temperature are changed.

    Parameters
    ----------
    model : str
    published_constants : dict
    factor : float
    added : float
        K-1.
    """
    old = published_constants
    if model == "gsmsr":
        return old | {
            "rate": old["rate"] * factor,
            "rate_per_carbon": old["rate_per_carbon"] * factor,
            "q10_at_zero": old["q10_at_zero"] * np.exp(10 * added),
        }
    return old | {"rate": old["rate"] * factor, "per_k": old["per_k"] + added}
