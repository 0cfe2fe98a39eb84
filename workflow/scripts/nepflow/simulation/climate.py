"""The true climate of the simulation: monthly values at any place, elevation and year.

Real climatology, and on top of it what the workflow does not know: a lapse rate that varies
in space and season, rain shadow, trends that differ from place to place, and anomalies that
are correlated in space and in time. Radiation is simulated altogether.
"""

import calendar
from dataclasses import dataclass

import numpy as np

from nepflow.simulation.noise import static_field, yearly_field

MIDDLE_YEAR = 2012.5  # the embedded normals are of 2000-2025
SUMMER = np.cos(2 * np.pi * (np.arange(12) - 6) / 12)[:, None, None]  # 1 in July, -1 in January
VARIABLES = ("temperature", "precipitation", "radiation")


def extraterrestrial(lat, month):
    """Return the radiation above the atmosphere in the middle of a month, MJ m-2 d-1.

    Duffie and Beckman (2013), Solar Engineering of Thermal Processes, eq. 1.10.3, with the
    declination of Cooper (1969), written from there.
    """
    day = 15.5 + 30.4 * month
    phi = np.deg2rad(lat)
    declination = np.deg2rad(23.45) * np.sin(2 * np.pi * (284 + day) / 365)
    sunset = np.arccos(np.clip(-np.tan(phi) * np.tan(declination), -1, 1))
    beam = np.cos(phi) * np.cos(declination) * np.sin(sunset)
    beam = beam + sunset * np.sin(phi) * np.sin(declination)
    distance = 1 + 0.033 * np.cos(2 * np.pi * day / 365)
    return 86400 * 1367e-6 / np.pi * distance * beam


def barrier_height(region):
    """Return how far the terrain upwind rises above each lattice point, km.

    Rain comes from the southeast in the east and from the west in the west.
    """
    lon, lat = np.broadcast_arrays(region.coarse.lon, region.coarse.lat)
    here = region.coarse_elevation
    monsoon = 1 / (1 + np.exp(-(lon - 95) / 3))
    rise = np.zeros_like(here)
    for distance in (0.4, 0.8, 1.2, 1.6):
        east = distance * (1.7 * monsoon - 1)
        south = distance * 0.7 * monsoon
        upwind = region.elevation_at(lon + east, lat - south)
        rise = np.maximum(rise, (upwind - here) / 1000)
    return rise


@dataclass(frozen=True)
class ClimateOfYear:
    """Lattice fields of one year, from which every place follows.

    Temperature is linear and precipitation exponential in elevation, with coefficients that
    are interpolated; so an annual value costs no more than a month.
    """

    base: dict  # variable -> (12, y, x): temperature at sea level, others at mean elevation
    lapse: np.ndarray  # (12, y, x), K m-1, negative
    enhancement: np.ndarray  # (y, x), share of precipitation a metre
    height: np.ndarray  # (y, x), mean elevation, m

    def monthly(self, variable, weights, elevation):
        """Yield the twelve months: degC, mm, or MJ m-2, one array a month."""
        factor = self._factor(variable, weights, elevation)
        for month in range(12):
            value = weights.of(self.base[variable][month])
            if variable == "temperature":
                yield value + weights.of(self.lapse[month]) * elevation
            else:
                yield value * factor

    def annual(self, variable, weights, elevation):
        """Return the mean of temperature, or the sum of the others, over the year."""
        if variable == "temperature":
            lapse = weights.of(self.lapse.mean(axis=0))
            return weights.of(self.base[variable].mean(axis=0)) + lapse * elevation
        factor = self._factor(variable, weights, elevation)
        return weights.of(self.base[variable].sum(axis=0)) * factor

    def _factor(self, variable, weights, elevation):
        """Return what elevation does to precipitation or radiation."""
        if variable == "temperature":
            return None
        above = np.clip(elevation - weights.of(self.height), -1500, 1500)
        if variable == "radiation":
            return 1 + 2e-5 * above
        return np.exp(weights.of(self.enhancement) * above)


class Climate:
    """The true climate of a region.

    Parameters
    ----------
    region : geography.Region
        Where, and its normals.
    seed : int
        Seed of the simulation.
    """

    def __init__(self, region, seed):
        self.region, self.seed = region, seed
        lattice = region.coarse
        dryness = np.exp(-region.precipitation.sum(axis=0) / 400)
        varied = 0.8 * static_field(seed, "lapse", lattice, 5.0)
        # Steeper in summer, and nearly flat in winter where cold air fills dry basins.
        self.lapse = -(5.0 + varied + (0.9 + 2.0 * dryness) * SUMMER) / 1000
        rise = static_field(seed, "enhancement", lattice, 4.0)
        self.enhancement = 2.5e-4 + 1.2e-4 * rise
        self.shadow = np.exp(-0.16 * barrier_height(region))
        uneven = static_field(seed, "warming", lattice, 7.0)
        self.warming = 0.034 * (1 + 0.35 * uneven) * (1 - 0.25 * SUMMER)
        self.wetting = 0.0035 * (1 + 0.9 * static_field(seed, "wetting", lattice, 6.0))
        self.dust = 0.03 * dryness + 0.015 * static_field(seed, "dust", lattice, 6.0)

    def of(self, year):
        """Return the climate of a year."""
        fields = {
            "temperature": self._temperature(year) - self.lapse * self.region.coarse_elevation,
            "precipitation": self._precipitation(year),
        }
        fields["radiation"] = self._radiation(year, fields["precipitation"])
        return ClimateOfYear(fields, self.lapse, self.enhancement, self.region.coarse_elevation)

    def _anomalies(self, name, year, scales, lengths, memory):
        """Return (12, y, x): a part common to the year with memory, and one of each month."""
        lattice = self.region.coarse
        common = yearly_field(self.seed, name, year, lattice, lengths[0], memory)
        own = [
            yearly_field(self.seed, f"{name} {month}", year, lattice, lengths[1])
            for month in range(12)
        ]
        return scales[0] * common + scales[1] * np.stack(own)

    def _temperature(self, year):
        """Return monthly temperature at the lattice's mean elevation, degC."""
        anomaly = self._anomalies("temperature", year, (0.40, 1.0), (8.0, 7.0), 0.3)
        return self.region.temperature + self.warming * (year - MIDDLE_YEAR) + anomaly

    def _precipitation(self, year):
        """Return monthly precipitation at the lattice's mean elevation, mm."""
        scales = (0.10, 0.32)
        anomaly = self._anomalies("precipitation", year, scales, (6.0, 4.0), 0.15)
        # Half the variance is taken off so that the mean over the years stays the normal.
        exponent = anomaly - sum(s**2 for s in scales) / 2 + self.wetting * (year - MIDDLE_YEAR)
        return self.region.precipitation * self.shadow * np.exp(exponent)

    def _radiation(self, year, precipitation):
        """Return monthly radiation at the lattice's mean elevation, MJ m-2."""
        days = np.array([calendar.monthrange(year, m + 1)[1] for m in range(12)])
        above = np.stack([extraterrestrial(self.region.coarse.lat, m) for m in range(12)])
        clouds = 0.098 * np.log1p(precipitation / 6)
        clearness = 0.69 + 0.016 * self.region.coarse_elevation / 1000 - self.dust - clouds
        clearness = clearness + self._anomalies("sky", year, (0.008, 0.02), (6.0, 4.0), 0.2)
        return days[:, None, None] * above * np.clip(clearness, 0.2, 0.8)


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
    station : stations.Station
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
