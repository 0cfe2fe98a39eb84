"""Fitted climate surfaces and their values on a grid.

Monthly surfaces are never written as rasters: whoever needs them evaluates them where they
are used, in chunks of a fixed number of cells, so that a value is the same bit for bit
whatever the block it was computed in.
"""

from dataclasses import dataclass, replace

import numpy as np

from nepflow.kernels import kernel_matrix, monomials

CHUNK = 4096  # cells of one matrix product; the last chunk is padded
NORMAL = 0  # the year of surfaces that hold for every year
MONTHLY_SOURCE = "thin plate splines of monthly station values with elevation"
NORMALS_SOURCE = "monthly normals applied to every year"


def _identity(values):
    return values


def _square(root):
    return np.maximum(root, 0.0) ** 2


TRANSFORMATIONS = {"none": (_identity, _identity), "square_root": (np.sqrt, _square)}


@dataclass(frozen=True)
class Surfaces:
    """Monthly surfaces of one variable; the content of a fit file.

    Attributes
    ----------
    variable, unit, transformation, source : str
        Name; unit of a monthly value; key of `TRANSFORMATIONS`; what tags say of the origin.
    years, months : ndarray of int, shape (surface,)
        Year (`NORMAL` for monthly normals) and month 1..12.
    order : int
        m of the spline.
    length_scale : float
        Metres in one unit of the spline's coordinates.
    centre : ndarray, shape (2,)
        Origin of those coordinates in the study's CRS, m.
    stations : ndarray of str, shape (knot,)
    knots : ndarray, shape (knot, 2)
        Coordinates of the stations, centred and scaled.
    kernel_coefficients : ndarray, shape (knot, surface)
        0 for stations that the surface lacks.
    polynomial_coefficients : ndarray, shape (function, surface)
        Of 1, x, y (and higher powers for m > 2), and elevation in km, the last.
    """

    variable: str
    unit: str
    transformation: str
    source: str
    years: np.ndarray
    months: np.ndarray
    order: int
    length_scale: float
    centre: np.ndarray
    stations: np.ndarray
    knots: np.ndarray
    kernel_coefficients: np.ndarray
    polynomial_coefficients: np.ndarray

    def of_years(self, years):
        """Return the surfaces of these years, 12 a year, in order of time.

        Normals answer for any year.

        Raises
        ------
        ValueError
            If a month is missing.
        """
        normals = bool((self.years == NORMAL).all())
        times = zip(self.years.tolist(), self.months.tolist(), strict=True)
        position = {time: column for column, time in enumerate(times)}
        wanted = [(NORMAL if normals else year, m) for year in years for m in range(1, 13)]
        missing = [key for key in wanted if key not in position]
        if missing:
            raise ValueError(
                f"{self.variable}: no surface of {missing[0][0]}-{missing[0][1]:02d}; "
                "add the year to the study's period and fit again"
            )
        index = [position[key] for key in wanted]
        return replace(
            self,
            years=np.repeat(np.asarray(years), 12),
            months=self.months[index],
            kernel_coefficients=self.kernel_coefficients[:, index],
            polynomial_coefficients=self.polynomial_coefficients[:, index],
        )


def by_chunks(function, surfaces, x, y, elevation):
    """Apply a function to the monthly values of several variables, cell by cell.

    Parameters
    ----------
    function : callable
        Takes one array (surface, cell) for each of ``surfaces``, in the variable's unit, and
        returns an array (band, cell). Cells must not influence one another. The arrays are
        overwritten by the next chunk.
    surfaces : list of Surfaces
        The kernel is computed once for neighbours in the list that share their stations.
    x, y : ndarray, shape (1, width) and (height, 1)
        Cell centres in the study's CRS, m.
    elevation : ndarray, shape (height, width)
        m; NaN where no value is wanted.

    Returns
    -------
    ndarray, shape (band, height, width)
        NaN where the elevation is.
    """
    inside = np.flatnonzero(~np.isnan(elevation))
    cells = np.zeros((3, -(-max(inside.size, 1) // CHUNK) * CHUNK))
    for row, quantity in zip(cells, (x, y, elevation), strict=True):
        row[: inside.size] = np.broadcast_to(quantity, elevation.shape).ravel()[inside]
    monthly = _Evaluator(surfaces)
    for start in range(0, cells.shape[1], CHUNK):
        part = function(*monthly(cells[:, start : start + CHUNK]))
        if start == 0:
            result = np.full((len(part), elevation.size), np.nan)
        chunk = inside[start : start + CHUNK]
        if chunk.size and chunk[-1] - chunk[0] + 1 == chunk.size:
            result[:, chunk[0] : chunk[-1] + 1] = part[:, : chunk.size]
        else:
            result[:, chunk] = part[:, : chunk.size]
    return result.reshape(-1, *elevation.shape)


class _Evaluator:
    """Monthly values of several variables at a chunk of cells, in memory that is used again."""

    def __init__(self, surfaces):
        self.surfaces = surfaces
        self.values = [np.empty((fitted.years.size, CHUNK)) for fitted in surfaces]
        self.shared = [
            (fitted.knots.tobytes(), fitted.centre.tobytes(), fitted.length_scale, fitted.order)
            for fitted in surfaces
        ]
        largest = max(len(fitted.knots) for fitted in surfaces)
        self.memory = np.empty(2 * CHUNK * largest)

    def __call__(self, cells):
        """Return the values (surface, cell) of each variable at x, y, elevation (3, cell)."""
        kernel_of = None
        for fitted, shared, values in zip(self.surfaces, self.shared, self.values, strict=True):
            if shared != kernel_of:
                kernel_of = shared
                points = (cells[:2].T - fitted.centre) / fitted.length_scale
                space = self.memory[: 2 * CHUNK * len(fitted.knots)].reshape(2, CHUNK, -1)
                kernel = kernel_matrix(points, fitted.knots, fitted.order, space)
                polynomial = monomials(points, fitted.order, cells[2:].T / 1000)
            np.matmul(fitted.kernel_coefficients.T, kernel.T, out=values)
            values += fitted.polynomial_coefficients.T @ polynomial.T
        return [
            TRANSFORMATIONS[fitted.transformation][1](values)
            for fitted, values in zip(self.surfaces, self.values, strict=True)
        ]


def evaluate(surfaces, x, y, elevation, years=None):
    """Return surfaces on a grid, in the variable's monthly unit.

    Parameters
    ----------
    surfaces : Surfaces
    x, y, elevation : ndarray
        As in `by_chunks`.
    years : list of int, optional
        Only these years; all surfaces as they were fitted otherwise.

    Returns
    -------
    ndarray, shape (surface, height, width)
        12 surfaces a year in order of time; NaN where the elevation is.
    """
    if years is not None:
        surfaces = surfaces.of_years(years)
    return by_chunks(_identity, [surfaces], x, y, elevation)


def annual(surfaces, x, y, elevation, years, statistic):
    """Return annual values on a grid: the mean or the sum of the monthly surfaces.

    Parameters
    ----------
    surfaces : Surfaces
    x, y, elevation : ndarray
        As in `by_chunks`.
    years : list of int
    statistic : {"mean", "sum"}
        Months count alike in a mean.

    Returns
    -------
    values : ndarray, shape (year, height, width)
        NaN where the elevation is.
    floored : int
        How many monthly values the transformation floored at 0.
    """
    surfaces = surfaces.of_years(years)
    months = 12 if statistic == "mean" else 1
    if surfaces.transformation == "none":
        # A mean of surfaces is the surface of the mean coefficients: a twelfth of the work.
        values = by_chunks(_identity, [_combined(surfaces, months)], x, y, elevation)
        return values, 0

    def totals(monthly):
        by_year = monthly.reshape(len(years), 12, -1)
        return np.concatenate([by_year.sum(axis=1) / months, (by_year == 0).sum(axis=1)])

    values = by_chunks(totals, [surfaces], x, y, elevation)
    return values[: len(years)], int(np.nansum(values[len(years) :]))


def _combined(surfaces, months):
    """Return the surfaces of whole years: monthly ones added and divided by ``months``."""
    added = {
        name: getattr(surfaces, name).reshape(rows, -1, 12).sum(axis=2) / months
        for name, rows in (
            ("kernel_coefficients", len(surfaces.knots)),
            ("polynomial_coefficients", len(surfaces.polynomial_coefficients)),
        )
    }
    return replace(surfaces, years=surfaces.years[::12], months=surfaces.months[11::12], **added)
