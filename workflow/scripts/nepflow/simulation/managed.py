"""True NPP of a twin whose people change it: a climate part, chance, and a human part, kept apart.

NPP = climate part * exp(chance) + human part. The human part has a trend that differs from place
to place, what changes of land cover add, and what restoration projects add.
"""

import numpy as np
import shapely

from nepflow.simulation.carbon import SHARE
from nepflow.simulation.light_use import karst_shapes
from nepflow.simulation.management import projects_of
from nepflow.simulation.noise import static_field, yearly_field

FIRST_YEAR = 2001  # the human part counts from here
POTENTIAL = 950.0  # g C m-2 yr-1 in the usual climate, of a class with share 1
USUAL = {"temperature": 20.0, "precipitation": 1700.0, "radiation": 4800.0}  # degC, mm, MJ m-2
POWER = {"temperature": 0.35, "precipitation": 0.25, "radiation": 0.2}  # 1 % more gives so many %
HIGH = 400.0, 300.0  # m, middle and width of the step from low to high land
KARST_LOSS = 0.12  # share of NPP that karst lacks


def climatic_npp(land_class, climate):
    """Return what a year's climate gives to a class, g C m-2 yr-1; NaN where nothing grows.

    Power laws of each variable over its usual value: curved, but not much over the years.
    """
    gain = 1.0
    for name, power in POWER.items():
        gain = gain * (np.maximum(climate[name], 1e-3) / USUAL[name]) ** power
    return SHARE[land_class] * POTENTIAL * gain


class Managed:
    """True NPP of a region.

    Parameters
    ----------
    region : geography.Region
        Its description has world.human: g C m-2 yr-2 everywhere, and more in karst, on high land
        (less on low) and unevenly; and world.projects.
    seed : int
    """

    def __init__(self, region, seed):
        self.region, self.seed = region, seed
        lattice = region.coarse
        lon, lat = np.broadcast_arrays(lattice.lon, lattice.lat)
        self.in_karst = shapely.contains_xy(karst_shapes(region, seed), lon, lat).astype(float)
        self.soil = 0.10 * static_field(seed, "soil", lattice, 1.5) - KARST_LOSS * self.in_karst
        human = region.description["world"]["human"]
        high = np.tanh((region.coarse_elevation - HIGH[0]) / HIGH[1])
        uneven = static_field(seed, "human", lattice, 1.2)
        rise = human["everywhere"] + human["karst"] * self.in_karst + human["high"] * high
        self.rise = rise + human["uneven"] * uneven
        self.projects = projects_of(region, seed, self.rise, self.in_karst, self.soil)

    def modifier(self, year):
        """Return on the lattice the logarithm of what neither climate nor people explain."""
        wide = yearly_field(self.seed, "npp wide", year, self.region.coarse, 5.0, 0.2)
        near = yearly_field(self.seed, "npp near", year, self.region.coarse, 1.2, 0.4)
        return 0.004 * wide + 0.012 * near

    def climate_part(self, places, year):
        """Return NPP of the first land cover in the climate of a year, g C m-2 yr-1."""
        climate = {name: places.annual(name, year) for name in USUAL}
        soil = np.exp(places.weights.of(self.soil))
        return climatic_npp(places.true_class(FIRST_YEAR), climate) * soil

    def human_part(self, places, year, climate_part=None):
        """Return what people add to NPP of a year, g C m-2 yr-1."""
        if climate_part is None:
            climate_part = self.climate_part(places, year)
        change = SHARE[places.true_class(year)] / SHARE[places.true_class(FIRST_YEAR)] - 1
        rise = places.weights.of(self.rise) * (year - FIRST_YEAR)
        return change * climate_part + rise + self.projects.effect(places.lon, places.lat, year)

    def npp(self, places, year):
        """Return NPP of a year at places, g C m-2 yr-1; NaN where nothing grows."""
        climate_part = self.climate_part(places, year)
        chance = np.exp(places.weights.of(places.world.modifier_of(year)))
        return climate_part * chance + self.human_part(places, year, climate_part)
