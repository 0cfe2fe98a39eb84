"""What chance gives of persistence: white noise and AR(1) as long as the series of the pixels."""

import math

import numpy as np

from nepflow.pixel import persistence, trend

NOISE = ("white_noise", "autoregression")
BESIDE = tuple(f"_of_{name}" for name in NOISE)  # after the name of a share: that of noise
ALL = "all"  # key of the share with H above 0.5; the others are classes of `coupling`


def years_of_pixels(series, known):
    """Return how many pixels have each number of valid years.

    Parameters
    ----------
    series : ndarray, shape (year, y, x)
        NaN = absent.
    known : ndarray of bool, shape (y, x)
        Pixels that count.

    Returns
    -------
    ndarray of int, shape (year + 1,)
    """
    valid = (~np.isnan(series)).sum(axis=0)
    return np.bincount(valid[known], minlength=len(series) + 1)


def chance(pixels, method, options):
    """Return the shares that series without trend and memory, or with little memory, give.

    Parameters
    ----------
    pixels : ndarray of int, shape (year + 1,)
        See `years_of_pixels`: simulated series are as long, in the same proportions. Where the
        gaps of a series lie is not simulated: its years are the first ones.
    method : str
        See `persistence.hurst`.
    options : dict
        tolerance, autoregression, draws, seed.

    Returns
    -------
    dict of {str: (float, float)}
        By `ALL` and name of the coupling class: share of white noise and of AR(1), %; NaN
        without pixels.
    """
    names = [ALL, *persistence.COUPLING_NAMES.values()]
    if not pixels.sum():
        return dict.fromkeys(names, (math.nan, math.nan))
    found = [_shares(pixels, method, phi, options) for phi in (0, options["autoregression"])]
    return dict(zip(names, zip(*found, strict=True), strict=True))


def noise(pixels, autoregression, draws, seed):
    """Return simulated series, NaN after their last year; shape (year, draws, 1)."""
    years = len(pixels) - 1
    values = np.random.default_rng(seed).standard_normal((years, draws, 1))
    values[0] /= math.sqrt(1 - autoregression**2)
    for year in range(1, years):
        values[year] += autoregression * values[year - 1]
    place = (np.arange(draws) + 0.5) / draws * pixels.sum()
    lengths = np.searchsorted(np.cumsum(pixels), place, side="right")
    values[np.arange(years)[:, None] >= lengths] = np.nan
    return values


def _shares(pixels, method, autoregression, options):
    series = noise(pixels, autoregression, options["draws"], options["seed"])
    exponent = persistence.hurst(series, 3, method)
    slope, _, _ = trend.theil_sen_mann_kendall(series, np.arange(len(series)), 2)
    classes = persistence.coupling(slope, exponent, options["tolerance"])
    known = max((~np.isnan(exponent)).sum(), 1)
    counts = [(exponent > 0.5).sum(), *((classes == c).sum() for c in persistence.COUPLING_NAMES)]
    return [100 * float(count) / known for count in counts]
