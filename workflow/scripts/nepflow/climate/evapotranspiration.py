"""Potential evapotranspiration from monthly temperature, and from temperature and radiation."""

import numpy as np

from nepflow.stations.radiation import extraterrestrial_radiation

MIDDLE_DAYS = np.array([15, 46, 74, 105, 135, 166, 196, 227, 258, 288, 319, 349])
MONTH_DAYS = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def thornthwaite(temperature, factor=1.0, hot="willmott"):
    """Return monthly potential evapotranspiration.

    ``PET = 16 (10 T / I)^a`` for 0 < T < 26.5 degC, ``-415.85 + 32.24 T - 0.43 T^2`` above, 0
    below, times ``factor``; ``I = sum (T / 5)^1.514`` over the months with T > 0 and
    ``a = (0.675 I^3 - 77.1 I^2 + 17920 I + 492390) 1e-6``.

    Parameters
    ----------
    temperature : ndarray, shape (12, ...)
        Monthly means of a mean year, degC.
    factor : ndarray, broadcastable
        Day length and length of the month, see `month_factor`.
    hot : {"willmott", "uncapped"}
        Above 26.5 degC the polynomial, or the same power as below.

    Returns
    -------
    ndarray, shape (12, ...)
        mm month-1; NaN stays.

    References
    ----------
    Thornthwaite (1948), Geogr. Rev. 38:55-94; above 26.5 degC Willmott, Rowe and Mintz (1985),
    J. Climatol. 5:589-606. In dry, windy air it is too low.
    """
    warm = np.maximum(temperature, 0)
    index = ((warm / 5) ** 1.514).sum(axis=0)
    power = (0.675 * index**3 - 77.1 * index**2 + 17920 * index + 492390) * 1e-6
    ordinary = 16 * (10 * warm / np.where(index > 0, index, 1)) ** power
    ordinary = np.where(warm > 0, ordinary, warm)
    if hot == "uncapped":
        return ordinary * factor
    return np.where(warm < 26.5, ordinary, -415.85 + 32.24 * warm - 0.43 * warm**2) * factor


def month_factor(latitude):
    """Return (hours of daylight / 12) (days / 30) of the twelve months.

    Parameters
    ----------
    latitude : ndarray
        degrees.

    Returns
    -------
    ndarray, shape (12, ...)

    References
    ----------
    Hours of daylight on the middle day: FAO-56 eq. 24, 25 and 34.
    """
    shape = (12,) + (1,) * np.ndim(latitude)
    declination = 0.409 * np.sin(2 * np.pi * MIDDLE_DAYS / 365 - 1.39)
    cosine = -np.tan(np.radians(latitude)) * np.tan(declination).reshape(shape)
    hours = 24 / np.pi * np.arccos(np.clip(cosine, -1, 1))
    return hours / 12 * (MONTH_DAYS / 30).reshape(shape)


ALPHA = 1.26  # of Priestley and Taylor: over wet ground, with the energy of advected air
ALBEDO = 0.23  # of the grass of FAO-56
STEFAN_BOLTZMANN = 4.903e-9  # MJ K-4 m-2 d-1
CLEAR_SHARE = 0.3, 1.0  # of radiation in that of clear sky, between which clouds are told


def vapour_pressure(temperature):
    """Return the pressure of saturated vapour, kPa, over air of so many degC (FAO-56 eq. 11)."""
    return 0.6108 * np.exp(17.27 * temperature / (temperature + 237.3))


def net_radiation(temperature, radiation, elevation, top, dew_point_depression):
    """Return daily net radiation of the ground, MJ m-2 d-1 (FAO-56 eq. 37 to 40).

    Parameters
    ----------
    temperature, radiation : ndarray, shape (12, ...)
        Mean temperature, degC; solar radiation, MJ m-2 d-1.
    elevation : ndarray
        m.
    top : ndarray, broadcastable
        Radiation at the top of the atmosphere, MJ m-2 d-1.
    dew_point_depression : float
        K that the dew point lies below the temperature.
    """
    clear = (0.75 + 2e-5 * elevation) * top
    share = np.divide(radiation, clear, out=np.ones_like(radiation), where=clear > 0)
    vapour = vapour_pressure(temperature - dew_point_depression)
    leaving = STEFAN_BOLTZMANN * (temperature + 273.16) ** 4 * (0.34 - 0.14 * np.sqrt(vapour))
    return (1 - ALBEDO) * radiation - leaving * (1.35 * np.clip(share, *CLEAR_SHARE) - 0.35)


def priestley_taylor(temperature, radiation, elevation, latitude, dew_point_depression):
    """Return monthly potential evapotranspiration by radiation.

    ``PET = 1.26 / l  D / (D + g)  Rn``, 0 where net radiation is negative, with the slope D of the
    pressure of saturated vapour, the psychrometric constant g of the elevation, the latent heat l
    and net radiation Rn; the heat that the ground stores in a month is left out.

    Parameters
    ----------
    temperature : ndarray, shape (12, ...)
        Monthly means of a mean year, degC.
    radiation : ndarray, shape (12, ...)
        Solar radiation of its months, MJ m-2 month-1.
    elevation, latitude : ndarray, broadcastable
        m; degrees.
    dew_point_depression : float
        K that the dew point lies below the mean temperature: humidity enters only the thermal
        radiation that the air holds back.

    Returns
    -------
    ndarray, shape (12, ...)
        mm month-1; NaN stays.

    References
    ----------
    Priestley and Taylor (1972), Mon. Weather Rev. 100:81-92; Allen et al. (1998), FAO-56 eq. 7, 8,
    13, 21 and 37 to 40; latent heat by Harrison (1963), eq. 3-1 of its annex. Snow is brighter than
    grass, so that months under snow evaporate less than this.
    """
    shape = (12,) + (1,) * (np.ndim(temperature) - 1)
    days = MONTH_DAYS.reshape(shape)
    top = extraterrestrial_radiation(latitude, MIDDLE_DAYS.reshape(shape))
    net = net_radiation(temperature, radiation / days, elevation, top, dew_point_depression)
    heat = 2.501 - 2.361e-3 * temperature  # MJ kg-1
    pressure = 101.3 * ((293 - 0.0065 * elevation) / 293) ** 5.26  # kPa
    slope = 4098 * vapour_pressure(temperature) / (temperature + 237.3) ** 2  # kPa K-1
    share = slope / (slope + 0.665e-3 * pressure)
    return ALPHA * share * np.maximum(net, 0) / heat * days
