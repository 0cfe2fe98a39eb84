"""A region with sea, monsoon and karst: its ground, its greenness, what is planted."""

import numpy as np
import pytest
import shapely
from nepflow.modis import hdf
from nepflow.npp import casa, ndvi
from nepflow.simulation import light_use, tiles
from nepflow.simulation.noise import generator
from nepflow.simulation.raw_files import population
from nepflow.simulation.stations import chosen_places
from nepflow.simulation.world import World
from nepflow.study import modis

FIELDS = modis.PRODUCTS["MOD13A3"].fields


@pytest.fixture(scope="module")
def folder(root):
    return root / "resources" / "indochina"


@pytest.fixture(scope="module")
def world(folder):
    return World(folder, seed=1)


@pytest.fixture(scope="module")
def places(world):
    lon, lat = np.meshgrid(np.arange(92.5, 110, 0.4), np.arange(6, 28.5, 0.4))
    area = shapely.union_all([shape for _, _, shape in world.region.provinces])
    inside = shapely.contains_xy(area, lon, lat)
    return world.places(lon[inside], lat[inside])


def test_ground_is_small_and_whole(folder, world):
    assert sum(path.stat().st_size for path in folder.iterdir()) < 500_000
    names = [name for name, _, _ in world.region.provinces]
    assert names == ["Myanmar", "Thailand", "Laos", "Vietnam", "Cambodia"]
    assert shapely.coverage_is_valid([shape for _, _, shape in world.region.provinces])
    assert world.region.elevation.min() == 0 and world.region.elevation.max() > 4000


def test_stations_stand_on_land(world):
    lon, lat = chosen_places(world, 100, generator(1, "network"))
    assert (world.places(lon, lat).true_class(2010) != 17).all()


def test_truth_follows_the_published_equations(world, places):
    """The simulation's own code against `nepflow.casa`, given true NDVI, climate and limits."""
    year, land = 2008, places.true_class(2008)
    modifier = places.weights.of(world.modifier_of(year))
    leafy = world.season_of(year)
    green = np.stack([world.productivity.ndvi(land, places.weights.of(f), modifier) for f in leafy])
    climate = [places.monthly(name, year) for name in light_use.CLIMATE]
    low, high = np.full(land.shape, light_use.BARE), light_use.LEAFY[land] + light_use.ABOVE
    limits = low, high, casa.simple_ratio(low), casa.simple_ratio(high)
    at_sea, lapse = (places.weights.of(field) for field in world.productivity.optimum)
    optimum = at_sea + lapse * places.elevation
    stresses = (
        casa.biochemical_stress(climate[0], optimum),
        casa.temperature_stress(climate[0], optimum),
        casa.water_stress(climate[0], climate[1]),
    )
    light_taken = casa.absorbed_radiation(climate[2], casa.fpar(green, limits))
    expected = casa.npp(light_taken, stresses, light_use.EFFICIENCY[land]).sum(axis=0)
    found = places.npp(year)
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    grown = np.isfinite(found)
    assert (grown == ~np.isin(land, (15, 17))).all()
    assert 300 < np.nanmean(found) < 1500 and np.nanmin(found) >= 0


def test_vegetation_declines_most_where_it_was_planted(world):
    """Growth of NDVI at a clearing, in karst elsewhere, and far from both."""
    growth = world.productivity.growth
    lattice = world.region.coarse
    at = {"clearing": (102.3, 20.4), "karst": (105.7, 22.6), "elsewhere": (102.0, 15.5)}
    found = {name: growth[lattice.nearest(*place)] for name, place in at.items()}
    assert found["clearing"] < found["karst"] < found["elsewhere"] < 0
    clearing = {name: world.landcover.hotspot_trend[lattice.nearest(*at[name])] for name in at}
    planted = found["karst"] - clearing["karst"] - (found["elsewhere"] - clearing["elsewhere"])
    assert planted == pytest.approx(-0.0001)


def test_forest_is_cleared_and_does_not_come_back(world, places):
    before, after = places.true_class(2001), places.true_class(2023)
    changed = before != after
    assert 0.01 < changed.mean() < 0.5
    assert set(np.unique(before[changed])) <= {2, 12}


def test_effect_of_land_cover_is_that_of_what_changed(places):
    """Against the world whose classes stay those of 2001, before the first change."""
    was, now = places.true_class(2001), places.true_class(2020)
    still = places.unchanged()
    np.testing.assert_array_equal(still.true_class(2020), was)
    effect = places.npp(2020) - still.npp(2020)
    assert (effect[(was == now) & (now != 17)] == 0).all()
    # evergreen forest became savanna, grassland or cropland: e_max falls from 0.985 to 0.542
    cleared = (was == 2) & (now != 2)
    assert cleared.sum() > 10 and effect[cleared].max() < 0
    np.testing.assert_array_equal(places.npp(2001), still.npp(2001))


@pytest.mark.slow
def test_planted_decline_is_near_the_published_one(world):
    """-2.66 of the whole and -4.11 g C m-2 yr-2 of karst (abstract); climate moves each seed."""
    lon, lat = np.meshgrid(np.arange(92.5, 110, 0.8), np.arange(6, 28.5, 0.8))
    area = shapely.union_all([shape for _, _, shape in world.region.provinces])
    inside = shapely.contains_xy(area, lon, lat)
    places = world.places(lon[inside], lat[inside])
    years = np.arange(2001, 2021)
    npp = np.stack([places.npp(year) for year in years])
    nep = npp - np.stack([places.respiration(year) for year in years])
    in_karst = shapely.contains_xy(light_use.karst_shapes(world.region, 1), places.lon, places.lat)
    for where, low, high in ((slice(None), -3.33, -1.99), (in_karst, -5.6, -3.08)):
        slope = np.polyfit(years, np.nanmean(nep[:, where], axis=1), 1)[0]
        assert low < slope < high


def test_tiles_say_what_is_true_where_they_are_clear(world, tmp_path):
    """January against July of one tile: the monsoon hides more; clear cells are within noise."""
    dates = [tiles.months_of(2006)[month] for month in (0, 6)]
    path = tmp_path / "granules/list.csv"
    path.parent.mkdir()
    (tmp_path / "modis").mkdir()
    one = World(world.region.folder, seed=1)
    one.region.tiles = ("h27v07",)
    tiles.write_dates(tmp_path / "modis", path, one, dates, 2006, "061", 40)
    hidden = []
    for day, product in dates:
        name = f"{tmp_path}/modis/MOD13A3.A2006{day:03d}.h27v07.061.{tiles.STAMP}.hdf"
        layer = hdf.read_layer(name, FIELDS["ndvi"].name)
        rank_layer = hdf.read_layer(name, FIELDS["reliability"].name)
        values = hdf.decode(layer, FIELDS["ndvi"], name)
        rank = hdf.decode(rank_layer, FIELDS["reliability"], name)
        _, state = ndvi.composite(values[None], rank[None])
        land = ~np.isnan(rank)
        hidden.append((state[land] == ndvi.GAP).mean())
        lon, lat = tiles.pixel_centres("h27v07", 40, 0, 40)
        places = world.places(lon[land], lat[land])
        month = product.evaluate.keywords["month"]
        true = world.productivity.ndvi(
            places.true_class(2006),
            places.weights.of(world.season_of(2006)[month]),
            places.weights.of(world.modifier_of(2006)),
        )
        clear = rank[land] == 0
        assert np.abs(values[land][clear] / true[clear] - 1).max() < 0.12
    assert hidden[0] < 0.05 < 0.1 < hidden[1] < 0.5


def test_months_begin_in_february_2000():
    assert [day for day, _ in tiles.months_of(2000)] == list(modis.first_days("MOD13A3", 2000))
    assert [day for day, _ in tiles.months_of(2007)] == list(modis.first_days("MOD13A3", 2007))


def test_karst_and_people(world):
    shape = light_use.karst_shapes(world.region, 1)
    assert shape.is_valid and 10 < shape.area < 60  # square degrees
    people = population(world.region, 1)
    towns, forest = world.region.landcover == 13, world.region.landcover == 2
    assert np.nanmean(people[towns]) > 20 * np.nanmean(people[forest])
    assert np.isnan(people[world.region.landcover == 17]).all() and np.nanmin(people) > 0
