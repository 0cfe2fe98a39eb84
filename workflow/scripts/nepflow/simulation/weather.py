"""Daily weather of a station from its monthly climate."""

import numpy as np

MONTHLY_NOISE = {"temperature": 0.15, "precipitation": 0.05, "radiation": 0.015}  # K, -, -


class Calendar:
    """Days of whole years and the month that each belongs to.

    Parameters
    ----------
    years : list of int
        Consecutive years.
    """

    def __init__(self, years):
        first, last = np.datetime64(f"{years[0]}-01-01"), np.datetime64(f"{years[-1] + 1}-01-01")
        self.days = np.arange(first, last)
        months = self.days.astype("datetime64[M]").astype(int)
        self.month = months - months[0]
        self.length = np.bincount(self.month)

    def mean(self, daily):
        """Return monthly means of daily values."""
        return np.bincount(self.month, daily) / self.length


def autocorrelated(rng, size, memory):
    """Return a stationary AR(1) series of mean 0 and variance 1."""
    from scipy.signal import lfilter

    white = rng.standard_normal(size)
    white[1:] *= np.sqrt(1 - memory**2)
    return lfilter([1.0], [1.0, -memory], white)


def daily_temperature(rng, calendar, monthly):
    """Return daily temperature, degC, whose monthly means are ``monthly``."""
    midpoints = np.cumsum(calendar.length) - calendar.length / 2
    seasonal = np.interp(np.arange(len(calendar.days)), midpoints, monthly)
    daily = seasonal + 3.0 * autocorrelated(rng, len(calendar.days), 0.7)
    return daily + (monthly - calendar.mean(daily))[calendar.month]


def daily_precipitation(rng, calendar, monthly):
    """Return daily precipitation, mm, whose monthly sums are ``monthly``."""
    wet_days = np.clip(monthly / (4 + monthly / 15), 0.6, 0.75 * calendar.length)
    size = len(calendar.days)
    wet = rng.random(size) < (wet_days / calendar.length)[calendar.month]
    # A month without a wet day gets one, or its rain would be lost.
    dry = np.bincount(calendar.month, wet) == 0
    middle = np.cumsum(calendar.length) - 15
    wet[middle[dry]] = True
    amount = np.where(wet, rng.gamma(0.9, size=size) + 0.02, 0.0)
    total = np.bincount(calendar.month, amount)
    return amount * (monthly / total)[calendar.month]


def daily_radiation(rng, calendar, monthly, rain):
    """Return daily radiation, MJ m-2, whose monthly sums are ``monthly``; less on wet days."""
    relative = np.exp(0.18 * rng.standard_normal(len(rain))) * np.where(rain > 0.5, 0.62, 1.0)
    total = np.bincount(calendar.month, relative)
    return relative * (monthly / total)[calendar.month]


def observed_days(rng, calendar, station, monthly):
    """Return the daily records of a station before anything went wrong with them.

    Parameters
    ----------
    rng : numpy Generator
        The station's own.
    calendar : Calendar
    station : network.Station
        Its constant errors count.
    monthly : dict of ndarray, shape (month,)
        True climate at the station: temperature, precipitation, radiation.

    Returns
    -------
    dict of ndarray, shape (day,)
        temperature_degc, precipitation_mm, radiation_mj_m2, as an instrument rounds them.
    """
    size = len(calendar.length)
    noise = {name: scale * rng.standard_normal(size) for name, scale in MONTHLY_NOISE.items()}
    warmth = monthly["temperature"] + station.temperature_bias + noise["temperature"]
    caught = monthly["precipitation"] * station.precipitation_catch
    sun = monthly["radiation"] * station.radiation_factor * (1 + noise["radiation"])
    rain = daily_precipitation(rng, calendar, caught * np.exp(noise["precipitation"]))
    return {
        "temperature_degc": np.round(daily_temperature(rng, calendar, warmth), 1),
        "precipitation_mm": np.round(rain, 1),
        "radiation_mj_m2": np.round(daily_radiation(rng, calendar, sun, rain), 2),
    }
