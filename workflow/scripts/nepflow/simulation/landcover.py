"""True land cover that changes slowly, and the yearly map that errs."""

import numpy as np

from nepflow.simulation.noise import cell_uniform

CELL = 1 / 240  # degrees: one parcel of land changes, and is mistaken, as a whole; a region
# whose land changes in larger pieces says so in `parcel` of its world
FIRST_CHANGE, LAST_CHANGE = 2002, 2023
FOREST = (1, 2, 3, 4, 5, 8, 9)
BROADLEAF = 4
GRASS, CROP, URBAN, BARREN, WATER = 10, 12, 13, 16, 17
URBAN_SHARE = 0.45  # of today's urban parcels that were cropland at the beginning
PERSISTENT, FLEETING = 0.025, 0.03  # shares of parcels mistaken always, and in a single year
UNCLASSIFIED = 0.0005
# What a class is mistaken for, two candidates each.
MISTAKEN = {
    1: (5, 8), 2: (5, 4), 3: (5, 8), 4: (5, 8), 5: (4, 8), 6: (7, 10), 7: (10, 16), 8: (9, 5),
    9: (8, 10), 10: (16, 12), 11: (10, 17), 12: (14, 10), 13: (12, 10), 14: (12, 10),
    15: (16, 10), 16: (10, 7), 17: (11, 16),
}  # fmt: skip
CONFUSED = np.array([MISTAKEN.get(k, (k, k)) for k in range(256)], dtype="uint8")


def hotspot_fields(region):
    """Return share of parcels converted, and extra NPP trend a year, on the coarse lattice."""
    lattice = region.coarse
    converted, trend = np.zeros(lattice.shape), np.zeros(lattice.shape)
    for spot in region.description["hotspots"]:
        dx = (lattice.lon - spot["lon"]) * np.cos(np.deg2rad(spot["lat"]))
        distance = np.hypot(dx, lattice.lat - spot["lat"]) / spot["radius"]
        strength = np.exp(-(distance**2))
        converted = np.maximum(converted, spot["converted"] * strength)
        trend = trend + spot["trend"] * strength
    return converted, trend


class LandCover:
    """IGBP classes 1..17 of parcels: today's are real, earlier ones go back from there.

    Parameters
    ----------
    region : geography.Region
        Where, and the real map of 2019.
    seed : int
        Seed of the simulation.
    """

    def __init__(self, region, seed):
        self.region, self.seed = region, seed
        self.parcel = region.description.get("world", {}).get("parcel", CELL)
        self.converted, self.hotspot_trend = hotspot_fields(region)

    def _uniform(self, name, lon, lat, year=0):
        return cell_uniform(self.seed, name, lon, lat, self.parcel, year)

    def final_class(self, lon, lat):
        """Return the class after all changes; borders of the coarse cells are frayed."""
        reach = 0.6 * self.region.cells.step
        dx = reach * (self._uniform("fray x", lon, lat) * 2 - 1)
        dy = reach * (self._uniform("fray y", lon, lat) * 2 - 1)
        row, column = self.region.cells.nearest(lon + dx, lat + dy)
        return self.region.landcover[row, column]

    def _before(self, after, weights):
        """Return the class that a changing parcel had, by the list of the region if it has one."""
        listed = self.region.description.get("world", {}).get("before")
        if listed is not None:
            earlier = np.arange(256, dtype="uint8")
            earlier[[int(code) for code in listed]] = list(listed.values())
            return earlier[after]
        rain = weights.of(self.region.precipitation.sum(axis=0))
        before = after.copy()
        before[np.isin(after, FOREST)] = GRASS
        before[after == BROADLEAF] = CROP
        before[(after == GRASS) & (rain < 520)] = BARREN
        before[(after == CROP) & (rain < 300)] = BARREN
        before[after == URBAN] = CROP
        return before

    def history(self, lon, lat, weights):
        """Return class before, class after, and the first year of the class after.

        Parcels that never change have the same class twice.
        """
        after = self.final_class(lon, lat)
        before = self._before(after, weights)
        share = np.where(after == URBAN, URBAN_SHARE, weights.of(self.converted))
        kept = self._uniform("converted", lon, lat) >= share
        before[kept] = after[kept]
        years = LAST_CHANGE - FIRST_CHANGE + 1
        start = FIRST_CHANGE + np.floor(years * self._uniform("when", lon, lat)).astype("int16")
        return before, after, start

    def mapped_class(self, true_class, lon, lat, year):
        """Return the class on the map of a year: some parcels are mistaken."""
        always = self._uniform("persistent", lon, lat)
        once = self._uniform("fleeting", lon, lat, year)
        mapped = true_class.copy()
        for chance, share in ((always, PERSISTENT), (once, FLEETING)):
            wrong = chance < share
            pick = (chance[wrong] > share / 2).astype(np.intp)
            mapped[wrong] = CONFUSED[mapped[wrong], pick]
        return mapped

    def unclassified(self, lon, lat, year):
        """Tell which parcels the productivity product could not classify that year."""
        return self._uniform("unclassified", lon, lat, year) < UNCLASSIFIED
