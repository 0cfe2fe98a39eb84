"""Variograms: empirical semivariances of many days, and models fitted to them.

References
----------
Cressie (1985), Fitting variogram models by weighted least squares, Math. Geol. 17, 563-586.
Cressie (1993), Statistics for Spatial Data, Wiley: models, ordinary kriging.
"""

from dataclasses import dataclass

import numpy as np

RANGES = 200  # ranges tried, evenly in their logarithm
LEAST_NUGGET = 1e-3  # share of the sill: near stations that differ must not make weights explode


def _spherical(ratio):
    return np.where(ratio < 1, 1.5 * ratio - 0.5 * ratio**3, 1.0)


def _exponential(ratio):
    return 1 - np.exp(-3 * ratio)


# Semivariance of a partial sill of 1 at distance / range; the range of the exponential is the
# practical one, where it reaches 95 %.
MODELS = {"spherical": _spherical, "exponential": _exponential}


@dataclass(frozen=True)
class Variogram:
    """A fitted model.

    Attributes
    ----------
    model : str
        Key of `MODELS`.
    nugget, partial_sill : float
        Squared unit of the values.
    range_km : float
    """

    model: str
    nugget: float
    partial_sill: float
    range_km: float

    def covariance(self, distance_km):
        """Return the covariance at distances; the nugget belongs to each station alone.

        Parameters
        ----------
        distance_km : ndarray, shape (station, station)
            The diagonal is the distance of a station from itself.
        """
        shape = MODELS[self.model](distance_km / self.range_km)
        covariance = self.partial_sill * (1 - shape)
        covariance[np.diag_indices_from(covariance)] += self.nugget
        return covariance


def empirical_semivariances(departures, distance_km, lags):
    """Return the mean semivariance of station pairs in classes of distance.

    Parameters
    ----------
    departures : ndarray, shape (day, station)
        NaN = missing.
    distance_km : ndarray, shape (station, station)
    lags : int
        Classes of equal width between 0 and half of the largest distance.

    Returns
    -------
    distance_km, semivariance, pairs : ndarray, shape (lag,)
        Mean distance, half of the mean squared difference, pairs of values; classes without a
        pair are left out.
    """
    present = (~np.isnan(departures)).astype(float)
    values = np.where(present > 0, departures, 0.0)
    squares = (values**2).T @ present
    total = squares + squares.T - 2 * values.T @ values
    pairs = present.T @ present
    upper = np.triu_indices(len(distance_km), 1)
    apart, total, pairs = distance_km[upper], total[upper], pairs[upper]
    edges = np.linspace(0, distance_km.max() / 2, lags + 1)
    lag = np.digitize(apart, edges[1:], right=True)
    near = lag < lags
    count = np.bincount(lag[near], pairs[near], lags)
    known = count > 0
    distance = np.bincount(lag[near], pairs[near] * apart[near], lags)
    semivariance = np.bincount(lag[near], total[near], lags) / 2
    return distance[known] / count[known], semivariance[known] / count[known], count[known]


def fitted(distance_km, semivariance, pairs, model):
    """Return the model with the least weighted squares (Cressie 1985).

    For a given range the nugget and the partial sill are linear and not negative: they are
    solved exactly; the range is the best of `RANGES` between the smallest distance and twice
    the largest. The weight of a class is its pairs over its squared semivariance.

    Parameters
    ----------
    distance_km, semivariance, pairs : ndarray, shape (lag,)
        Of `empirical_semivariances`.
    model : str
        Key of `MODELS`.

    Returns
    -------
    Variogram

    Raises
    ------
    ValueError
        If no class of distance holds a pair, or if nothing varies.
    """
    if distance_km.size == 0 or not semivariance.max() > 0:
        raise ValueError("no two stations with values that differ: no variogram can be fitted")
    weight = pairs / np.maximum(semivariance, 1e-6 * semivariance.max()) ** 2
    best, least = None, np.inf
    for range_km in np.geomspace(max(distance_km.min(), 1.0), 2 * distance_km.max(), RANGES):
        shape = MODELS[model](distance_km / range_km)
        nugget, sill = _linear_part(shape, semivariance, weight)
        misfit = (weight * (semivariance - nugget - sill * shape) ** 2).sum()
        if misfit < least * (1 - 1e-12):
            best, least = Variogram(model, nugget, sill, float(range_km)), misfit
    nugget = max(best.nugget, LEAST_NUGGET * (best.nugget + best.partial_sill))
    return Variogram(model, float(nugget), float(best.partial_sill), best.range_km)


def _linear_part(shape, semivariance, weight):
    """Return nugget and partial sill, both at least 0, that fit best."""
    whole = weight.sum()
    mean_shape, mean = (weight * shape).sum() / whole, (weight * semivariance).sum() / whole
    spread = (weight * (shape - mean_shape) ** 2).sum()
    together = (weight * (shape - mean_shape) * (semivariance - mean)).sum()
    sill = max(together / spread, 0.0) if spread > 1e-12 * whole else 0.0
    nugget = mean - sill * mean_shape
    if nugget < 0:
        nugget, sill = 0.0, (weight * shape * semivariance).sum() / (weight * shape**2).sum()
    return nugget, sill
