"""The simulation's granules: built as the archive's, the same in any blocks, with all codes."""

import contextlib
import csv
import hashlib
import shutil
import subprocess

import numpy as np
import pytest
from nepflow.simulation import tiles
from nepflow.simulation.tiles import CODES
from nepflow.simulation.world import World
from pyhdf.error import HDF4Error
from pyhdf.HDF import HDF
from pyhdf.SD import SD
from pyhdf.V import V  # noqa: F401

PIXELS = 48
GRID = "MOD_Grid_MOD17A3H"


@pytest.fixture(scope="module")
def world(root):
    return World(root / "resources" / "northwest_china", seed=1)


@pytest.fixture(scope="module")
def archive(world, tmp_path_factory):
    """Return a folder with all tiles of both products, 2010, and their lists."""
    folder = tmp_path_factory.mktemp("modis")
    for product in (tiles.NPP, tiles.LANDCOVER):
        path = folder / f"{product.name}.csv"
        tiles.write_tiles(folder, path, world, product, 2010, "061", PIXELS)
    return folder


@pytest.fixture(scope="module")
def real_tile(reference_data):
    return next((reference_data / "modis").glob("MOD17A3HGF.*.hdf"))


def granule(archive, tile, product="MOD17A3HGF"):
    return archive / f"{product}.A2010001.{tile}.061.{tiles.STAMP}.hdf"


def layer(path, name):
    return SD(str(path)).select(name)[:]


def all_of(archive, name, product="MOD17A3HGF"):
    """Return a layer of all tiles, stacked."""
    paths = sorted(archive.glob(f"{product}.*.hdf"))
    return np.stack([layer(path, name) for path in paths])


def groups(path):
    """Return name, class and number of members of the groups by which a grid is found."""
    file = HDF(str(path))
    vgroups, found, reference = file.vgstart(), [], -1
    with contextlib.suppress(HDF4Error):  # raised behind the last group
        while True:
            reference = vgroups.getid(reference)
            group = vgroups.attach(reference)
            if group._class.startswith("GRID"):
                found.append((group._name, group._class, group._nmembers))
            group.detach()
    vgroups.end()
    file.close()
    return sorted(found)


def test_groups_of_the_grid_are_those_of_a_real_tile(archive, real_tile):
    assert groups(granule(archive, "h25v05")) == groups(real_tile)


def test_layers_are_those_of_a_real_tile(archive, real_tile):
    ours, real = SD(str(granule(archive, "h25v05"))), SD(str(real_tile))
    assert set(ours.datasets()) == set(real.datasets())
    for name in real.datasets():
        assert ours.datasets()[name][0] == real.datasets()[name][0]  # dimension names
        assert ours.datasets()[name][2] == real.datasets()[name][2]  # type
        found, expected = ours.select(name).attributes(), real.select(name).attributes()
        for key in ("scale_factor", "add_offset", "valid_range", "_FillValue", "units"):
            assert found[key] == expected[key], (name, key)
        assert found["long_name"] == expected["long_name"]


def entries(path):
    """Return the structure text as a set of lines without what differs between tiles."""
    text = SD(str(path)).attributes()["StructMetadata.0"].rstrip("\0")
    lines = {line.strip() for line in text.splitlines()}
    own = ("XDim=", "YDim=", "Size=", "UpperLeft", "LowerRight", "DataFieldName", "DataType")
    return {line for line in lines if line and not line.startswith(own)}


def test_structure_text_is_that_of_a_real_tile(archive, real_tile):
    ours, real = entries(granule(archive, "h25v05")), entries(real_tile)
    assert real - ours == set()
    assert ours - real == {"GridOrigin=HDFE_GD_UL"}  # the default, said aloud


def test_file_attributes_include_those_of_a_real_tile(archive, real_tile):
    ours, real = (SD(str(p)).attributes() for p in (granule(archive, "h25v05"), real_tile))
    needed = {"HDFEOSVersion", "StructMetadata.0", "CoreMetadata.0", "ArchiveMetadata.0"}
    assert needed | {"identifier_product_doi"} <= set(ours) & set(real)
    assert ours["HDFEOSVersion"] == real["HDFEOSVersion"]
    assert ours["identifier_product_doi"] == real["identifier_product_doi"]
    assert ours["simulated"] == "simulated"


def test_corners_agree_with_a_real_tile(real_tile):
    text = SD(str(real_tile)).attributes()["StructMetadata.0"]
    west, north, east, south = tiles.corners("h12v05")
    assert f"UpperLeftPointMtrs=({west:.6f},{north:.6f})" in text
    lower = text.split("LowerRightMtrs=(")[1].split(")")[0]
    np.testing.assert_allclose([east, south], [float(v) for v in lower.split(",")], atol=2e-3)


def test_centres_of_pixels_are_where_the_projection_puts_them():
    from pyproj import Proj

    lon, lat = tiles.pixel_centres("h25v05", PIXELS, 10, 20)
    x, y = Proj("+proj=sinu +R=6371007.181")(lon, lat)
    west, north, east, _ = tiles.corners("h25v05")
    step = (east - west) / PIXELS
    np.testing.assert_allclose(x[3], west + step * (np.arange(PIXELS) + 0.5), atol=1e-3)
    np.testing.assert_allclose(y[:, 7], north - step * (np.arange(10, 20) + 0.5), atol=1e-3)


@pytest.mark.parametrize("product", [tiles.NPP, tiles.LANDCOVER], ids=lambda p: p.name)
def test_blocks_do_not_change_a_tile(world, product, monkeypatch):
    whole = tiles.tile_layers(world, product, 2010, "061", "h26v05", PIXELS)
    monkeypatch.setattr(tiles, "BLOCK", 5 * PIXELS)
    for one, two in zip(
        whole, tiles.tile_layers(world, product, 2010, "061", "h26v05", PIXELS), strict=True
    ):
        np.testing.assert_array_equal(one, two)


def test_a_tile_has_the_same_bytes_on_every_run(world, archive, root, tmp_path):
    path = tmp_path / granule(archive, "h26v05").name
    fresh = World(root / "resources" / "northwest_china", seed=1)
    tiles.write_tile(path, fresh, tiles.NPP, 2010, "061", "h26v05", PIXELS)
    assert path.read_bytes() == granule(archive, "h26v05").read_bytes()


def test_the_list_names_every_tile_with_its_digest(archive, world):
    with open(archive / "MOD17A3HGF.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["file"].split(".")[2] for row in rows] == list(world.region.tiles)
    for row in rows:
        digest = hashlib.sha256((archive / row["file"]).read_bytes()).hexdigest()
        assert row["sha256"] == digest
        assert row["simulated"] == "simulated"
    assert not list(archive.glob(".*"))


def test_codes_follow_the_map_of_the_year(archive):
    npp, classes = all_of(archive, "Npp_500m"), all_of(archive, "LC_Type1", "MCD12Q1")
    coded = (npp > 32700) & (npp != 32767) & (npp != 32761)
    np.testing.assert_array_equal(npp[coded], CODES[classes[coded]])
    np.testing.assert_array_equal(npp == 32767, classes == 255)
    assert {32762, 32763, 32764, 32765, 32766, 32767} <= set(np.unique(npp[npp > 32700]))
    assert set(np.unique(classes)) <= {*range(1, 18), 255}


def test_all_layers_are_absent_together(archive):
    npp, gpp, quality = (all_of(archive, n) for n in ("Npp_500m", "Gpp_500m", "Npp_QC_500m"))
    valid = npp <= 32700
    np.testing.assert_array_equal(valid, gpp <= 65500)
    np.testing.assert_array_equal(valid, quality <= 100)
    assert (npp[valid] < gpp[valid]).all()


def test_the_map_errs_a_little_and_differently_each_year(world):
    lon, lat = (v.ravel() for v in tiles.pixel_centres("h26v05", 200, 50, 150))
    places = world.places(lon, lat)
    wrong = {}
    for year in (2010, 2011):
        true_class = places.true_class(year)
        wrong[year] = world.landcover.mapped_class(true_class, lon, lat, year) != true_class
        # Designed shares 0.025 and 0.03; 20,000 parcels, four standard errors.
        assert abs(wrong[year].mean() - 0.054) < 4 * np.sqrt(0.054 / lon.size)
    assert abs((wrong[2010] & ~wrong[2011]).mean() - 0.029) < 4 * np.sqrt(0.029 / lon.size)


def test_npp_is_worse_where_more_days_were_filled(archive, world):
    lon, lat = (v.ravel() for v in tiles.pixel_centres("h26v05", 240, 0, 240))
    places = world.places(lon, lat)
    npp, _, quality = tiles.NPP.evaluate(world, places, 2010, "061")
    mapped = world.landcover.mapped_class(places.true_class(2010), lon, lat, 2010)
    right = (npp <= 32700) & (mapped == places.true_class(2010))
    error = npp[right] / 10 / places.npp(2010)[right] - 1
    clear, cloudy = (quality[right] < 12), (quality[right] > 30)
    assert error[cloudy].std() > 1.5 * error[clear].std()
    assert np.median(error[cloudy]) < np.median(error[clear])


def test_the_old_collection_is_low_by_its_true_ratio(world):
    from nepflow.simulation.tiles import collection_ratio

    lon, lat = (v.ravel() for v in tiles.pixel_centres("h26v05", PIXELS, 0, PIXELS))
    places = world.places(lon, lat)
    new, old = (tiles.NPP.evaluate(world, places, 2010, c)[0] for c in ("061", "006"))
    found = (new <= 32700) & (new > 1000)
    ratio = places.weights.of(collection_ratio(world))
    np.testing.assert_allclose(old[found] / new[found], ratio[found], atol=1.1 / 1000)
    assert abs(np.mean(collection_ratio(world)) - 0.97) < 0.012


@pytest.mark.slow
def test_gdal_opens_a_tile_at_the_right_place(archive):
    program = shutil.which("gdalinfo")
    formats = program and subprocess.run([program, "--formats"], capture_output=True, text=True)
    if not program or "HDF4" not in formats.stdout:
        pytest.skip("gdalinfo with HDF4 not found: install gdal-bin")
    name = f'HDF4_EOS:EOS_GRID:"{granule(archive, "h25v05")}":{GRID}:Npp_500m'
    told = subprocess.run([program, name], capture_output=True, text=True, check=True).stdout
    assert "Size is 48, 48" in told
    assert "Sinusoidal" in told and "6371007.181" in told
    assert "Upper Left  ( 7783653.638, 4447802.079)" in told
    assert "NoData Value=32767" in told
