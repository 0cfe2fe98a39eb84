"""Thin plate splines with covariates on one set of stations, for many surfaces at once.

    minimise  sum_i w_i (y_i - f(x_i) - z_i' b)^2  +  lambda J_m(f)

f is the thin plate spline of order m in d dimensions, z are covariates that enter linearly
(elevation). One QR and one symmetric eigen-decomposition of the stations serve every surface
and every lambda; lambda is in the sum form, that of ANUSPLIN's RHO and of R fields.

References
----------
Wahba (1990), Spline Models for Observational Data, SIAM, ch. 2 and 4, doi:10.1137/1.9781611970128.
Bates, Lindstrom, Wahba and Yandell (1987), GCVPACK, Commun. Stat. Simul. Comput. 16, 263-297,
doi:10.1080/03610918708812590.
"""

from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import factorial, gamma, pi

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from scipy import linalg

from nepflow.climate import smoothing
from nepflow.spatial.lattice import COMPILED

TINY = 1e-300  # added to squared distances: keeps 0 log 0 at zero without a mask


def kernel_constant(dimensions, order):
    """Return theta, the constant of the kernel.

    Parameters
    ----------
    dimensions, order : int
        d and m, with 2 m > d.

    Returns
    -------
    float
        So that the m-th iterated Laplacian of the kernel is a unit mass, up to its sign;
        1 / (8 pi) for d = 2, m = 2.

    Raises
    ------
    ValueError
        If 2 m <= d.
    """
    if 2 * order <= dimensions:
        raise ValueError(f"order {order} is too low in {dimensions} dimensions: 2 m > d")
    half = dimensions / 2
    if dimensions % 2:
        return gamma(half - order) / (2 ** (2 * order) * pi**half * factorial(order - 1))
    sign = (-1) ** (1 + order + dimensions // 2)
    below = 2 ** (2 * order - 1) * pi**half * factorial(order - 1)
    return sign / (below * factorial(order - dimensions // 2))


def kernel_matrix(points, knots, order, out=None):
    """Return the kernel E(r) between points and knots.

    Parameters
    ----------
    points : ndarray, shape (point, d)
    knots : ndarray, shape (knot, d)
        In the unit of the points.
    order : int
        m
    out : ndarray, shape (point, knot), optional
        Receives the result; fresh memory costs as much as the kernel in a loop over chunks.

    Returns
    -------
    ndarray, shape (point, knot)
        theta r^(2m-d) log r for even d, theta r^(2m-d) for odd d; 0 at r = 0.
    """
    points = np.ascontiguousarray(points)
    dimensions = points.shape[1]
    value = np.empty((len(points), len(knots))) if out is None else out
    even = dimensions % 2 == 0
    scale = kernel_constant(dimensions, order) / (2 if even else 1)
    power = (2 * order - dimensions) // 2
    _write_kernel(points, np.ascontiguousarray(knots.T), even, power, scale, value)
    return value


@intrinsic
def _bits_of(context, number):
    """The bits of a float64 as an int64."""

    def generate(_, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic
def _float_of(context, bits):
    """The float64 of the bits of an int64."""

    def generate(_, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


@numba.njit(inline="always", **COMPILED)
def _log(number):
    """Natural logarithm of a normal positive number, within 1 ulp, in a form that vectorises.

    The reduction to [sqrt(1/2), sqrt(2)) and the polynomial are those of fdlibm's e_log.c.
    """
    bits = _bits_of(number)
    exponent = (bits - 0x3FE6A09E667F3BCD) >> 52
    fraction = _float_of(bits - (exponent << 52)) - 1.0
    # 2^52 + exponent + 2048, put together from its bits: integers of 64 bits convert slowly
    power = _float_of((exponent + 2048) | 0x4330000000000000) - (4503599627370496.0 + 2048.0)
    s = fraction / (2.0 + fraction)
    z = s * s
    series = 0.14798198605116585
    series = series * z + 0.15313837699209373
    series = series * z + 0.1818357216161805
    series = series * z + 0.22222198432149784
    series = series * z + 0.2857142874366239
    series = series * z + 0.3999999999940942
    series = series * z + 0.6666666666666735
    half = 0.5 * fraction * fraction
    low = s * (half + series * z) + power * 1.90821492927058770002e-10
    return power * 6.93147180369123816490e-01 - ((half - low) - fraction)


@numba.njit(cache=True, **COMPILED)
def _write_kernel(points, knots, even, power, scale, value):
    """Write the kernel between points (point, d) and knots (d, knot) into ``value``."""
    squared = np.empty(knots.shape[1])
    for i in range(points.shape[0]):
        row = value[i]
        squared[:] = TINY
        for axis in range(points.shape[1]):
            position = points[i, axis]
            for j in range(knots.shape[1]):
                difference = position - knots[axis, j]
                squared[j] += difference * difference
        if even:
            for j in range(knots.shape[1]):
                row[j] = scale * _log(squared[j])
        else:
            for j in range(knots.shape[1]):
                row[j] = scale * np.sqrt(squared[j])
        for _ in range(power):
            for j in range(knots.shape[1]):
                row[j] *= squared[j]


def monomials(points, order, covariates=None):
    """Return the unpenalised functions: monomials of total degree < m, then covariates.

    Parameters
    ----------
    points : ndarray, shape (point, d)
    order : int
        m
    covariates : ndarray, shape (point, covariate), optional

    Returns
    -------
    ndarray, shape (point, comb(m + d - 1, d) + covariate)
    """
    columns = [np.ones(len(points))]
    for degree in range(1, order):
        for axes in combinations_with_replacement(range(points.shape[1]), degree):
            columns.append(np.prod(points[:, axes], axis=1))
    if covariates is not None:
        columns.extend(np.asarray(covariates, float).T)
    return np.stack(columns, axis=1)


def spaced(points, count):
    """Return some points as far apart as can be, in their order.

    Of the closest two that are left the one that has the next point nearer is dropped, until
    ``count`` are left: what ANUSPLIN's SELNOT does (Hutchinson and Xu 2013).

    Parameters
    ----------
    points : ndarray, shape (point, d)
    count : int

    Returns
    -------
    ndarray of int, shape (count,)
    """
    distance = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(distance, np.inf)
    partner, left = distance.argmin(axis=1), np.arange(len(points))
    nearest = distance[left, partner]
    kept = np.ones(len(points), bool)
    for _ in range(len(points) - count):
        one = nearest.argmin()
        pair = one, partner[one]
        second = [np.partition(distance[point], 1)[1] for point in pair]
        dropped = pair[int(second[1] < second[0])]
        kept[dropped], nearest[dropped] = False, np.inf
        distance[dropped] = distance[:, dropped] = np.inf
        widowed = np.flatnonzero(kept & (partner == dropped))
        partner[widowed] = distance[widowed].argmin(axis=1)
        nearest[widowed] = distance[widowed, partner[widowed]]
    return left[kept]


WITHOUT_ELEVATION = -1.0  # vertical scale of surfaces of position alone


class DegenerateStations(ValueError):
    """The stations do not determine the unpenalised part of a spline."""


@dataclass(frozen=True)
class Fit:
    """Surfaces fitted on one set of stations; u is the unit of the observations.

    Attributes
    ----------
    choice : smoothing.Choice
        lambda of every surface and how it was found.
    signal, error : ndarray, shape (surface,)
        Effective degrees of freedom and what they leave of n, each a sum of its own.
    rss, quadratic : ndarray, shape (surface,)
        Weighted sum of squared residuals, and of observations times residuals, u^2.
    gcv, gml : ndarray, shape (surface,)
        Both criteria, u^2.
    kernel_coefficients : ndarray, shape (station, surface)
    polynomial_coefficients : ndarray, shape (function, surface)
        Of `monomials` of the centred coordinates, the covariates last.
    residuals : ndarray, shape (station, surface)
        Observed minus fitted, u.
    unexplained : ndarray, shape (station, surface)
        One minus the leverage.
    """

    choice: smoothing.Choice
    signal: np.ndarray
    error: np.ndarray
    rss: np.ndarray
    quadratic: np.ndarray
    gcv: np.ndarray
    gml: np.ndarray
    kernel_coefficients: np.ndarray
    polynomial_coefficients: np.ndarray
    residuals: np.ndarray
    unexplained: np.ndarray

    @property
    def variance(self):
        """Error variance, VAR = RSS / (n - edf), shape (surface,), u^2."""
        return self.rss / self.error

    @property
    def mean_squared_residual(self):
        """MSR = RSS / n, shape (surface,), u^2."""
        return self.rss / len(self.residuals)

    @property
    def mean_squared_error(self):
        """Estimated true error of the fitted values, MSE = VAR edf / n, shape (surface,), u^2."""
        return self.variance * self.signal / len(self.residuals)

    @property
    def likelihood_variance(self):
        """Error variance of the likelihood, z'(I-A)z / (n - nt), shape (surface,), u^2.

        Equal to `variance` where GML is at its minimum.
        """
        return self.quadratic / (len(self.residuals) - len(self.polynomial_coefficients))

    def standardised(self, weights):
        """Return residuals over their standard deviations, shape (station, surface).

        Parameters
        ----------
        weights : ndarray, shape (station,)
            Of the spline.
        """
        deviation = np.sqrt(self.variance * self.unexplained / weights[:, None])
        return np.divide(
            self.residuals, deviation, out=np.zeros(deviation.shape), where=deviation > 0
        )

    @property
    def loo_residuals(self):
        """Observed minus predicted without the station at the same lambda, u. Exact."""
        return self.residuals / self.unexplained

    def loo_variance(self, weights):
        """Return SE^2 of the surface at each station without it, full, (station, surface), u^2.

        Parameters
        ----------
        weights : ndarray, shape (station,)
            Of the spline.
        """
        return self.variance * (1 - self.unexplained) / self.unexplained / weights[:, None]


class ThinPlateSpline:
    """The decomposition of one set of stations.

    Parameters
    ----------
    coordinates : ndarray, shape (station, d)
        Spline variables, all in one unit of length; coincident stations are allowed.
    covariates : ndarray, shape (station, covariate), optional
        Variables that enter linearly.
    weights : ndarray, shape (station,), optional
        Inverse relative variances; 1 by default.
    order : int
        m, the order of the derivatives in the penalty.
    centre : float or ndarray, shape (d,), optional
        Origin of the polynomials; the middle of the stations' box by default.
    knots : int, optional
        How many stations carry a kernel, chosen by `spaced`; every one by default. The others
        are observations only, so that close stations cannot lead to interpolation.

    Raises
    ------
    DegenerateStations
        If there are too few stations, or if they lie on a line (a plane), or a covariate is
        a polynomial of the coordinates.
    """

    def __init__(
        self, coordinates, covariates=None, weights=None, order=2, centre=None, knots=None
    ):
        coordinates = np.asarray(coordinates, float)
        self.order = order
        middle = (coordinates.min(axis=0) + coordinates.max(axis=0)) / 2
        self.centre = middle if centre is None else centre
        self.knots = coordinates - self.centre
        self.weights = np.ones(len(coordinates)) if weights is None else np.asarray(weights, float)
        self.functions = monomials(self.knots, order, covariates)
        self.kernel = kernel_matrix(self.knots, self.knots, order)
        self.chosen = None
        if knots and knots < len(coordinates):
            self._restrict(spaced(self.knots, knots))
        self._decompose()

    def _restrict(self, chosen):
        """Put the kernel of the span of some knots in the place of the kernel.

        With c = Z g, T' c = 0 at the knots and P = Z' K Z their penalty, E_x Z P^-1 Z' E_y' is a
        kernel whose splines are those of the knots, with the same penalty.
        """
        functions = self.functions[chosen]
        scale = np.linalg.norm(functions, axis=0)
        nt = functions.shape[1]
        if len(chosen) <= nt or not scale.all():
            raise DegenerateStations(f"{len(chosen)} knots cannot carry {nt} unpenalised functions")
        null = linalg.qr(functions / scale)[0][:, nt:]
        penalty = null.T @ self.kernel[np.ix_(chosen, chosen)] @ null
        values, vectors = linalg.eigh((penalty + penalty.T) / 2)
        kept = values > 1e-12 * values.max()
        self.chosen = chosen
        self.root = null @ (vectors[:, kept] / np.sqrt(values[kept]))
        self.features = self.kernel[:, chosen] @ self.root
        self.kernel = self.features @ self.features.T

    def represented(self, kernel):
        """Return the kernel between places and stations, and that of each place with itself.

        Parameters
        ----------
        kernel : ndarray, shape (place, station)
            Of `kernel_matrix`.

        Returns
        -------
        ndarray, shape (place, station)
        ndarray, shape (place,), or 0.0
        """
        if self.chosen is None:
            return kernel, 0.0
        features = kernel[:, self.chosen] @ self.root
        return features @ self.features.T, (features**2).sum(axis=1)

    def _on_knots(self, coefficients):
        """Return coefficients of `kernel_matrix` from those of the kernel of the stations."""
        if self.chosen is None:
            return coefficients
        found = np.zeros(coefficients.shape)
        found[self.chosen] = self.root @ (self.features.T @ coefficients)
        return found

    def _decompose(self):
        """QR of the unpenalised part, then the eigenvalues of the kernel outside it."""
        n, nt = self.functions.shape
        root = np.sqrt(self.weights)[:, None]
        weighted = root * self.functions
        scale = np.linalg.norm(weighted, axis=0)
        if n <= nt or not scale.all():
            raise DegenerateStations(f"{n} stations cannot carry {nt} unpenalised functions")
        q, r = linalg.qr(weighted / scale)
        diagonal = np.abs(np.diag(r))
        if diagonal.min() < 1e-10 * diagonal.max():
            raise DegenerateStations(
                f"the {n} stations do not determine position and covariates: they lie on a line, "
                "or a covariate is constant or a linear function of position"
            )
        penalised = q[:, nt:]
        projected = penalised.T @ (root * self.kernel * root.T) @ penalised
        eigenvalues, vectors = linalg.eigh((projected + projected.T) / 2)
        self.eigenvalues = np.maximum(eigenvalues, 0.0)[:, None]
        self.rotation = penalised @ vectors
        self.to_rotated = (root * self.rotation).T
        self.to_polynomial = linalg.solve_triangular(r[:nt], q[:, :nt].T) * root.T / scale[:, None]

    def fit(self, values, criterion="gcv", fixed=None, signal=None, variance=None):
        """Fit surfaces to values that every station has.

        Parameters
        ----------
        values : ndarray, shape (station, surface)
            Observations, no NaN.
        criterion : {"gcv", "gml", "known_variance"}
            What chooses lambda, surface by surface.
        fixed : float or ndarray, shape (surface,), optional
            This lambda instead.
        signal : float, optional
            The lambda of these effective degrees of freedom instead.
        variance : float, optional
            Error variance of an observation of weight 1, for ``known_variance``.

        Returns
        -------
        Fit
        """
        if signal is not None:
            above = signal - self.functions.shape[1]
            fixed = smoothing.smoothing_of_signal(self.eigenvalues[:, 0], above)
        if fixed is None:
            return self.fit_at(values, self.search(values, criterion, variance))
        fixed = np.asarray(fixed, float)
        return self.fit_at(values, smoothing.Choice.wanted(np.broadcast_to(fixed, values.shape[1])))

    def search(self, values, criterion="gcv", variance=None):
        """Return the lambda of every surface by a criterion; parameters as in `fit`.

        Returns
        -------
        smoothing.Choice
        """
        squares = (self.to_rotated @ values) ** 2
        return smoothing.search(self.eigenvalues[:, 0], squares, criterion, variance)

    def fit_at(self, values, choice):
        """Fit surfaces at the lambdas of a choice.

        Parameters
        ----------
        values : ndarray, shape (station, surface)
        choice : smoothing.Choice

        Returns
        -------
        Fit
        """
        rotated = self.to_rotated @ values
        total = self.eigenvalues + choice.smoothing
        rough = choice.smoothing / total
        coefficients = self.to_rotated.T @ (rotated / total)
        smooth = values - self.kernel @ coefficients
        scores = {
            name: score(np.log(choice.smoothing), self.eigenvalues, rotated**2)[0]
            for name, score in smoothing.CRITERIA.items()
        }
        return Fit(
            choice=choice,
            signal=self.signal_of(choice.smoothing),
            error=rough.sum(axis=0),
            rss=((rough * rotated) ** 2).sum(axis=0),
            quadratic=(rough * rotated**2).sum(axis=0),
            gcv=scores["gcv"] * len(values),
            gml=scores["gml"],
            kernel_coefficients=self._on_knots(coefficients),
            polynomial_coefficients=self.to_polynomial @ smooth,
            residuals=choice.smoothing * coefficients / self.weights[:, None],
            unexplained=self.rotation**2 @ rough,
        )

    def signal_of(self, parameter):
        """Return the effective degrees of freedom of lambdas, shape (surface,)."""
        kept = self.eigenvalues / (self.eigenvalues + parameter)
        return self.functions.shape[1] + kept.sum(axis=0)

    def without(self, fit, members):
        """Return what the other stations say of some that are left out together.

        Parameters
        ----------
        fit : Fit
            Of this spline.
        members : ndarray of int
            The stations; at least the unpenalised functions must be left.

        Returns
        -------
        residuals : ndarray, shape (member, surface)
            Observed minus predicted at the same lambda, exact; NaN if the others do not determine
            the spline.
        variance : ndarray, shape (member, surface)
            SE^2 of the surface there, full, with VAR of all stations.
        """
        if len(self.knots) - len(members) <= self.functions.shape[1]:
            return np.full((2, len(members), fit.signal.size), np.nan)
        rows = self.rotation[members]
        total = self.eigenvalues + fit.choice.smoothing
        rough = (fit.choice.smoothing / total).T[:, None, :]
        root = np.sqrt(self.weights[members])
        weighted = (root[:, None] * fit.residuals[members]).T[:, :, None]
        unit = np.broadcast_to(np.eye(len(members)), (len(weighted), len(members), len(members)))
        solved = np.linalg.solve((rows * rough) @ rows.T, np.concatenate([weighted, unit], axis=2))
        # the variance of an observation predicted by the others, in units of VAR
        observed = np.diagonal(solved[:, :, 1:], axis1=1, axis2=2).T
        residuals = solved[:, :, 0].T / root[:, None]
        return residuals, fit.variance * (observed - 1) / self.weights[members][:, None]

    def predict(self, fit, coordinates, covariates=None):
        """Return the surfaces at points.

        Parameters
        ----------
        fit : Fit
            Of this spline.
        coordinates : ndarray, shape (point, d)
        covariates : ndarray, shape (point, covariate), optional

        Returns
        -------
        ndarray, shape (point, surface)
        """
        points = np.asarray(coordinates, float) - self.centre
        polynomial = monomials(points, self.order, covariates) @ fit.polynomial_coefficients
        return kernel_matrix(points, self.knots, self.order) @ fit.kernel_coefficients + polynomial
