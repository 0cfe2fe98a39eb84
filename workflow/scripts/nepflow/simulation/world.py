"""The simulation as a whole: what is true at given places in a given year."""

import copy
from functools import cached_property, lru_cache

import numpy as np

from nepflow.simulation.carbon import Productivity, annual_respiration, heterotrophic_respiration
from nepflow.simulation.climate import Climate
from nepflow.simulation.geography import Region
from nepflow.simulation.landcover import LandCover
from nepflow.simulation.light_use import Greenness
from nepflow.simulation.management import Managed

SIMULATED = "simulated"


class Places:
    """Points of the world and what never changes there.

    Parameters
    ----------
    world : World
    lon, lat : ndarray, shape (n,)
        Degrees.
    elevation : ndarray, shape (n,), optional
        m; by default that of the terrain.
    """

    def __init__(self, world, lon, lat, elevation=None):
        # Contiguous: the same place gives the same bits whatever array it was cut from.
        self.world = world
        self.lon, self.lat = np.ascontiguousarray(lon), np.ascontiguousarray(lat)
        self.weights = world.region.coarse.weights(self.lon, self.lat)
        self._elevation = elevation

    @cached_property
    def elevation(self):
        """Elevation, m."""
        if self._elevation is not None:
            return self._elevation
        return self.world.region.elevation_at(self.lon, self.lat)

    @cached_property
    def _history(self):
        return self.world.landcover.history(self.lon, self.lat, self.weights)

    def true_class(self, year):
        """Return the IGBP class of a year, uint8."""
        before, after, start = self._history
        return np.where(year >= start, after, before)

    def unchanged(self):
        """Return the same points as if each had always kept the class that it had at first."""
        other = copy.copy(self)
        before, _, start = self._history
        other._history = before, before, start
        return other

    def annual(self, variable, year):
        """Return annual temperature (degC), precipitation (mm) or radiation (MJ m-2)."""
        return self.world.climate_of(year).annual(variable, self.weights, self.elevation)

    def monthly(self, variable, year):
        """Return the months of a year, shape (12, n)."""
        months = self.world.climate_of(year).monthly(variable, self.weights, self.elevation)
        return np.stack(list(months))

    def npp(self, year):
        """Return true NPP of a year, g C m-2 yr-1; NaN where nothing grows."""
        if self.world.by_light or self.world.is_managed:
            return self.world.productivity.npp(self, year)
        return self.world.productivity.npp(
            self.true_class(year),
            self.annual("temperature", year),
            self.annual("precipitation", year),
            self.weights.of(self.world.modifier_of(year)),
        )

    def respiration(self, year):
        """Return true heterotrophic respiration of a year, g C m-2 yr-1."""
        if self.world.by_soil:
            return heterotrophic_respiration(self, year)
        return annual_respiration(self.world.climate_of(year), self.weights, self.elevation)


class World:
    """A region with simulated years.

    Parameters
    ----------
    folder : str or Path
        Embedded geography, ``resources/<region>``.
    seed : int
        Another seed, another world on the same ground.
    """

    def __init__(self, folder, seed):
        self.region, self.seed = Region(folder), seed
        self.climate = Climate(self.region, seed)
        self.landcover = LandCover(self.region, seed)
        trend = self.landcover.hotspot_trend
        # A region whose study models NPP from NDVI needs greenness by the month.
        kinds = self.region.description.get("world", {})
        self.by_light = kinds.get("productivity") == "light"
        self.is_managed = kinds.get("productivity") == "managed"
        self.by_soil = kinds.get("respiration") == "soil"
        if self.is_managed:
            self.productivity = Managed(self.region, seed)
        elif self.by_light:
            self.productivity = Greenness(self.region, seed, trend, self.climate)
            self.season_of = lru_cache(maxsize=64)(self.productivity.season_of)
        else:
            self.productivity = Productivity(self.region, seed, trend)
        # Kept for all years of a study: some megabytes each.
        self.climate_of = lru_cache(maxsize=64)(self.climate.of)
        self.modifier_of = lru_cache(maxsize=64)(self.productivity.modifier)

    def places(self, lon, lat, elevation=None):
        """Return the points as `Places`."""
        return Places(self, lon, lat, elevation)
