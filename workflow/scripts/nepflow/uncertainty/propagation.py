"""Propagation of errors to the mean NEP of cells: delta method, by source and part.

A component is what one standard deviation of one error does to NEP of a cell. With x the mean NPP
and Rh of a cell, and every error independent of the others,

    random     r NPP sqrt(share / years)                      of its own in each cell and year
    regional   r NPP sqrt(share), -dRh/dT s_T, -dRh/dlnP s_P, -dRh/dlnC s_C, -Rh s_place
    common     r NPP sqrt(share), -(dRh/da, dRh/db) L         L L' = covariance of a and b

the variance of a cell is the sum of their squares; those of zones follow in `uncertainty.budget`.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from nepflow.study.uncertainty import COMMON, RANDOM, REGIONAL


class Component(NamedTuple):
    """An independent error: its source and part, and how far it reaches (km, regional only)."""

    source: str
    part: str
    number: int = 1
    range_km: float = 0.0


class Cells(NamedTuple):
    """Mean year of cells, arrays (y, x).

    ``npp`` and ``rh`` g C m-2 yr-1; ``years`` with NEP; ``filled`` share of the growing season, 0
    to 1; ``npp_sd`` relative error of NPP; ``moves`` {name of `respiration.SENSITIVITIES`:
    derivative of mean annual Rh}; ``climate_sd`` {temperature: K, precipitation and soil_carbon:
    relative}.
    """

    npp: np.ndarray
    rh: np.ndarray
    years: np.ndarray
    filled: np.ndarray
    npp_sd: np.ndarray
    moves: dict
    climate_sd: dict


def components_of(errors):
    """Return the components that `effects` gives, in its order.

    Parameters
    ----------
    errors : dict
        Of `study.uncertainty.errors`.

    Returns
    -------
    list of Component
    """
    found = []
    for source, error in errors.items():
        if source == "npp":
            found += [Component(source, RANDOM), Component(source, REGIONAL, 1, error["range_km"])]
            found.append(Component(source, COMMON))
            continue
        found.append(Component(source, REGIONAL, 1, error["range_km"]))
        if "covariance" in error:
            found += [Component(source, COMMON, number) for number in (1, 2)]
    return found


def effects(errors, cells):
    """Return what each component does to the mean NEP of cells.

    Parameters
    ----------
    errors : dict
        Of `study.uncertainty.errors`.
    cells : Cells

    Returns
    -------
    ndarray, shape (component, y, x)
        g C m-2 yr-1, signed: errors that are common to cells add with their sign.
    """
    found = []
    for source, error in errors.items():
        if source == "npp":
            found += _of_npp(error, cells)
        elif source in cells.climate_sd:
            found.append(-cells.moves[source] * cells.climate_sd[source])
        else:
            found += _of_model(error, cells.rh, *_moved_by(source, cells.moves))
    return np.stack(found)


def _of_npp(error, cells):
    wider = 1 + error["filled_factor"] * cells.filled
    flux = np.abs(cells.npp) * cells.npp_sd * wider
    shares = error["shares"]
    random = flux * np.sqrt(shares[RANDOM] / np.maximum(cells.years, 1))
    return [random, *(flux * np.sqrt(shares[part]) for part in (REGIONAL, COMMON))]


def _moved_by(source, moves):
    names = {"respiration": ("level", "response")}
    return [moves[name] for name in names.get(source, ("relation_level", "relation_response"))]


def _of_model(error, rh, level, response):
    """Place (regional), then the two independent directions of the constants (common)."""
    lower = np.linalg.cholesky(np.asarray(error["covariance"], float))
    power = np.divide(level, rh, out=np.zeros_like(level), where=rh > 0)  # Rh goes with R^power
    return [
        -rh * relative_sd(power * error["place_sd"]),
        -(level * lower[0, 0] + response * lower[1, 0]),
        -(response * lower[1, 1]),
    ]


def median_shift(errors, cells):
    """Return the median of the error of mean NEP of cells from log-normal factors of mean 1.

    Parameters
    ----------
    errors, cells
        As in `effects`.

    Returns
    -------
    ndarray, shape (y, x)
        g C m-2 yr-1, at least 0: ``Rh (1 - exp(-s^2 / 2))``.
    """
    variance = 0.0
    for source, error in errors.items():
        if "place_sd" in error:
            level = _moved_by(source, cells.moves)[0]
            power = np.divide(level, cells.rh, out=np.zeros_like(level), where=cells.rh > 0)
            variance = variance + np.square(power * error["place_sd"])
    return cells.rh * -np.expm1(-variance / 2)


def relative_sd(log_sd):
    """Return the relative deviation of a factor with mean 1 whose logarithm has ``log_sd``.

    ``sqrt(exp(s^2) - 1)``, of the log-normal distribution.
    """
    return np.sqrt(np.expm1(np.square(log_sd)))


def class_errors(classes, by_class):
    """Return the relative error of NPP of each cell.

    Parameters
    ----------
    classes : ndarray, shape (y, x)
        Number of the class, NaN = none.
    by_class : dict of {int: float}
        %; 0 stands for cells without a class.

    Raises
    ------
    ValueError
        If a class has no error.
    """
    numbers = np.where(np.isnan(classes), 0, classes).astype(int)
    lacking = sorted(set(np.unique(numbers).tolist()) - set(by_class))
    if lacking:
        raise ValueError(f"land-cover class {lacking[0]} has no error of NPP")
    table = np.full(max(by_class) + 1, np.nan)
    table[list(by_class)] = list(by_class.values())
    return table[numbers] / 100


def station_error(station, observed, predicted, relative):
    """Return the error of a mean year of climate, from stations that were left out.

    Parameters
    ----------
    station : ndarray, shape (record,)
        Names.
    observed, predicted : ndarray, shape (record,)
        Values of months, and what the others predict there.
    relative : bool
        Of sums: the error over what was observed; stations without any do not count.

    Returns
    -------
    float
        Root mean square over the stations of the mean of their months.

    Raises
    ------
    ValueError
        If there is no station.
    """
    known = np.isfinite(observed) & np.isfinite(predicted)
    number = np.unique(np.asarray(station)[known], return_inverse=True)[1].ravel()
    error = np.bincount(number, (predicted - observed)[known])
    of = np.bincount(number, np.asarray(observed)[known]) if relative else np.bincount(number)
    if not (of > 0).any():
        raise ValueError("no station was left out: no error of the climate is known from them")
    return float(np.sqrt(np.mean((error[of > 0] / of[of > 0]) ** 2)))


def deviation(effect):
    """Return the standard deviation of cells (y, x), of components (component, y, x)."""
    return np.sqrt(np.square(effect).sum(axis=0))


def largest(effect, components, sources):
    """Return the number of the source, from 1, that gives most of the variance of each cell.

    Parameters
    ----------
    effect : ndarray, shape (component, y, x)
    components : list of Component
    sources : list of str
        In the order of the numbers.
    """
    squares = np.square(effect)
    of = np.array([sources.index(component.source) for component in components])
    by_source = np.stack([squares[of == number].sum(axis=0) for number in range(len(sources))])
    known = np.isfinite(by_source[0])
    return np.where(known, 1 + np.where(known, by_source, 0).argmax(axis=0), np.nan)


def sink_probability(nep, sd):
    """Return P(NEP > 0) = Phi(NEP / sd), 0 to 1; NaN where either is missing.

    Parameters
    ----------
    nep, sd : ndarray of one shape
        g C m-2 yr-1. Without an error a sink is one for certain, and 0 is neither.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(sd > 0, nep / sd, np.where(sd == 0, np.sign(nep) * np.inf, np.nan))
    return np.where((sd == 0) & (nep == 0), 0.5, ndtr(ratio))
