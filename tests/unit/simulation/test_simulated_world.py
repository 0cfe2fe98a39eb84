"""The truth: real ground, one value a place and year, planted effects that are there."""

import ast

import numpy as np
import pytest
import rasterio
import shapely
from nepflow.simulation import truth
from nepflow.simulation.geography import NoRegion, Region
from nepflow.simulation.landcover import BARREN, GRASS
from nepflow.simulation.world import SIMULATED, World
from rasterio.transform import from_origin

YEARS = list(range(2000, 2024))
ALBERS = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +datum=WGS84 +units=m"


@pytest.fixture(scope="module")
def folder(root):
    return root / "resources" / "northwest_china"


@pytest.fixture(scope="module")
def world(folder):
    return World(folder, seed=1)


@pytest.fixture(scope="module")
def grid():
    """Return longitudes and latitudes of points all over the region."""
    lon, lat = np.meshgrid(np.arange(73.2, 111, 0.37), np.arange(31.1, 49.5, 0.31))
    return lon.ravel(), lat.ravel()


@pytest.fixture(scope="module")
def written(world, tmp_path_factory):
    """Return the folder of the truth on a small grid: 40 x 60 cells of 50 km, a corner outside."""
    folder = tmp_path_factory.mktemp("truth")
    inside = np.ones((40, 60), dtype="uint8")
    inside[:5, :5] = 0
    profile = {"driver": "GTiff", "dtype": "uint8", "count": 1, "height": 40, "width": 60}
    transform = from_origin(-2600e3, 5400e3, 50e3, 50e3)
    with rasterio.open(folder / "grid.tif", "w", crs=ALBERS, transform=transform, **profile) as f:
        f.write(inside, 1)
    truth.write_truth(folder, folder / "grid.tif", world, YEARS)
    return folder


def read(folder, name):
    with rasterio.open(folder / f"{name}.tif") as file:
        return file.read()


def test_no_formula_of_the_workflow_is_imported(root):
    allowed = {"nepflow._log", "nepflow.io.atomic"}
    files = sorted((root / "workflow/scripts/nepflow/simulation").glob("*.py"))
    assert len(files) > 10
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module] if isinstance(node, ast.ImportFrom) else []
            names += [a.name for a in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                own = name == "nepflow.simulation" or name.startswith("nepflow.simulation.")
                assert own or not name.startswith("nepflow.") or name in allowed | {"nepflow.io"}, (
                    name
                )
                assert name != "nepflow", path.name


def test_embedded_files_are_small_and_their_origin_is_stated(folder):
    assert sum(file.stat().st_size for file in folder.iterdir()) < 2e6
    told = (folder / "PROVENANCE.md").read_text()
    for file in folder.iterdir():
        assert file.name in told or file.name == "PROVENANCE.md"


def test_provinces_share_their_borders_and_have_their_real_size(world):
    names, _, shapes = zip(*world.region.provinces, strict=True)
    assert shapely.coverage_is_valid(list(shapes))
    # Commonly stated areas, thousand km2; the outlines are simplified and old.
    official = {"Xinjiang": 1665, "Qinghai": 722, "Gansu": 426, "Ningxia": 66, "Shaanxi": 206}
    for name, shape in zip(names, shapes, strict=True):
        middle = np.deg2rad(shape.centroid.y)
        area = shape.area * 111.2**2 * np.cos(middle) / 1000
        assert area == pytest.approx(official[name], rel=0.25), name


@pytest.mark.parametrize(
    ("name", "lon", "lat", "elevation", "january", "july", "rain"),
    [  # well-known normals, rounded, for orientation: m, degC, degC, mm
        ("Urumqi", 87.65, 43.80, 935, -13, 24, 290),
        ("Kashgar", 75.98, 39.47, 1289, -5, 26, 70),
        ("Xi'an", 108.93, 34.30, 397, 0, 27, 560),
        ("Lanzhou", 103.88, 36.05, 1517, -5, 22, 310),
        ("Golmud", 94.90, 36.42, 2808, -9, 18, 43),
    ],
)
def test_climate_is_that_of_real_places(world, name, lon, lat, elevation, january, july, rain):
    point = world.places(np.array([lon]), np.array([lat]), np.array([float(elevation)]))
    temperature = np.mean([point.monthly("temperature", y)[:, 0] for y in YEARS], axis=0)
    precipitation = np.mean([point.annual("precipitation", y)[0] for y in YEARS])
    # A reanalysis at 0.25 degree misses single valleys by some kelvin and rain by up to twice.
    assert temperature[0] == pytest.approx(january, abs=5), name
    assert temperature[6] == pytest.approx(july, abs=5), name
    assert rain / 2.5 < precipitation < rain * 2.5, name


def test_radiation_is_less_where_and_when_it_rains(world, grid):
    places = world.places(*grid)
    rain = np.stack([places.annual("precipitation", y) for y in YEARS])
    sun = np.stack([places.annual("radiation", y) for y in YEARS])
    assert sun.min() > 3500 and sun.max() < 9000
    rain, sun = rain - rain.mean(axis=0), sun - sun.mean(axis=0)
    assert np.corrcoef(rain.ravel(), sun.ravel())[0, 1] < -0.4


def test_lapse_rate_differs_from_place_to_place_and_season_to_season(world):
    lapse = -1000 * world.climate.lapse
    assert lapse.std(axis=(1, 2)).min() > 0.5
    assert lapse[6].mean() - lapse[0].mean() > 1
    assert lapse.min() > 0


def test_a_place_has_the_same_values_alone_and_among_others(folder, world, grid):
    lon, lat = grid
    whole = truth.of_year(world.places(lon, lat), 2013)
    fresh = World(folder, seed=1)
    for part in (slice(5, 6), slice(100, 163), slice(3, None, 7)):
        alone = truth.of_year(fresh.places(lon[part], lat[part]), 2013)
        for name, values in alone.items():
            np.testing.assert_array_equal(values, whole[name][part], err_msg=name)


def test_another_seed_is_another_world_on_the_same_ground(folder, world, grid):
    places, other = world.places(*grid), World(folder, seed=2).places(*grid)
    np.testing.assert_array_equal(places.elevation, other.elevation)
    assert np.std(places.annual("temperature", 2010) - other.annual("temperature", 2010)) > 0.1


def test_npp_is_of_plausible_size_by_land_cover(world, grid):
    places = world.places(*grid)
    npp, land_class = places.npp(2012), places.true_class(2012)
    assert np.isnan(npp[np.isin(land_class, (15, 16, 17))]).all()
    north = (land_class == GRASS) & (places.lat > 35)
    low, high = np.percentile(npp[north], [5, 95])
    assert low > 30 and high < 330
    lon, lat = np.meshgrid(np.arange(106, 110, 0.1), np.arange(32.8, 34.1, 0.1))
    qinling = world.places(lon.ravel(), lat.ravel())
    forest = np.isin(qinling.true_class(2012), (4, 5))
    assert forest.sum() > 50
    assert 400 < np.mean(qinling.npp(2012)[forest]) < 850


def test_bare_land_only_turns_green_in_hotspots(world, grid):
    places = world.places(*grid)
    first, last = places.true_class(2001), places.true_class(2023)
    greened = (first == BARREN) & np.isin(last, (GRASS, 12))
    assert greened.sum() > 3
    share = places.weights.of(world.landcover.converted)
    assert share[greened].min() > 0.005
    assert share[greened].mean() > 5 * share.mean()
    assert not np.any((last == BARREN) & (first != BARREN))


def test_the_planted_growth_is_found_in_the_years(world):
    time = np.array(YEARS) - np.mean(YEARS)
    fields = np.stack([world.productivity.modifier(year) for year in YEARS])
    slope = np.tensordot(time, fields, axes=1) / np.sum(time**2)
    planted = world.productivity.growth
    # Error of a slope: sd of the noise, swelled by its memory, over the spread of the years.
    error = np.sqrt(0.035**2 * 1.2 / 0.8 + 0.05**2 * 1.4 / 0.6) / np.sqrt(np.sum(time**2))
    for peak in (np.argmax(planted), np.argmin(planted)):
        assert abs(slope.flat[peak] - planted.flat[peak]) < 4 * error
        assert abs(planted.flat[peak]) > 2 * error
    # Where it was planted explains where it is found.
    assert np.corrcoef(slope.ravel(), planted.ravel())[0, 1] > 0.5


def test_truth_closes_and_is_absent_outside(written):
    npp, rh, nep = (read(written, name) for name in ("npp", "rh", "nep"))
    found = np.isfinite(nep)
    assert found.sum() > 10000
    np.testing.assert_allclose(nep[found], (npp - rh)[found], atol=2e-4)
    np.testing.assert_array_equal(np.isnan(npp), np.isnan(nep))
    assert np.isfinite(rh[:, 5:]).all()
    assert np.isnan(rh[:, :5, :5]).all()


def test_truth_says_what_it_is(written):
    for name, (unit, long_name) in truth.CUBES.items():
        with rasterio.open(written / f"{name}.tif") as file:
            tags = file.tags()
            assert (tags["unit"], tags["long_name"]) == (unit, long_name)
            assert tags["simulated"] == SIMULATED
            assert file.descriptions == tuple(map(str, YEARS))


def test_trend_of_the_truth_is_the_least_squares_slope(written):
    nep, trend = read(written, "nep"), read(written, "nep_trend")[0]
    whole = np.isfinite(nep).all(axis=0)
    np.testing.assert_array_equal(np.isfinite(trend), whole)
    expected = np.polynomial.polynomial.polyfit(YEARS, nep[:, whole], 1)[1]
    np.testing.assert_allclose(trend[whole], expected, atol=1e-3)


def test_strips_do_not_change_the_truth(written, world, tmp_path, monkeypatch):
    monkeypatch.setattr(truth, "STRIP", 16)
    truth.write_truth(tmp_path, written / "grid.tif", world, YEARS[:2])
    for name in ("npp", "rh", "temperature", "collection_006_ratio"):
        np.testing.assert_array_equal(read(tmp_path, name)[:2], read(written, name)[:2])


def test_a_missing_region_is_named_with_its_remedy(tmp_path):
    with pytest.raises(NoRegion, match="build_region"):
        Region(tmp_path / "atlantis")
