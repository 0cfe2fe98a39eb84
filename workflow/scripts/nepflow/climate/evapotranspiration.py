"""Potential evapotranspiration from monthly temperature."""

import numpy as np

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
