"""Monthly station values to climate surfaces, with the log that ANUSPLIN prints.

References
----------
Hutchinson and Xu (2013), ANUSPLIN Version 4.4 User Guide, Australian National University.
"""

from dataclasses import dataclass

import numpy as np

from nepflow.climate import smoothing as climate_smoothing
from nepflow.climate import transformations, uncertainty
from nepflow.climate.diagnostics import flags_of
from nepflow.climate.spline import ThinPlateSpline


@dataclass(frozen=True)
class Model:
    """What is fitted, as a study's ``climate`` says it.

    Attributes
    ----------
    vertical_scale : float
        Units of the spline's coordinates in one metre of height, where elevation is the third
        spline variable; 0 = covariate.
    order : int
        m
    transformation : str
        Name in `transformations`.
    smoothing : {"gcv", "gml", "known_variance", "fixed_rho", "fixed_signal"}
    smoothing_value : float, optional
        Error variance, lambda or effective degrees of freedom of the last three, for the
        transformed variable.
    common_smoothing : bool
        One lambda for all surfaces.
    close_km, length_scale_km : float
        Stations nearer than this are flagged, km; km in one unit of the spline's coordinates.
    block_km : float
        Side of the squares left out together in cross-validation, km.
    """

    vertical_scale: float = 0.0
    order: int = 2
    transformation: str = "none"
    smoothing: str = "gcv"
    smoothing_value: float | None = None
    common_smoothing: bool = False
    close_km: float = 5.0
    length_scale_km: float = 100.0
    block_km: float = 200.0


def missing_patterns(values):
    """Group surfaces that miss the same stations.

    Parameters
    ----------
    values : ndarray, shape (station, surface)
        NaN = no value.

    Returns
    -------
    list of (ndarray of int, ndarray of int)
        Stations present and surfaces of each group, in a fixed order.
    """
    present, group = np.unique(~np.isnan(values), axis=1, return_inverse=True)
    return [
        (np.flatnonzero(present[:, number]), np.flatnonzero(group == number))
        for number in range(present.shape[1])
    ]


def spline_variables(plane, elevation, vertical_scale):
    """Return spline variables and covariates of stations.

    Parameters
    ----------
    plane : ndarray, shape (station, 2)
        Positions in units of the length scale.
    elevation : ndarray, shape (station,)
        m
    vertical_scale : float
        Of `Model`.

    Returns
    -------
    coordinates : ndarray, shape (station, d)
    covariates : ndarray, shape (station, 1), or None
    """
    if vertical_scale:
        return np.column_stack([plane, elevation * vertical_scale]), None
    return plane, elevation[:, None] / 1000


def fit_surfaces(plane, elevation, values, patterns, model, weights=None):
    """Fit a spline of position and elevation to every surface.

    Parameters
    ----------
    plane : ndarray, shape (station, 2)
        Positions in units of the length scale, about any origin.
    elevation : ndarray, shape (station,)
        m
    values : ndarray, shape (station, surface)
        Monthly values in the variable's unit; NaN = no value.
    patterns : iterable of (stations, surfaces)
        Of `missing_patterns`.
    model : Model
    weights : ndarray, shape (station,), optional
        Inverse relative variances; 1 by default.

    Returns
    -------
    parts : dict of ndarray
        Attributes of `surfaces.Surfaces` that the fit gives.
    log : dict of ndarray, shape (surface,)
        Keys of `diagnostics.QUANTITIES`.
    minima : list of (surface, lambda, signal)
        Every local minimum of the criterion.
    """
    knots, covariates = spline_variables(plane, elevation, model.vertical_scale)
    weights = np.ones(len(knots)) if weights is None else weights
    transformed = transformations.forward(model.transformation, values)
    work = _Work(knots, weights, values, transformed, model)
    splines = _splines(knots, covariates, weights, patterns, model)
    common = None
    if model.common_smoothing:
        splines = list(splines)
        common = _common_choice(splines, transformed, model)
    for stations, surfaces, spline in splines:
        work.add(stations, surfaces, spline, common)
    return work.parts, work.log, work.minima


def _splines(knots, covariates, weights, patterns, model):
    """Yield stations, surfaces and decomposition of each pattern."""
    for stations, surfaces in patterns:
        # One origin for all patterns, so that their polynomials can be stacked.
        spline = ThinPlateSpline(
            knots[stations],
            None if covariates is None else covariates[stations],
            weights[stations],
            model.order,
            centre=0.0,
        )
        yield stations, surfaces, spline


def _common_choice(splines, transformed, model):
    """Return the one lambda of all surfaces, or None where the value is given."""
    if model.smoothing.startswith("fixed"):
        return None
    groups = [
        (
            spline.eigenvalues[:, 0],
            (spline.to_rotated @ transformed[np.ix_(stations, surfaces)]) ** 2,
            len(stations),
        )
        for stations, surfaces, spline in splines
    ]
    return climate_smoothing.search_common(groups, model.smoothing, model.smoothing_value)


class _Work:
    """What the patterns give, put together."""

    def __init__(self, knots, weights, values, transformed, model):
        self.model, self.values, self.transformed = model, values, transformed
        self.closest = nearest_distances(knots[:, :2] * model.length_scale_km)
        blank = np.full(values.shape, np.nan)
        self.parts = {
            "knots": knots,
            "weights": weights,
            "kernel_coefficients": np.zeros(values.shape),
            "loo_residuals": blank,
            "block_residuals": blank.copy(),
            "standardised": blank.copy(),
            "smoothing": np.zeros(values.shape[1]),
            "variance": np.zeros(values.shape[1]),
        }
        self.log, self.minima = {}, []
        self.square = np.floor(knots[:, :2] * model.length_scale_km / model.block_km)

    def add(self, stations, surfaces, spline, common):
        """Fit the surfaces of one pattern."""
        here, parts = np.ix_(stations, surfaces), self.parts
        observed = self.transformed[here]
        fit = fitted(spline, observed, self.model, common)
        if "polynomial_coefficients" not in parts:
            functions = spline.functions.shape[1]
            parts["polynomial_coefficients"] = np.zeros((functions, self.values.shape[1]))
        parts["polynomial_coefficients"][:, surfaces] = fit.polynomial_coefficients
        parts["kernel_coefficients"][here] = fit.kernel_coefficients
        parts["loo_residuals"][here] = fit.loo_residuals
        parts["block_residuals"][here] = self._without_blocks(spline, fit, stations)
        parts["standardised"][here] = fit.standardised(spline.weights)
        parts["smoothing"][surfaces] = fit.choice.smoothing
        parts["variance"][surfaces] = fit.variance
        found = common or fit.choice
        for surface, parameter in zip(*found.valleys, strict=True):
            signal = float(spline.signal_of(parameter)[0])
            self.minima += [
                (int(name), float(parameter), signal)
                for name in (surfaces if common else surfaces[[surface]])
            ]
        log = self._log_of(spline, fit, observed, found)
        log["CLOSEST"] = np.full(observed.shape[1], self.closest(stations))
        log["RMSE_LOO"] = self._error(here, fit.loo_residuals)
        log["RMSE_BLOCKS"] = self._error(here, parts["block_residuals"][here])
        log |= flags_of(log, found, self.model.close_km)
        for name, quantity in log.items():
            self.log.setdefault(name, np.zeros(self.values.shape[1]))[surfaces] = quantity

    def _error(self, here, residuals):
        """Return the RMSE of predictions in the unit of the variable."""
        predicted = transformations.back(
            self.model.transformation, self.transformed[here] - residuals
        )
        return np.sqrt(np.nanmean((self.values[here] - predicted) ** 2, axis=0))

    def _without_blocks(self, spline, fit, stations):
        """Return the residuals with each square of the map left out in turn."""
        _, square = np.unique(self.square[stations], axis=0, return_inverse=True)
        residuals = np.empty(fit.residuals.shape)
        for number in range(square.max() + 1):
            members = np.flatnonzero(square == number)
            residuals[members] = spline.residuals_without(fit, members)
        return residuals

    def _log_of(self, spline, fit, observed, found):
        """Return ANUSPLIN's quantities for the surfaces of one pattern."""
        n = len(observed)
        log = {
            "RHO": fit.choice.smoothing,
            "NPTS": np.full(observed.shape[1], float(n)),
            "SIGNAL": fit.signal,
            "ERROR": fit.error,
            "MEAN": observed.mean(axis=0),
            "STDDEV": observed.std(axis=0, ddof=1),
            "GCV": fit.gcv,
            "GML": fit.gml,
            "MSR": fit.mean_squared_residual,
            "VAR": fit.variance,
            "MSE": fit.mean_squared_error,
            "VAR_GML": fit.likelihood_variance,
            "SIGNAL_LOWEST": spline.signal_of(found.lowest),
            "MINIMA": found.minima,
        }
        roots = ("GCV", "GML", "MSR", "VAR", "MSE", "VAR_GML")
        log |= {f"RT{name}": np.sqrt(log[name]) for name in roots}
        if not self.model.vertical_scale:
            log["ELEVATION"] = fit.polynomial_coefficients[-1]
            log["ELEVATION_SE"] = uncertainty.coefficient_errors(spline, fit)[-1]
        for name in climate_smoothing.CRITERIA:
            other = fit if name == self.model.smoothing else spline.fit(observed, name)
            log[f"SIGNAL_{name.upper()}"] = other.signal
        return log


def fitted(spline, observed, model, common=None):
    """Return the fit of a model's smoothing to surfaces that share their stations.

    Parameters
    ----------
    spline : spline.ThinPlateSpline
    observed : ndarray, shape (station, surface)
        Transformed values.
    model : Model
    common : smoothing.Choice, optional
        The one lambda of all surfaces.

    Returns
    -------
    spline.Fit
    """
    if common is not None:
        return spline.fit(observed, fixed=common.smoothing)
    value = model.smoothing_value
    if model.smoothing == "fixed_rho":
        return spline.fit(observed, fixed=value)
    if model.smoothing == "fixed_signal":
        return spline.fit(observed, signal=value)
    return spline.fit(observed, model.smoothing, variance=value)


def nearest_distances(plane):
    """Return a function that gives the shortest distance within a set of stations."""
    distance = np.hypot(*(plane[:, None] - plane[None]).transpose(2, 0, 1))
    np.fill_diagonal(distance, np.inf)
    return lambda stations: distance[np.ix_(stations, stations)].min()
