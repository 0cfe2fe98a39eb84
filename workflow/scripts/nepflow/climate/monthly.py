"""Monthly climate where it is used: one interface for fitted surfaces and for grids.

A block function gets the months of several variables, arrays (month, cell) in order of time,
in degC, mm month-1, MJ m-2 month-1, and never asks where they come from::

    months = monthly.FittedMonths(fits, dem_path)      # or GridMonths(paths, dem_path)
    raster.map_blocks(
        lambda *arrays, x, y: months(function, *arrays, x=x, y=y),
        months.inputs, output, coordinates=True,
    )
"""

from pathlib import Path

import numpy as np

from nepflow.climate import evaluation, surfaces
from nepflow.io import raster

LAPSE = "lapse_rate_k_per_km"  # tag of months that are reduced to sea level


class FittedMonths:
    """Months of fitted surfaces.

    Parameters
    ----------
    fits : list of surfaces.Surfaces or evaluation.Evaluation
        One a variable, of the study's years.
    dem_path : str
        Elevation on the study grid, m.
    """

    def __init__(self, fits, dem_path):
        self.fits = fits
        self.inputs = [dem_path]

    def __call__(self, function, elevation, x, y):
        """Return ``function`` of the months; see `evaluation.by_chunks`."""
        return evaluation.by_chunks(function, self.fits, x, y, elevation[0])

    def of_fewest(self):
        """Return months with the same mean year: its own twelve where nothing is transformed."""
        fits = [evaluation.of_mean_year(fit) for fit in self.fits]
        return FittedMonths(fits, *self.inputs)


class GridMonths:
    """Months of climate grids, interpolated bilinearly to the study grid.

    Parameters
    ----------
    paths : list of str
        Files of `grids.write_months`, one a variable.
    dem_path : str
        Elevation on the study grid, m; cells without it have no months.
    bands : sequence of int, optional
        Months wanted, counted from 1.
    """

    def __init__(self, paths, dem_path, bands=None):
        self.rates = [float(raster.tags_of(path).get(LAPSE, 0)) for path in paths]
        self.inputs = [dem_path, *(raster.Warped(path, "bilinear", bands) for path in paths)]

    def of_fewest(self):
        """Return all months: those of grids are read anyway."""
        return self

    def __call__(self, function, elevation, *months, x=None, y=None):
        """Return ``function`` of the months, shape (band, height, width)."""
        inside = ~np.isnan(elevation[0])
        height = elevation[0][inside] / 1000
        values = [
            variable[:, inside] + rate * height
            for variable, rate in zip(months, self.rates, strict=True)
        ]
        part = function(*values)
        result = np.full((len(part), *inside.shape), np.nan)
        result[:, inside] = part
        return result


def of_years(paths, dem_path, grid_path, years, bias_correction, year=None):
    """Return the months of a study's years from fits or from grids, whichever the files are.

    Parameters
    ----------
    paths : list of str
        Fits (npz) or months of grids, one a variable.
    dem_path, grid_path : str
    years : list of int
        All years of the study, which the bands of grids hold.
    bias_correction : str
        See `evaluation.evaluation_of`.
    year : int, optional
        Only this year.

    Returns
    -------
    FittedMonths or GridMonths
    """
    if Path(paths[0]).suffix != ".npz":
        first = 12 * years.index(year) + 1 if year else 1
        wanted = tuple(range(first, first + 12)) if year else None
        return GridMonths(paths, dem_path, wanted)
    grid = raster.grid_of(grid_path)
    wanted = [year] if year else years
    fits = [
        evaluation.evaluation_of(surfaces.read(fit).of_years(wanted), grid, bias_correction)
        for fit in paths
    ]
    return FittedMonths(fits, dem_path)
