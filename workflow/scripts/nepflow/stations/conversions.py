"""What the elements of station archives become: the one table of units, scales and codes."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Conversion:
    """An element of an archive.

    Attributes
    ----------
    column : str
        Column of the tidy table that it becomes, with the unit in its name.
    unit : str
        Unit in the archive.
    scale, offset : float
        value = scale * coded + offset
    missing : tuple of float
        Codes that mean no value.
    """

    column: str
    unit: str
    scale: float
    offset: float = 0.0
    missing: tuple = ()

    def __call__(self, coded):
        """Return values in the unit of the column; NaN for codes of a missing one."""
        coded = np.asarray(coded, dtype=float)
        absent = np.isin(coded, self.missing)
        return np.where(absent, np.nan, self.scale * coded + self.offset)


# 32766 no observation, 32744 blank; further codes of precipitation: `cma_precipitation`
CMA_MISSING = (32766.0, 32744.0)
CONVERSIONS = {
    "cma_daily": {
        "TEM-12001": Conversion("temperature_degc", "0.1 degC", 0.1, missing=CMA_MISSING),
        "PRE-13011": Conversion("precipitation_mm", "0.1 mm", 0.1, missing=CMA_MISSING),
        "SSD-14032": Conversion("sunshine_h", "0.1 h", 0.1, missing=CMA_MISSING),
    },
    "ghcn_daily": {
        "TAVG": Conversion("temperature_degc", "0.1 degC", 0.1, missing=(-9999.0, 9999.0)),
        "TMAX": Conversion("temperature_degc", "0.1 degC", 0.1, missing=(-9999.0, 9999.0)),
        "TMIN": Conversion("temperature_degc", "0.1 degC", 0.1, missing=(-9999.0, 9999.0)),
        "PRCP": Conversion("precipitation_mm", "0.1 mm", 0.1, missing=(-9999.0, 9999.0)),
        "TSUN": Conversion("sunshine_h", "min", 1 / 60, missing=(-9999.0, 9999.0)),
    },
    "gsod": {
        "TEMP": Conversion("temperature_degc", "degF", 5 / 9, -160 / 9, missing=(9999.9,)),
        "PRCP": Conversion("precipitation_mm", "inch", 25.4, missing=(99.99,)),
    },
}


def cma_precipitation(coded):
    """Return the amount, 0.1 mm, behind the codes of CMA precipitation.

    Parameters
    ----------
    coded : ndarray
        32700: a trace (0); 32XXX: fog, dew or frost of XXX; 31XXX: rain and snow; 30XXX: snow.

    Returns
    -------
    ndarray
        The codes of a missing value stay.
    """
    coded = np.asarray(coded, dtype=float)
    kind = np.floor(coded / 1000)
    amount = np.where(np.isin(kind, (30, 31, 32)), coded - 1000 * kind, coded)
    amount = np.where(coded == 32700, 0.0, amount)
    return np.where(np.isin(coded, CMA_MISSING), coded, amount)


def degrees_of_minutes(coded):
    """Return degrees of positions written as degrees and minutes: 8737 is 87 deg 37 min.

    Returns
    -------
    ndarray
        NaN where the minutes are no minutes.
    """
    coded = np.asarray(coded, dtype=float)
    degrees = np.trunc(coded / 100)
    minutes = coded - 100 * degrees
    return np.where(np.abs(minutes) < 60, degrees + minutes / 60, np.nan)


def cma_elevation(coded):
    """Return elevation, m, of CMA files: 0.1 m, 100000 added where it was estimated."""
    coded = np.asarray(coded, dtype=float)
    return np.where(np.abs(coded) >= 100_000, coded - np.sign(coded) * 100_000, coded) / 10
