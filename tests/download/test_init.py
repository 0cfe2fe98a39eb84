"""`init`: tiles by a formula of its own, a study that dry-runs."""

import contextlib
import importlib.util
import io
import json
import math

import geopandas
import numpy as np
import pytest
import yaml
from copies import Workflow
from nepflow.download import area as download_area
from nepflow.simulation.tiles import TILE_SIZE, WORLD_NORTH, WORLD_WEST
from nepflow.study import load
from public_archives import Boundaries, square
from shapely import box, contains_xy
from shapely.geometry import shape


def tiles_by_points(polygon, step=0.02):
    """Tiles of the points of a fine mesh, by the formula of the MODIS grid written out."""
    west, south, east, north = polygon.bounds
    lon, lat = np.meshgrid(np.arange(west, east + step, step), np.arange(south, north + step, step))
    inside = contains_xy(polygon, lon, lat)
    lon, lat = lon[inside], lat[inside]
    x = 6371007.181 * np.radians(lon) * np.cos(np.radians(lat))
    y = 6371007.181 * np.radians(lat)
    pairs = zip((x - WORLD_WEST) // TILE_SIZE, (WORLD_NORTH - y) // TILE_SIZE, strict=True)
    return {f"h{int(h):02d}v{int(v):02d}" for h, v in pairs}


@pytest.fixture(scope="module")
def provinces(root):
    text = (root / "resources/northwest_china/provinces.geojson").read_text()
    return {f["properties"]["name"]: shape(f["geometry"]) for f in json.loads(text)["features"]}


@pytest.fixture(scope="module", autouse=True)
def loaded(root):
    """The command, which is a script and no module of the path."""
    global command
    path = root / "workflow/scripts/commands/init.py"
    spec = importlib.util.spec_from_file_location("init_command", path)
    command = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(command)


KNOWN = {  # lists of tiles made from boxes round the provinces
    "Xinjiang": {"h22v04", "h23v04", "h24v04", "h25v04", "h23v05", "h24v05", "h25v05"},
    "Qinghai": {"h24v05", "h25v05", "h26v05"},
    "Gansu": {"h24v04", "h25v04", "h25v05", "h26v04", "h26v05", "h27v05"},
    "Ningxia": {"h26v05"},
    "Shaanxi": {"h26v05", "h27v05"},
}


@pytest.mark.parametrize("province", KNOWN)
def test_tiles_of_provinces(provinces, province):
    """A province may leave out a corner of its box: Xinjiang does not reach h22v04."""
    polygon = provinces[province]
    assert set(download_area.tiles(box(*polygon.bounds))) == KNOWN[province]
    assert set(download_area.tiles(polygon)) == tiles_by_points(polygon)


@pytest.mark.parametrize(
    ("bounds", "known"),
    [
        ((104.4, 20.9, 112.1, 26.4), {"h27v06", "h28v06"}),  # Guangxi
        (
            (73, 31, 111, 49.5),
            {
                "h22v04",
                "h23v04",
                "h23v05",
                "h24v04",
                "h24v05",
                "h25v04",
                "h25v05",
                "h26v04",
                "h26v05",
                "h27v05",
            },
        ),  # Northwest China
        (
            (-9.5, 36.0, 3.3, 43.8),
            {"h17v04", "h18v04", "h17v05", "h18v05"},
        ),  # Iberia, across Greenwich
        ((-60.0, -10.0, -50.0, -1.0), None),  # Amazon
        ((-5.0, -4.0, 12.0, 8.0), None),  # across equator and Greenwich
        ((144.0, -39.0, 148.0, -36.0), None),  # Victoria
        ((-150.0, 62.0, -140.0, 71.0), None),  # Alaska, where tiles slant most
    ],
)
def test_tiles_of_other_continents(bounds, known):
    polygon = box(*bounds)
    found = set(download_area.tiles(polygon))
    assert found == (known or found)
    by_points = tiles_by_points(polygon)
    assert by_points <= found
    # what the points miss is a sliver thinner than their mesh
    for tile in found - by_points:
        assert tile in tiles_by_points(polygon, 0.004), tile


def test_sinusoidal_is_the_projection_of_the_tiles():
    from nepflow.study import modis
    from pyproj import Transformer

    lon, lat = np.array([-150.0, 0, 87.65, 179]), np.array([71.0, 0, 43.78, -55])
    # the sphere takes geodetic latitude as it is
    sphere = Transformer.from_crs("+proj=longlat +R=6371007.181", modis.SINUSOIDAL, always_xy=True)
    expected = sphere.transform(lon, lat)
    np.testing.assert_allclose(download_area.sinusoidal(lon, lat), expected, atol=1e-3)


@pytest.mark.parametrize(
    "bounds", [(73, 31, 111, 49), (-10, -5, 10, 5), (20, 66, 30, 71), (140, -40, 150, -30)]
)
def test_the_grid_is_equal_area(bounds):
    from nepflow.io import vectors

    crs = download_area.equal_area_crs(box(*bounds))
    assert vectors.is_equal_area(crs)
    area = geopandas.GeoSeries([box(*bounds).segmentize(0.05)], crs=4326).to_crs(crs).area[0] / 1e6
    west, south, east, north = map(math.radians, bounds)
    exact = 6371.007181**2 * (east - west) * (math.sin(north) - math.sin(south))
    assert download_area.area_km2(box(*bounds)) == pytest.approx(exact, rel=1e-4)
    assert area == pytest.approx(exact, rel=0.01)  # the ellipsoid is not the sphere


def test_cost_grows_with_cells():
    coarse, fine = download_area.cost(1e6, 5000, 20), download_area.cost(1e6, 500, 20)
    assert fine[0] == pytest.approx(100 * coarse[0])
    assert fine[1] - download_area.HOURS_OF_JOBS == pytest.approx(
        100 * (coarse[1] - download_area.HOURS_OF_JOBS)
    )


def init(copy, *words, fails=False):
    """Run the command in this process; return what it says."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = command.main(words, copy.folder)
    assert (code != 0) == fails, said.getvalue()
    return said.getvalue()


@pytest.fixture
def copy(root, tmp_path):
    """A copy of the project without studies of its own."""
    made = Workflow(root, tmp_path / "a b")
    (made.folder / "config/config.yaml").write_text("studies: []\nraw: data\n")
    return made


@pytest.mark.slow
def test_a_polygon_becomes_a_study_that_dry_runs(copy, tmp_path):
    frame = geopandas.GeoDataFrame(
        {"parish": ["Évora", "Beja"]},
        geometry=[box(-8.5, 38.2, -7, 39), box(-8.5, 37.4, -7, 38.2)],
        crs=4326,
    )
    frame.to_crs(3763).to_file(tmp_path / "area.shp", encoding="utf-8")
    said = init(
        copy,
        "alentejo",
        "--area",
        str(tmp_path / "area.shp"),
        "--name-field",
        "parish",
        "--period",
        "2003-2023",
    )
    assert "config/studies/alentejo.yaml" in said
    text = (copy.folder / "config/studies/alentejo.yaml").read_text()
    settings = load.load_study(
        "alentejo",
        copy.folder / "config",
        copy.folder / "workflow/schemas/study.schema.yaml",
        "data",
        "results",
    )
    assert set(settings["tiles"]) == tiles_by_points(frame.union_all())
    assert settings["zones"][0] == {"name": "parish", "kind": "area"}
    assert settings["landcover"]["substitute"] == [{"year": 2023, "by": 2022}]
    assert text.count("#") > 15 and "GB of downloads" in text
    area = geopandas.read_file(copy.folder / "data/alentejo/area.gpkg")
    assert set(area["name"]) == {"Évora", "Beja"}
    site = {"studies": ["alentejo"], "raw": "data", "acquire": True}
    (copy.folder / "config/config.yaml").write_text(yaml.safe_dump(site))
    planned = copy.run("-n")
    for rule in (
        "acquire_tiles",
        "acquire_dem",
        "acquire_stations",
        "acquire_radiation",
        "write_report",
    ):
        assert rule in planned
    assert "acquire_area" not in planned
    brought = copy.run("-n", "downloads")
    assert "acquire_radiation" in brought and "warp_npp" not in brought
    assert "is there already" in init(
        copy, "alentejo", "--area", str(tmp_path / "area.shp"), fails=True
    )


def test_boundaries_by_name(copy, archives):
    archives(
        **Boundaries(
            {"Ningxia": square(105, 36, 106, 38), "Gansu": square(102, 35, 105, 38)}
        ).answers
    )
    init(copy, "ningxia", "--country", "CHN", "--names", "Ningxia")
    settings = yaml.safe_load((copy.folder / "config/studies/ningxia.yaml").read_text())
    assert settings["tiles"] == ["h26v05"]
    said = init(copy, "other", "--country", "CHN", "--names", "Ningxi", fails=True)
    assert "has no Ningxi" in said and "Gansu, Ningxia" in said
    assert not (copy.folder / "config/studies/other.yaml").exists()


def test_faults_of_the_command(copy, tmp_path):
    assert "Say where" in init(copy, "nowhere", fails=True)
    assert "small letters" in init(copy, "My-Region", "--country", "CHN", fails=True)
    frame = geopandas.GeoDataFrame({"name": ["a"]}, geometry=[box(0, 40, 1, 41)], crs=4326)
    frame.to_file(tmp_path / "area.geojson")
    assert "write it as 2001-2022" in init(
        copy, "x", "--area", str(tmp_path / "area.geojson"), "--period", "2001", fails=True
    )
    assert "no such file" in init(copy, "x", "--area", str(tmp_path / "none.shp"), fails=True)


def zones_named(copy, tmp_path, study, column, names=("a", "b"), *words, fails=False):
    """Begin a study of two polygons; return what is said and its zones."""
    boxes = [box(n, 40, n + 1, 41) for n in range(2)]
    frame = geopandas.GeoDataFrame({column: names}, geometry=boxes, crs=4326)
    frame.to_file(tmp_path / "own.gpkg")
    area = ("--area", str(tmp_path / "own.gpkg"), "--name-field", column)
    said = init(copy, study, *area, *words, fails=fails)
    path = copy.folder / f"config/studies/{study}.yaml"
    return said, yaml.safe_load(path.read_text("utf-8")) if path.exists() else None


@pytest.mark.parametrize(
    ("column", "zones"),
    [
        ("COUNTY_NAM", "county_nam"),
        ("name", "polygons"),
        ("region", "polygons"),
        ("ALL", "polygons"),
        ("市", "polygons"),
        ("NO", "polygons"),  # YAML reads it as false
        ("sink", "polygons"),  # the study has zones of that name already
        ("2nd", "polygons"),
    ],
)
@pytest.mark.parametrize("words", [(), ("--rasters",)])
def test_zones_have_a_name_of_their_own(copy, tmp_path, column, zones, words):
    _, settings = zones_named(copy, tmp_path, "mine", column, ("a", "b"), *words)
    assert settings["zones"][0] == {"name": zones, "kind": "area"}
    series = next(figure for figure in settings["figures"] if figure["kind"] == "series")
    assert series["zones"] == zones


@pytest.mark.parametrize("period", ["2001-2001", "2023-2024", "2001-2023"])
def test_every_period_gives_a_study_that_loads(copy, tmp_path, period):
    """One year has no change of land cover, nor have years that the product lacks."""
    _, settings = zones_named(copy, tmp_path, "mine", "name", ("a", "b"), "--period", period)
    dates = settings.get("landcover", {}).get("transitions")
    assert dates == ([2001, 2022] if period == "2001-2023" else None)
    assert settings["acquire"]["stations"] == "ghcn_daily", "its stations report 0 on dry days"


def test_nothing_is_left_of_a_study_that_cannot_be_built(copy, tmp_path):
    said, settings = zones_named(
        copy, tmp_path, "mine", "name", ("a", "b"), "--period", "1999-2003", fails=True
    )
    assert "Begin the period in 2000 or later" in said and settings is None
    assert not (copy.folder / "data/mine").exists()
    said, _ = zones_named(copy, tmp_path, "mine", "name", ("a", "A"), fails=True)
    assert "'a' and 'A' cannot be told apart" in said
    for name in ("simulated", "nul"):
        assert "Rename it" in (told := init(copy, name, fails=True)) or "name of a file" in told


def test_a_study_on_rasters_lists_no_tiles(copy, tmp_path):
    """Nor do plan and doctor ask for any."""
    words = ("--rasters", "--period", "2001-2008")
    _, settings = zones_named(copy, tmp_path, "mine", "name", ("a", "b"), *words)
    assert "tiles" not in settings and "tiles" not in settings["acquire"]
    loaded = load.load_study(
        "mine",
        copy.folder / "config",
        copy.folder / "workflow/schemas/study.schema.yaml",
        "data",
        "results",
    )
    assert not loaded["reads_tiles"]
    assert [own["file"] for own in loaded["climate"]["grids"]] == ["temperature.tif", "rain.tif"]
