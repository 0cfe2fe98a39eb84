"""A network of stations: where they stand on the map, and surfaces fitted to their values."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from nepflow._log import progress
from nepflow.climate import fitting

PRESENT_MONTHS = 6  # of every year, that a station of the constant network has


@dataclass(frozen=True)
class Network:
    """Stations of one variable.

    Attributes
    ----------
    names : ndarray of str, shape (station,)
    position : ndarray, shape (station, 3)
        Longitude, latitude, degrees; elevation, m.
    metres : ndarray, shape (station, 2)
        In the CRS of the study.
    centre : ndarray, shape (2,)
        Origin of the spline's coordinates, m.
    length_scale : float
        Metres in one unit of them.
    weights : ndarray, shape (station,), optional
        Inverse relative variances.
    label : str
        What progress is reported of.
    """

    names: np.ndarray
    position: np.ndarray
    metres: np.ndarray
    centre: np.ndarray
    length_scale: float
    weights: np.ndarray | None = None
    label: str = ""

    @classmethod
    def of(cls, sites, metres, length_scale, weights=None, label=""):
        """Return the network of a table of stations, with its centre as origin."""
        position = sites[["lon", "lat", "elevation_m"]].to_numpy(float)
        centre = (metres.min(axis=0) + metres.max(axis=0)) / 2
        names = sites["station"].to_numpy(str)
        return cls(names, position, metres, centre, length_scale, weights, label)

    @cached_property
    def distance_km(self):
        """Distances, shape (station, station)."""
        return np.hypot(*(self.metres[:, None] - self.metres[None]).transpose(2, 0, 1)) / 1000

    def only(self, chosen):
        """Return the network of some stations (boolean), about the same origin."""
        weights = None if self.weights is None else self.weights[chosen]
        parts = {name: getattr(self, name)[chosen] for name in ("names", "position", "metres")}
        return replace(self, weights=weights, **parts)

    def fit(self, values, model):
        """Fit surfaces to values (station, surface); returns as `fitting.fit_surfaces`."""
        patterns = fitting.missing_patterns(values)
        return fitting.fit_surfaces(
            (self.metres - self.centre) / self.length_scale,
            self.position[:, 2],
            values,
            progress(patterns, len(patterns), f"{self.label}: sets of stations"),
            model,
            self.weights,
        )


def constant(values):
    """Return which stations are there throughout, boolean, shape (station,).

    Parameters
    ----------
    values : ndarray, shape (station, 12 * year)
        NaN = none. A station is there with `PRESENT_MONTHS` months of every year.
    """
    by_year = (~np.isnan(values)).reshape(len(values), -1, 12).sum(axis=2)
    return (by_year >= PRESENT_MONTHS).all(axis=1)
