"""The error variance of fitted surfaces on a grid."""

import numpy as np

from nepflow.climate import uncertainty
from nepflow.climate.kernels import kernel_matrix, monomials
from nepflow.climate.spline import ThinPlateSpline

CHUNK = 1024  # places of one matrix product


class Spread:
    """The variance of the errors of surfaces, from the stations that each of them has.

    Parameters
    ----------
    surfaces : surfaces.Surfaces
    kind : {"full", "fitted"}
        See `uncertainty`.
    nugget : bool
        Add the error variance of a station: the variance of an observation.

    Notes
    -----
    With elevation as covariate SE^2 is an exact quadratic in elevation, whose coefficients
    `fields` gives; otherwise `at` computes it cell by cell.
    """

    def __init__(self, surfaces, kind="full", nugget=False):
        self.surfaces, self.kind = surfaces, kind
        self.nugget = surfaces.variance if nugget else np.zeros(surfaces.variance.size)
        self.quadratic = not surfaces.vertical_scale
        elevation = surfaces.position[:, 2] / 1000
        self.middle = elevation.mean()  # km; a quadratic about it loses no digits
        covariates = elevation[:, None] if self.quadratic else None
        present, group = np.unique(~np.isnan(surfaces.observed), axis=1, return_inverse=True)
        self.groups = [
            (
                here,
                np.flatnonzero(group == number),
                ThinPlateSpline(
                    surfaces.knots[here],
                    covariates[here] if self.quadratic else None,
                    surfaces.weights[here],
                    surfaces.order,
                    centre=0.0,
                ),
            )
            for number, here in enumerate(present.T)
        ]

    def fields(self, places):
        """Return the coefficients of the quadratic in height above the mean of the stations.

        Parameters
        ----------
        places : ndarray, shape (2, place)
            x and y in the study's CRS, m.

        Returns
        -------
        constant, linear : ndarray, shape (surface, place)
        square : ndarray, shape (surface,)
            With height in km.
        """
        count = places.shape[1]
        result = np.empty((2, self.nugget.size, count))
        square = np.empty(self.nugget.size)
        heights = np.full((1, CHUNK), 1000 * self.middle)
        for start in range(0, count, CHUNK):
            cells = np.zeros((2, CHUNK))  # padded: a product must not depend on its size
            part = places[:, start : start + CHUNK]
            cells[:, : part.shape[1]] = part
            functions, kernel = self._designed(np.vstack([cells, heights]))
            for here, surfaces, spline in self.groups:
                *coefficients, square[surfaces] = uncertainty.quadratic(
                    spline, self.surfaces.smoothing[surfaces], self.surfaces.variance[surfaces],
                    functions, np.ascontiguousarray(kernel[:, here]), self.kind,
                )  # fmt: skip
                for field, values in zip(result, coefficients, strict=True):
                    field[surfaces, start : start + CHUNK] = values[:, : part.shape[1]]
        return *result, square

    def at(self, cells):
        """Return the variance at cells, shape (surface, cell).

        Parameters
        ----------
        cells : ndarray, shape (3, cell)
            x, y and elevation, m; always as many, if the result shall not depend on it.
        """
        functions, kernel = self._designed(cells)
        result = np.empty((self.nugget.size, cells.shape[1]))
        for here, surfaces, spline in self.groups:
            smoothing, variance = self.surfaces.smoothing, self.surfaces.variance
            result[surfaces] = uncertainty.variances(
                spline, smoothing[surfaces], variance[surfaces],
                functions, np.ascontiguousarray(kernel[:, here]), self.kind,
            ).T  # fmt: skip
        return result + self.nugget[:, None]

    def of_quadratic(self, constant, linear, square, elevation):
        """Return the variance from interpolated coefficients, shape (surface, ...).

        Parameters
        ----------
        constant, linear : ndarray, shape (surface, ...)
        square : ndarray, shape (surface,)
        elevation : ndarray, shape (...)
            m
        """
        ahead = (slice(None), *[None] * elevation.ndim)
        height = elevation / 1000 - self.middle
        variance = constant + (linear + square[ahead] * height) * height
        return np.maximum(variance, 0.0) + self.nugget[ahead]

    def _designed(self, cells):
        """Return the unpenalised functions and the kernel of all stations at cells."""
        points, covariates = self.surfaces.variables_at(cells)
        order = self.surfaces.order
        kernel = kernel_matrix(points, self.surfaces.knots, order)
        return monomials(points, order, covariates), kernel
