"""Heterotrophic respiration of soils from temperature and precipitation."""

import numpy as np


def pei2009(temperature, precipitation):
    """Return heterotrophic respiration of a month after Pei et al. (2009).

    ``Rh = 0.22 * (exp(0.0912 T) + ln(0.3145 P + 1)) * 30 * 46.5 %``

    Parameters
    ----------
    temperature : ndarray
        Monthly mean air temperature, degC.
    precipitation : ndarray, same shape
        Monthly precipitation, mm month-1.

    Returns
    -------
    ndarray, same shape
        Respired carbon, g C m-2 month-1; NaN where either input is NaN.

    Raises
    ------
    ValueError
        If the shapes differ, or if any precipitation is negative.

    Notes
    -----
    Fitted on alpine steppe of the Tibetan Plateau; elsewhere it extrapolates. Every month
    counts 30 days and there is no cut-off below 0 degC, as in the source. Without rain the
    soil still respires.

    References
    ----------
    Pei Zhiyong, Zhou Caiping, Ouyang Hua, Yang Wenbin (2010), a carbon budget of alpine steppe
    area in the Tibetan Plateau, Geographical Research 29(1):102-110; cited as "2009" by its
    users. The same constants in ChinaXiv 202106.00081V1 (P monthly, mm).
    """
    if temperature.shape != precipitation.shape:
        raise ValueError(f"shapes differ: {temperature.shape}, {precipitation.shape}")
    if np.nanmin(precipitation, initial=0) < 0:
        raise ValueError("precipitation is negative")
    heterotrophic_share = 0.465
    days = 30
    daily = 0.22 * (np.exp(0.0912 * temperature) + np.log(0.3145 * precipitation + 1))
    return daily * days * heterotrophic_share


def monthly(temperature, precipitation):
    """Return a year's sum of twelve monthly results: what the equation is defined for.

    Parameters
    ----------
    temperature, precipitation : ndarray, shape (year, 12, y, x)
        Monthly mean, degC; monthly sum, mm.

    Returns
    -------
    ndarray, shape (year, y, x)
        g C m-2 yr-1.
    """
    return pei2009(temperature, precipitation).sum(axis=1)


def annual_once(temperature, precipitation):
    """Return the monthly equation applied once to annual mean and annual sum.

    Not what the equation means, but the only reading under which the published NEP of
    Northwest China leaves an NPP near the published ones.

    Parameters
    ----------
    temperature, precipitation : ndarray, shape (year, y, x)
        Annual mean, degC; annual sum, mm.

    Returns
    -------
    ndarray, shape (year, y, x)
        g C m-2 yr-1.
    """
    return pei2009(temperature, precipitation)


def annual_x12(temperature, precipitation):
    """Return twelve times `annual_once`: a negative control, found in no paper.

    Same parameters and unit as `annual_once`.
    """
    return 12 * pei2009(temperature, precipitation)


# reading -> (function, whether it takes monthly climate)
READINGS = {
    "monthly": (monthly, True),
    "annual_once": (annual_once, False),
    "annual_x12": (annual_x12, False),
}
