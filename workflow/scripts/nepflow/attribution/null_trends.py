"""What attribution finds where there is nothing but climate: surrogates with its noise."""

import numpy as np

from nepflow.attribution import attribution, summary


def surrogates(series, drivers, years, minimum_years, draws, generator):
    """Return series that follow climate and noise, and no year.

    The climate part is that of the joint regression; the noise is a stationary first-order
    autoregression with the lag-1 correlation and the variance of its residuals.

    Parameters
    ----------
    series : ndarray, shape (year, pixel)
        NaN = absent.
    drivers : sequence of ndarray, each (year, pixel)
    years : sequence of int
    minimum_years, draws : int
    generator : numpy.random.Generator

    Returns
    -------
    ndarray, shape (draw, year, pixel)
        NaN where the series or a driver is, or nothing could be fitted.
    """
    t = np.asarray(years, dtype="float64")[:, None]
    stack = np.stack([np.asarray(driver, dtype="float64") for driver in drivers])
    found = attribution.attribute(
        series[:, None], [driver[:, None] for driver in stack], years, "joint", minimum_years
    )
    known = ~np.isnan(series + stack.sum(axis=0))
    climate = (found.coefficients[:, 0][:, None] * stack).sum(axis=0)
    left = np.where(known, series - climate - found.rest[0] * t, np.nan)
    count = known.sum(axis=0)
    left = left - np.nansum(left, axis=0) / np.maximum(count, 1)
    rho, sd = _noise(left, count - len(drivers) - 2)
    noise = np.empty((draws, *series.shape))
    shocks = generator.standard_normal(noise.shape)
    noise[:, 0] = shocks[:, 0] * sd
    for year in range(1, len(t)):
        noise[:, year] = rho * noise[:, year - 1] + np.sqrt(1 - rho**2) * sd * shocks[:, year]
    return np.where(known, climate + noise, np.nan)


def _noise(left, freedom):
    """Lag-1 correlation, held within 0.95, and standard deviation of residuals (year, pixel)."""
    squares = np.nansum(left**2, axis=0)
    rho = np.nansum(left[1:] * left[:-1], axis=0) / np.where(squares > 0, squares, np.nan)
    return np.clip(rho, -0.95, 0.95), np.sqrt(squares / np.maximum(freedom, 1))


def null_shares(series, drivers, years, settings, minimum_years, given=None):
    """Return the shares that the methods find where there is no rest.

    Parameters
    ----------
    series : ndarray, shape (year, pixel)
    drivers : sequence of ndarray, each (year, pixel)
    years : sequence of int
    settings : dict
        null_draws, seed, calibration, significance_p, dominance_percent.
    minimum_years : int
    given : dict of {str: ndarray (driver, pixel) or None}, optional
        Coefficients by method that are not fitted anew, those of a pooled calibration.

    Returns
    -------
    dict of {str: dict of {(str, str): float}}
        By method: %, by (of, quantity) of `attribution_rows.Shares.rows`.
    """
    generator = np.random.default_rng(settings["seed"])
    draws = settings["null_draws"]
    made = surrogates(series, drivers, years, minimum_years, draws, generator)
    cubes = [
        np.broadcast_to(driver[:, None], (len(years), *made[:, 0].shape)) for driver in drivers
    ]
    found = {}
    for method in attribution.METHODS:
        fixed = (given or {}).get(method)
        if fixed is not None:
            fixed = np.broadcast_to(fixed[:, None], (len(drivers), draws, series.shape[1]))
        parts = attribution.attribute(
            made.transpose(1, 0, 2), cubes, years, method, minimum_years, settings["calibration"],
            fixed,
        )  # fmt: skip
        cases = attribution.case(parts.observed, parts.climate, parts.rest)
        share = attribution.rest_share(parts.observed, parts.rest, cases)
        shares = summary.Shares(settings["significance_p"], settings["dominance_percent"])
        shares.add(np.ones(cases.shape, dtype=bool), parts.p, share, cases)
        found[method] = {row[:2]: row[2] for row in shares.rows()}
    return found
