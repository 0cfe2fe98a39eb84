"""A network of stations: where they stand on the map, and surfaces fitted to their values."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from nepflow._log import progress
from nepflow.climate import fitting
from nepflow.climate.spline import WITHOUT_ELEVATION, DegenerateStations
from nepflow.io import raster, tables
from nepflow.stations import aggregation, cleaning
from nepflow.stations.records import weights_of
from nepflow.study.variables import NORMAL

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

    def fit(self, values, model, months=None):
        """Fit surfaces to values (station, surface), as `fitting.fit_surfaces` does."""
        patterns = fitting.missing_patterns(values)
        return fitting.fit_surfaces(
            (self.metres - self.centre) / self.length_scale,
            self.position[:, 2],
            values,
            progress(patterns, len(patterns), f"{self.label}: sets of stations"),
            model,
            self.weights,
            months,
        )


LINE = 0.02  # width of a network over its length, below which it is a line; own choice
FAR = 20.0  # heights of the area beyond those of stations, in spreads of these; own choice
LEAST_SPREAD_M = 1e-3  # spread of heights that is none but for rounding


def check_determined(network, values, times, vertical_scale, heights=None):
    """Refuse stations that determine no surface of the model, or one that is all extrapolation.

    The effect of elevation is known from the heights of stations beside those that a plane over
    their places gives them. Where that spread is small beside what the heights of the area depart
    from the same plane, an error of the coefficient becomes metres of rain.

    Parameters
    ----------
    network : Network
    values : ndarray, shape (station, surface)
        NaN = none.
    times : (ndarray of int, ndarray of int), shape (surface,)
        Years and months.
    vertical_scale : float
        Of `fitting.Model`.
    heights : ndarray, shape (3, place), optional
        x, y and elevation of places of the area, m.

    Raises
    ------
    spline.DegenerateStations
    """
    for stations, surfaces in fitting.missing_patterns(values):
        years, months = (part[surfaces[0]] for part in times)
        when = f"{months:02d}" if years == NORMAL else f"{years}-{months:02d}"
        where = f"{network.label}: the {len(stations)} stations of {when}"
        plane = network.metres[stations] - network.metres[stations].mean(axis=0)
        spread = np.linalg.svd(plane, compute_uv=False) / np.sqrt(len(stations))
        if spread[1] < LINE * spread[0] or not spread[0]:
            raise DegenerateStations(
                f"{where} stand on a line ({spread[1] / 1000:.2g} km wide, {spread[0] / 1000:.3g} "
                "km long, standard deviations), so that no surface beside it is known. Widen "
                "area.buffer_km or bring more stations, or take gridded climate (climate.source: "
                "grids)."
            )
        if vertical_scale == WITHOUT_ELEVATION:
            continue
        design = np.column_stack([np.ones(len(stations)), plane / spread[0]])
        elevation = network.position[stations, 2]
        plane_of, *_ = np.linalg.lstsq(design, elevation, rcond=None)
        left = float(np.std(elevation - design @ plane_of))
        reach = np.nan
        if heights is not None and heights.shape[1]:
            place = (heights[:2].T - network.metres[stations].mean(axis=0)) / spread[0]
            expected = np.column_stack([np.ones(len(place)), place]) @ plane_of
            reach = float(np.quantile(np.abs(heights[2] - expected), 0.99))
        if left < LEAST_SPREAD_M or reach > FAR * left:
            what = (
                "one height"
                if np.ptp(elevation) < 1
                else "heights linear in longitude and latitude"
            )
            there = "" if np.isnan(reach) else f", those of the area by {reach:.0f} m"
            raise DegenerateStations(
                f"{where} have {what}: they depart from a plane by {left:.2g} m{there}. They do "
                "not determine the effect of elevation. Write climate: {model: position}, surfaces "
                "of place alone; or bring stations of other heights, or take gridded climate."
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


def read(inputs, variable, settings):
    """Return the network of a variable as the policy for steps leaves it.

    Parameters
    ----------
    inputs : dict
        monthly, grid, weights (where settings name a column) and steps (where the policy is not
        "report"): files.
    variable : str
    settings : dict
        years, min_stations, length_scale_km, weights_column, station_table, policy.

    Returns
    -------
    network : Network
    values : ndarray, shape (station, surface)
    times : (ndarray of int, ndarray of int), shape (surface,)
        Years and months.
    steps : list of (int, int)
        Station and number of the first year behind each step where its record is to be split.

    Raises
    ------
    records.BadStations
        If too few stations are left.
    """
    sites, values, *times = aggregation.monthly_matrix(
        inputs["monthly"], variable, settings["years"], settings["min_stations"]
    )
    names = sites["station"].to_numpy(str)
    steps = []
    if settings["policy"] != "report" and inputs["steps"]:
        table = tables.read(inputs["steps"], ["variable", "station", "year"])
        steps = steps_of(table, names, variable, settings["years"])
    if settings["policy"] == "exclude" and steps:
        kept = ~np.isin(np.arange(len(names)), [station for station, _ in steps])
        sites, names, values, steps = sites[kept], names[kept], values[kept], []
        aggregation.require_stations(values, times, variable, settings["min_stations"])
    weights = None
    if settings["weights_column"]:
        weights = weights_of(
            inputs["weights"], settings["weights_column"], names, settings.get("station_table")
        )
    metres = cleaning.projected(sites["lon"], sites["lat"], raster.grid_of(inputs["grid"]).crs)
    scale = 1000.0 * settings["length_scale_km"]
    return Network.of(sites, metres, scale, weights, variable), values, times, steps


def steps_of(table, names, variable, years):
    """Return (station, number of the first year behind) of the rows of a table of steps."""
    own = table[table["variable"] == variable]
    places = {name: number for number, name in enumerate(names)}
    pairs = zip(own["station"].astype(str), own["year"].astype(int), strict=True)
    return [(places[name], list(years).index(year)) for name, year in pairs if name in places]
