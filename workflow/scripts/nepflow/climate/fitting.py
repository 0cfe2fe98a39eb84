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
from nepflow.climate.spline import WITHOUT_ELEVATION, ThinPlateSpline


@dataclass(frozen=True)
class Model:
    """What is fitted, as a study's ``climate`` says it.

    Attributes
    ----------
    vertical_scale : float
        Units of the spline's coordinates in one metre of height, where elevation is the third
        spline variable; 0 = covariate; `WITHOUT_ELEVATION` = not used.
    order : int
        m
    transformation : str
        Name in `transformations`.
    smoothing : {"gcv", "gml", "known_variance", "fixed_rho", "fixed_signal"}
    smoothing_value : float, optional
        Error variance, lambda or effective degrees of freedom of the last three, for the
        transformed variable.
    smoothing_fallback : {"gml", "calendar_month", "none"}
        What takes the place of GCV, surface by surface, where its signal is above half of the
        stations or its minimum at the rough end, and this is smoother: GML, or the GML common to
        the years of the month.
    common_smoothing : bool or "calendar_month"
        One lambda for all surfaces, or one a calendar month over the years; no fallback then.
    max_knots : int, optional
        Stations that carry a kernel; every one by default.
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
    smoothing_fallback: str = "none"
    common_smoothing: bool | str = False
    max_knots: int | None = None
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


def cost(patterns):
    """Return what a fit takes: minutes of one core, and GB.

    Each set of stations is one dense decomposition: time goes with the cube of their number,
    memory with the square. Measured: 0.2, 1.0 and 42 s with 700, 1,400 and 5,000 stations, 1.5 GB.

    Parameters
    ----------
    patterns : list of (ndarray, ndarray)
        Of `missing_patterns`.
    """
    sizes = np.array([len(stations) for stations, _ in patterns]) / 5000
    return 42 / 60 * (sizes**3).sum(), 1.5 * (sizes**2).max(initial=0)


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
    if vertical_scale == WITHOUT_ELEVATION:
        return plane, None
    if vertical_scale:
        return np.column_stack([plane, elevation * vertical_scale]), None
    return plane, elevation[:, None] / 1000


def fit_surfaces(plane, elevation, values, patterns, model, weights=None, months=None):
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
    months : ndarray of int, shape (surface,), optional
        Calendar month of each surface; surfaces of one share their parameter, where the model
        says so. All are of one by default.

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
    if common_criterion(model):
        splines = list(splines)
    common = common_choice(splines, transformed, model, months)
    for stations, surfaces, spline in splines:
        work.add(stations, surfaces, spline, common and common.taken(surfaces))
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
            knots=model.max_knots,
        )
        yield stations, surfaces, spline


def common_criterion(model):
    """Return the criterion whose parameter surfaces share, or None if each has its own."""
    if model.smoothing.startswith("fixed"):
        return None
    if model.common_smoothing:
        return model.smoothing
    fallback = model.smoothing == "gcv" and model.smoothing_fallback == "calendar_month"
    return "gml" if fallback else None


def common_choice(splines, transformed, model, months=None):
    """Return the choice of surfaces that share their parameter, or None if none do.

    Parameters
    ----------
    splines : list of (ndarray of int, ndarray of int, spline.ThinPlateSpline)
        Stations, surfaces and decomposition of each pattern of missing values.
    transformed : ndarray, shape (station, surface)
    model : Model
    months : ndarray of int, shape (surface,), optional
        As in `fit_surfaces`.

    Returns
    -------
    smoothing.Choice
        Of all surfaces, in their order.
    """
    criterion = common_criterion(model)
    if criterion is None:
        return None
    by_month = months is not None and model.common_smoothing is not True
    label = months if by_month else np.zeros(transformed.shape[1], int)
    labels, group = np.unique(label, return_inverse=True)
    choices = []
    for number in range(labels.size):
        parts = []
        for stations, surfaces, spline in splines:
            observed = transformed[np.ix_(stations, surfaces[group[surfaces] == number])]
            if observed.size:
                squares = (spline.to_rotated @ observed) ** 2
                parts.append((spline.eigenvalues[:, 0], squares, len(stations)))
        choices.append(climate_smoothing.search_common(parts, criterion, model.smoothing_value))
    return climate_smoothing.together(choices).taken(group)


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
            "loo_variance": blank.copy(),
            "block_residuals": blank.copy(),
            "block_variance": blank.copy(),
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
        searched = {name: spline.search(observed, name) for name in climate_smoothing.CRITERIA}
        fit = fitted(spline, observed, self.model, common, searched)
        if "polynomial_coefficients" not in parts:
            functions = spline.functions.shape[1]
            parts["polynomial_coefficients"] = np.zeros((functions, self.values.shape[1]))
        parts["polynomial_coefficients"][:, surfaces] = fit.polynomial_coefficients
        parts["kernel_coefficients"][here] = fit.kernel_coefficients
        parts["loo_residuals"][here] = fit.loo_residuals
        parts["loo_variance"][here] = fit.loo_variance(spline.weights)
        blocks = self._without_blocks(spline, fit, stations)
        parts["block_residuals"][here], parts["block_variance"][here] = blocks
        parts["standardised"][here] = fit.standardised(spline.weights)
        parts["smoothing"][surfaces] = fit.choice.smoothing
        parts["variance"][surfaces] = fit.variance
        for surface, parameter in zip(*fit.choice.valleys, strict=True):
            signal = float(spline.signal_of(parameter)[0])
            self.minima.append((int(surfaces[surface]), float(parameter), signal))
        log = self._log_of(spline, fit, observed)
        for name, choice in searched.items():
            log[f"SIGNAL_{name.upper()}"] = spline.signal_of(choice.smoothing)
        log["CLOSEST"] = np.full(observed.shape[1], self.closest(stations))
        log["RMSE_LOO"] = self._error(here, fit.loo_residuals)
        log["RMSE_BLOCKS"] = self._error(here, blocks[0])
        log |= flags_of(log, fit.choice, self.model.close_km)
        for name, quantity in log.items():
            self.log.setdefault(name, np.zeros(self.values.shape[1]))[surfaces] = quantity

    def _error(self, here, residuals):
        """Return the RMSE of predictions in the unit of the variable."""
        predicted = transformations.back(
            self.model.transformation, self.transformed[here] - residuals
        )
        return np.sqrt(np.nanmean((self.values[here] - predicted) ** 2, axis=0))

    def _without_blocks(self, spline, fit, stations):
        """Return residuals and variances with each square of the map left out in turn."""
        _, square = np.unique(self.square[stations], axis=0, return_inverse=True)
        result = np.empty((2, *fit.residuals.shape))
        for number in range(square.max() + 1):
            members = np.flatnonzero(square == number)
            result[:, members] = spline.without(fit, members)
        return result

    def _log_of(self, spline, fit, observed):
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
            "SIGNAL_LOWEST": spline.signal_of(fit.choice.lowest),
            "MINIMA": fit.choice.minima,
        }
        roots = ("GCV", "GML", "MSR", "VAR", "MSE", "VAR_GML")
        log |= {f"RT{name}": np.sqrt(log[name]) for name in roots}
        if not self.model.vertical_scale:
            log["ELEVATION"] = fit.polynomial_coefficients[-1]
            log["ELEVATION_SE"] = uncertainty.coefficient_errors(spline, fit)[-1]
        return log


def fitted(spline, observed, model, common=None, searched=None):
    """Return the fit of a model's smoothing to surfaces that share their stations.

    Parameters
    ----------
    spline : spline.ThinPlateSpline
    observed : ndarray, shape (station, surface)
        Transformed values.
    model : Model
    common : smoothing.Choice, optional
        Of these surfaces, by the parameter that they share with others, where
        `common_criterion` names one.
    searched : dict of smoothing.Choice, optional
        What the criteria of `smoothing.CRITERIA` choose, if that is known already.

    Returns
    -------
    spline.Fit
    """
    value = model.smoothing_value
    if model.smoothing == "fixed_rho":
        return spline.fit(observed, fixed=value)
    if model.smoothing == "fixed_signal":
        return spline.fit(observed, signal=value)
    if model.common_smoothing:
        return spline.fit_at(observed, common)

    def choice_of(name):
        return searched[name] if searched else spline.search(observed, name)

    if model.smoothing not in climate_smoothing.CRITERIA:
        return spline.fit(observed, model.smoothing, variance=value)
    choice = choice_of(model.smoothing)
    if model.smoothing == "gcv" and model.smoothing_fallback != "none":
        failed = choice.failed(spline.eigenvalues, spline.functions.shape[1])
        if failed.any():
            other = (common or choice_of("gml")).smoothing
            choice = choice.replaced(failed & (other > choice.smoothing), other)
    return spline.fit_at(observed, choice)


def nearest_distances(plane):
    """Return a function that gives the shortest distance within a set of stations."""
    distance = np.hypot(*(plane[:, None] - plane[None]).transpose(2, 0, 1))
    np.fill_diagonal(distance, np.inf)
    return lambda stations: distance[np.ix_(stations, stations)].min()
