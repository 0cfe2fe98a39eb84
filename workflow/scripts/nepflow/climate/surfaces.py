"""Fitted surfaces of a climate variable with the evidence that they rest on."""

from dataclasses import dataclass, fields, replace

import numpy as np

from nepflow.climate.spline import WITHOUT_ELEVATION
from nepflow.io.atomic import replacing
from nepflow.study.variables import NORMAL

MONTHLY_SOURCE = "thin plate splines of monthly station values with elevation"
NORMALS_SOURCE = "monthly normals applied to every year"
ANOMALY_SOURCE = (
    "thin plate splines of the climatology of stations and of each month's departures, "
    "with elevation"
)
ANNUAL_SOURCE = "thin plate splines of annual station values with elevation"
ANNUAL = 0  # the month of surfaces of annual values
_BY_SURFACE = (
    "kernel_coefficients",
    "polynomial_coefficients",
    "smoothing",
    "variance",
    "observed",
    "loo_residuals",
    "loo_variance",
    "block_residuals",
    "block_variance",
    "standardised",
)


@dataclass(frozen=True)
class Surfaces:
    """Monthly surfaces of one variable; the content of a fit file.

    Where ``departure`` is not "none", the first twelve are those of the climatology, January
    first, and the others departures from it (`anomaly`). Surfaces of annual values may stand
    behind those of months.

    Attributes
    ----------
    variable, unit, transformation, source : str
        Name; unit v of a monthly value; name in `transformations`, which gives the fitted
        values their unit u; what tags say of the origin.
    years, months : ndarray of int, shape (surface,)
        Year (`NORMAL` for monthly normals and the climatology) and month 1..12 (`ANNUAL` for
        annual values).
    order : int
        m of the spline.
    length_scale : float
        Metres in one unit of the spline's coordinates.
    vertical_scale : float
        Units of those coordinates in one metre of height, where elevation is the third spline
        variable; 0 where it is a covariate (in km).
    centre : ndarray, shape (2,)
        Origin of those coordinates in the study's CRS, m.
    stations : ndarray of str, shape (knot,)
    position : ndarray, shape (knot, 3)
        Longitude and latitude, degrees, and elevation, m.
    weights : ndarray, shape (knot,)
        Inverse relative variances.
    knots : ndarray, shape (knot, d)
        Spline variables of the stations, centred and scaled.
    kernel_coefficients : ndarray, shape (knot, surface)
        0 for stations that the surface lacks.
    polynomial_coefficients : ndarray, shape (function, surface)
        Of the monomials of the spline variables, then of elevation in km if it is a covariate.
    smoothing, variance : ndarray, shape (surface,)
        lambda; error variance VAR, u2.
    observed : ndarray, shape (knot, surface)
        Monthly values, v; NaN where there is none. Normals of the climatology.
    loo_residuals, block_residuals : ndarray, shape (knot, surface)
        Observed minus predicted without the station, or without its square of the map; u, or the
        unit of departures.
    loo_variance, block_variance : ndarray, shape (knot, surface)
        SE^2 of the surface predicted so; their squares.
    standardised : ndarray, shape (knot, surface)
        Residual over its standard deviation.
    max_knots : int
        Stations that carry a kernel; 0 = every one.
    step : int
        Cells from node to node of the lattice that they are evaluated on; 0 = exact.
    bound : float
        Largest error of a monthly value that this makes, v.
    departure : {"none", "difference", "ratio"}
        What the surfaces behind the climatology are; see `climatology`.
    amount : float
        Normal below which a ratio becomes a difference, v.
    """

    variable: str
    unit: str
    transformation: str
    source: str
    years: np.ndarray
    months: np.ndarray
    order: int
    length_scale: float
    vertical_scale: float
    centre: np.ndarray
    stations: np.ndarray
    position: np.ndarray
    weights: np.ndarray
    knots: np.ndarray
    kernel_coefficients: np.ndarray
    polynomial_coefficients: np.ndarray
    smoothing: np.ndarray
    variance: np.ndarray
    observed: np.ndarray
    loo_residuals: np.ndarray
    loo_variance: np.ndarray
    block_residuals: np.ndarray
    block_variance: np.ndarray
    standardised: np.ndarray
    max_knots: int = 0
    step: int = 0
    bound: float = 0.0
    departure: str = "none"
    amount: float = 0.0

    def variables_at(self, cells):
        """Return spline variables and covariates of cells.

        Parameters
        ----------
        cells : ndarray, shape (3, cell)
            x and y in the study's CRS, elevation; all m.

        Returns
        -------
        points : ndarray, shape (cell, d)
        covariates : ndarray, shape (cell, 1), or None
        """
        plane = (cells[:2].T - self.centre) / self.length_scale
        if self.vertical_scale == WITHOUT_ELEVATION:
            return plane, None
        if self.vertical_scale:
            return np.column_stack([plane, cells[2] * self.vertical_scale]), None
        return plane, cells[2:].T / 1000

    def columns(self, index):
        """Return some of the surfaces."""
        parts = {name: getattr(self, name)[..., index] for name in _BY_SURFACE}
        return replace(self, years=self.years[index], months=self.months[index], **parts)

    def of_years(self, years):
        """Return the surfaces of these years, 12 a year, in order of time.

        Normals answer for any year; a climatology stays in front.

        Raises
        ------
        ValueError
            If a month is missing.
        """
        normals = bool((self.years == NORMAL).all())
        named = [NORMAL if normals else year for year in years]
        wanted = [(year, month) for year in named for month in range(1, 13)]
        chosen = self.columns([*range(self.climatology), *self._places(wanted)])
        front = np.full(self.climatology, NORMAL)
        return replace(chosen, years=np.concatenate([front, np.repeat(np.asarray(years), 12)]))

    def of_annual_values(self, years):
        """Return the surfaces of annual values, one a year, or None if the months make the years.

        Raises
        ------
        ValueError
            If a year is missing.
        """
        if not (self.months == ANNUAL).any():
            return None
        return self.columns(self._places([(year, ANNUAL) for year in years]))

    def _places(self, wanted):
        """Return where the surfaces of (year, month) stand."""
        times = zip(self.years.tolist(), self.months.tolist(), strict=True)
        position = {time: column for column, time in enumerate(times)}
        missing = [key for key in wanted if key not in position]
        if missing:
            raise ValueError(
                f"{self.variable}: no surface of {missing[0][0]}-{missing[0][1]:02d}; "
                "add the year to the study's period and fit again"
            )
        return [position[key] for key in wanted]

    @property
    def climatology(self):
        """How many surfaces of a climatology stand in front."""
        return 0 if self.departure == "none" else 12

    @property
    def is_sum(self):
        """Whether values are plain sums of a climatology and departures."""
        return self.departure == "difference" and self.transformation == "none"

    def added(self):
        """Return climatology and departures as one surface a month, where they are summed.

        They can be evaluated; what belongs to the parts is left out.
        """
        added = {}
        for name in ("kernel_coefficients", "polynomial_coefficients"):
            normals, departures = np.split(getattr(self, name), [12], axis=1)
            added[name] = departures + np.tile(normals, departures.shape[1] // 12)
        return self._with(added, self.years[12:], self.months[12:])

    def annual(self, divisor):
        """Return surfaces of whole years: the monthly ones added and divided.

        They can be evaluated; what belongs to single months is left out.
        """
        return self._added(lambda part: part.sum(axis=2) / divisor, self.years[::12], 12)

    def mean_year(self):
        """Return the surfaces of the months of the mean year, if nothing transforms them.

        They can be evaluated; what belongs to single years is left out. The means of values
        are those of surfaces, as these are sums with fixed functions.
        """
        return self._added(lambda part: part.mean(axis=1), np.full(12, NORMAL), self.months[:12])

    def _added(self, combined, years, months):
        """Return surfaces of combined coefficients (row, year, month)."""
        added = {}
        for name in ("kernel_coefficients", "polynomial_coefficients"):
            part = getattr(self, name)
            added[name] = combined(part.reshape(len(part), -1, 12))
        return self._with(added, years, np.broadcast_to(months, years.shape))

    def _with(self, added, years, months):
        """Return surfaces of other coefficients, without the evidence."""
        absent = {name: getattr(self, name)[..., :0] for name in _BY_SURFACE if name not in added}
        return replace(self, years=years, months=months, departure="none", **added, **absent)


def write(path, surfaces):
    """Write surfaces; the same surfaces give the same bytes.

    Parameters
    ----------
    path : str or Path
    surfaces : surfaces.Surfaces
    """
    arrays = {field.name: np.asarray(getattr(surfaces, field.name)) for field in fields(Surfaces)}
    with replacing(path) as temporary, open(temporary, "wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def read(path):
    """Return the surfaces of a file.

    Returns
    -------
    surfaces.Surfaces
    """
    with np.load(path, allow_pickle=False) as arrays:
        return Surfaces(**{field.name: _plain(arrays[field.name]) for field in fields(Surfaces)})


def _plain(array):
    """Return an array, or the number or text of an array without axes."""
    return array if array.ndim else array.item()
