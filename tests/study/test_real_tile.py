"""A genuine tile, ERA5 normals and ETOPO5 through the same rules; and spoiled inputs."""

import csv
import shutil

import geopandas
import numpy as np
import pyproj
import pytest
from copies import Workflow
from nepflow.io import raster
from nepflow.study import modis
from shapely.geometry import box

AREA = box(-6_665_000, 3_950_000, -6_420_000, 4_440_000)  # on the sinusoidal grid, m
STUDY = {
    "title": "Mid-Atlantic coast, 2022",
    "citation": "test",
    "period": [2022, 2022],
    "tiles": ["h12v05"],
    "area": {"file": "area.geojson", "buffer_km": 300},
    "grid": {
        "crs": "+proj=aea +lat_1=29.5 +lat_2=45.5 +lat_0=23 +lon_0=-78 +datum=WGS84 +units=m",
        "resolution_m": 1000,
    },
    "climate": {"variables": ["temperature", "precipitation"], "time_step": "normals"},
    "zones": [{"name": "coast", "kind": "area"}],
    "figures": [
        {
            "name": "nep",
            "kind": "map",
            "layer": "pixel/nep_mean",
            "title": "NEP 2022",
            "caption": "One year.",
        },
        {
            "name": "trend",
            "kind": "map",
            "layer": "pixel/nep_sen_slope",
            "title": "Trend",
            "caption": "Left out: one year.",
        },
    ],
}
TABLES = (
    "respiration_variants",
    "missing_reasons_native",
    "missing_reasons",
    "warnings",
    "checks",
    "choices",
)


def lay_out(folder, data):
    """Put the genuine files where a user would."""
    raw = folder / "data/coast"
    (raw / "modis").mkdir(parents=True)
    shutil.copy(next((data / "modis").glob("MOD17A3HGF*")), raw / "modis")
    shutil.copy(data / "climate/etopo5_h12v05_box.tif", raw / "dem.tif")
    shutil.copy(data / "climate/era5_normals_h12v05_80_points.csv", raw / "stations.csv")
    area = geopandas.GeoDataFrame({"name": ["coast"]}, geometry=[AREA], crs=modis.SINUSOIDAL)
    area.to_crs("EPSG:4326").to_file(raw / "area.geojson")
    return raw


@pytest.fixture(scope="module")
def coast(root, reference_data, tmp_path_factory):
    workflow = Workflow(root, tmp_path_factory.mktemp("real") / "coast", coast=STUDY)
    workflow.raw = lay_out(workflow.folder, reference_data)
    workflow.said = workflow.run("results/coast/manifest.csv")
    return workflow


def table(workflow, name):
    with open(workflow.result(f"coast/tables/{name}.csv"), newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_native_counts_are_the_known_ones(coast):
    counts = {row["quantity"]: int(row["value"]) for row in table(coast, "missing_reasons_native")}
    assert counts["valid_cells"] == 174_541
    assert counts["water_cells"] == 5_565_448
    assert counts["urban_cells"] == 19_062
    assert sum(counts.values()) == 2400 * 2400


def test_nep_of_the_coast_is_plausible_and_consistent(coast):
    npp = raster.read(coast.result("coast/npp/061/npp_2022.tif"))
    nep = raster.read(coast.result("coast/nep/nep.tif"))
    assert np.isfinite(nep).sum() > 20_000
    assert 600 < np.nanmean(npp) < 950  # the tile's native mean is 772.2
    assert np.array_equal(np.isfinite(npp), np.isfinite(nep))
    assert (nep[np.isfinite(nep)] < npp[np.isfinite(nep)]).all()
    assert "simulated" not in raster.tags_of(coast.result("coast/nep/nep.tif"))


def of_points(rows, grid, cells):
    """Annual means of the points on the study's land, beside those of their cells; degC."""
    found = {}
    for row in rows:
        found.setdefault((row["lon"], row["lat"]), []).append(float(row["temperature_degc"]))
    lon, lat = np.array(list(found), float).T
    to_grid = pyproj.Transformer.from_crs("EPSG:4326", grid.crs, always_xy=True)
    column, line = ~grid.transform * to_grid.transform(lon, lat)
    pairs = []
    for values, x, y in zip(found.values(), column, line, strict=True):
        if 0 <= y < cells.shape[-2] and 0 <= x < cells.shape[-1]:
            pairs.append((np.mean(values), cells.squeeze()[int(y), int(x)]))
    pairs = np.array(pairs)
    return pairs[np.isfinite(pairs[:, 1])]


def test_climate_is_that_of_the_normals(coast):
    temperature = raster.read(coast.result("coast/climate/temperature.tif"))
    precipitation = raster.read(coast.result("coast/climate/precipitation.tif"))
    with open(coast.raw / "stations.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    own = of_points(rows, raster.grid_of(coast.result("coast/grid.tif")), temperature)
    assert len(own) > 3
    assert np.abs(own[:, 0] - own[:, 1]).max() < 1.5
    assert 800 < np.nanmean(precipitation) < 1600
    assert (
        "normals" in raster.tags_of(coast.result("coast/climate/temperature.tif"))["climate_source"]
    )


def test_short_study_says_so(coast):
    assert not coast.result("coast/pixel/nep_sen_slope.tif").exists()
    warnings = " ".join(row["warning"] for row in table(coast, "warnings"))
    assert "1 years are fewer than min_years (8)" in warnings
    assert "left out: trend" in warnings
    assert "normals" in warnings
    assert "fewer than min_years" in coast.result("coast/report.html").read_text("utf-8")


def test_nothing_says_simulated(coast):
    for name in TABLES:
        assert "simulated" not in coast.result(f"coast/tables/{name}.csv").read_text("utf-8")
    assert "simulated" not in coast.result("coast/report.html").read_text("utf-8")


@pytest.fixture
def spoiled(coast, tmp_path):
    """A copy of the inputs and of what is built, to spoil."""
    copy = Workflow.__new__(Workflow)
    copy.folder = tmp_path / "copy"
    shutil.copytree(coast.folder, copy.folder)
    copy.raw = copy.folder / "data/coast"
    for stage in ("npp", "nep"):
        shutil.rmtree(copy.result(f"coast/{stage}"))
    return copy


def tile_of(workflow):
    return next((workflow.raw / "modis").glob("*.hdf"))


def said_by(workflow, target="results/coast/nep/nep.tif"):
    return workflow.run(target, fails=True)


def test_missing_tile(spoiled):
    tile_of(spoiled).unlink()
    said = said_by(spoiled)
    assert "MissingTiles" in said and "2022 for h12v05" in said and "change `tiles`" in said


def test_two_versions_of_a_tile(spoiled):
    tile = tile_of(spoiled)
    shutil.copy(tile, tile.with_name(tile.name.replace("2023035051756", "2024001000000")))
    assert "in 2 versions" in said_by(spoiled)


@pytest.mark.parametrize("spoil", ["truncated", "page"])
def test_damaged_tile_loses_nothing(spoiled, spoil):
    tile = tile_of(spoiled)
    if spoil == "truncated":
        tile.write_bytes(tile.read_bytes()[:100_000])
    else:
        tile.write_text("<html>Earthdata Login</html>")
    said = said_by(spoiled)
    assert "BadTile" in said and tile.name in said
    assert ("cut off" in said) or ("web page" in said)
    assert not list(spoiled.result("coast/npp/061").glob("*"))


def test_dem_that_does_not_cover(spoiled):
    import rasterio
    from rasterio.windows import Window

    path = spoiled.raw / "dem.tif"
    with rasterio.open(path) as source:
        window = Window(0, 0, source.width, 40)
        profile = source.profile | {"height": 40}
        values = source.read(window=window)
    with rasterio.open(path, "w", **profile) as target:
        target.write(values)
    said = said_by(spoiled)
    assert "DemGap" in said and "dem.tif" in said and "covers the whole area" in said
    assert not spoiled.result("coast/dem.tif").exists()


def test_area_beyond_the_tiles(spoiled):
    area = geopandas.read_file(spoiled.raw / "area.geojson")
    area.geometry = area.geometry.translate(-3, 0)
    area.to_file(spoiled.raw / "area.geojson")
    said = said_by(spoiled)
    assert "MissingTiles" in said and "h11v05" in said


def test_crs_that_is_not_equal_area(spoiled):
    grid = {"crs": "EPSG:32618", "resolution_m": 1000}
    spoiled.study(coast=STUDY | {"grid": grid})
    said = said_by(spoiled)
    assert (
        "coast.yaml: grid.crs" in said and "not an equal-area CRS" in said and "+proj=aea" in said
    )


def test_unknown_key(spoiled):
    spoiled.study(coast=STUDY | {"perido": [2001, 2002]})
    said = said_by(spoiled)
    assert "config/studies/coast.yaml is not valid" in said and "perido" in said


def test_unusable_stations(spoiled):
    path = spoiled.raw / "stations.csv"
    path.write_text(path.read_text().replace("elevation_m", "altitude"))
    said = said_by(spoiled)
    assert "BadStations" in said and "stations.csv" in said and "elevation_m" in said


@pytest.mark.parametrize("kind", ["shapefile", "zip", "gpkg"])
def test_area_formats(spoiled, kind):
    area = geopandas.read_file(spoiled.raw / "area.geojson").to_crs("EPSG:3857")
    folder = spoiled.raw / "shape"
    folder.mkdir()
    name = {"shapefile": "shape/area.shp", "zip": "area.zip", "gpkg": "area.gpkg"}[kind]
    if kind == "gpkg":
        area.to_file(spoiled.raw / name, driver="GPKG")
    else:
        area.to_file(folder / "area.shp")
    if kind == "zip":
        shutil.make_archive(str(spoiled.raw / "area"), "zip", folder)
    before = raster.read(spoiled.result("coast/grid.tif"))
    spoiled.study(coast=STUDY | {"area": {"file": name, "buffer_km": 300}})
    spoiled.run("results/coast/grid.tif")
    assert np.array_equal(before, raster.read(spoiled.result("coast/grid.tif")), equal_nan=True)
