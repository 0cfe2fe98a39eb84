"""The HDF4-EOS reader on genuine tiles and on spoiled files."""

from pathlib import Path

import numpy as np
import pytest
import tiles
from nepflow.modis import hdf
from nepflow.study import modis

NPP = modis.PRODUCTS["MOD17A3HGF"].fields["npp"]


def genuine(folder, pattern):
    return str(next((folder / "modis").glob(pattern)))


def test_genuine_npp_tile(reference_data):
    path = genuine(reference_data, "MOD17A3HGF*")
    layer = hdf.read_layer(path, NPP.name)
    hdf.check_place(path, layer)
    npp = hdf.decode(layer, NPP, path)
    assert np.isfinite(npp).sum() == 174_541
    assert np.nanmean(npp.astype("float64")) == pytest.approx(772.2, abs=0.05)
    reason = hdf.missing_reason(layer, NPP)
    counts = {name: int((reason == code).sum()) for code, name in modis.MISSING_REASONS.items()}
    assert counts == {
        "valid": 174_541,
        "water": 5_565_448,
        "barren": 834,
        "urban": 19_062,
        "wetland": 0,
        "snow": 68,
        "unclassified": 0,
        "fill": 47,
        "mixed": 0,
    }
    assert sum(counts.values()) == 2400 * 2400
    assert layer.transform.c == -6671703.118 and layer.transform.f == 4447802.078667
    assert layer.transform.a == pytest.approx(463.3127, abs=1e-4)


def test_genuine_clipped_tile_divides_by_its_scale(reference_data):
    ndvi = modis.PRODUCTS["MOD13A2"].fields["ndvi"]
    path = genuine(reference_data, "MOD13A2*")
    layer = hdf.read_layer(path, ndvi.name, grid="MODIS_Grid_16DAY_1km_VI")
    values = hdf.decode(layer, ndvi, path)
    assert layer.codes.shape == (185, 219)
    assert np.nanmin(values) == pytest.approx(0.107, abs=5e-4)
    assert np.nanmax(values) == pytest.approx(0.939, abs=5e-4)
    hdf.check_place(path, layer)
    with pytest.raises(hdf.BadTile, match="in grid nowhere; grids: MODIS_Grid_16DAY_1km_VI"):
        hdf.read_layer(path, ndvi.name, grid="nowhere")


def test_valid_range_decides_not_the_fill_value(tmp_path):
    codes = np.array([[1234, -50, 32700], [32761, 32766, 32767], [32701, -30001, 0]])
    path = tiles.write_npp(tmp_path, "h25v05", codes)
    npp = hdf.decode(hdf.read_layer(path, NPP.name), NPP, path)
    expected = [[123.4, -5.0, 3270.0], [np.nan] * 3, [np.nan, np.nan, 0.0]]
    assert np.allclose(npp, expected, equal_nan=True, rtol=1e-6)


def test_spoiled_files_are_named(tmp_path):
    path = tiles.write_npp(tmp_path, "h25v05", np.zeros((40, 40)))
    content = Path(path).read_bytes()
    cut = tmp_path / tiles.name_of("h26v05")
    cut.write_bytes(content[: len(content) // 3])
    with pytest.raises(hdf.BadTile, match=r"h26v05.*cut off or damaged.*get it again"):
        hdf.read_layer(cut, NPP.name)
    page = tmp_path / "page.hdf"
    page.write_text("<!DOCTYPE html><html><body>Please log in</body></html>")
    with pytest.raises(hdf.BadTile, match=r"page\.hdf.*web page"):
        hdf.read_layer(page, NPP.name)
    empty = tmp_path / "empty.hdf"
    empty.write_bytes(b"")
    with pytest.raises(hdf.BadTile, match="not an HDF4 file"):
        hdf.read_layer(empty, NPP.name)
    with pytest.raises(hdf.BadTile, match=r"no field LC_Type1.*fields: Npp_500m, Npp_QC_500m"):
        hdf.read_layer(path, "LC_Type1")


def test_renamed_tile_is_refused(tmp_path):
    path = tiles.write_npp(tmp_path, "h25v05", np.zeros((4, 4)), tiles.corners_of("h24v05"))
    with pytest.raises(hdf.BadTile, match="not in tile h25v05"):
        hdf.check_place(path, hdf.read_layer(path, NPP.name))


def test_other_scale_is_refused(tmp_path):
    layer = hdf.read_layer(tiles.write_npp(tmp_path, "h25v05", np.zeros((4, 4))), NPP.name)
    layer.attributes["scale_factor"] = 0.1
    with pytest.raises(hdf.BadTile, match=r"scale_factor 0\.1, the product has 0\.0001"):
        hdf.decode(layer, NPP, "a.hdf")


def test_tiles_are_found_once_each(tmp_path):
    wanted = ["h25v05", "h26v05"]
    for tile in wanted:
        (tmp_path / tiles.name_of(tile)).touch()
    found = modis.find_tiles(tmp_path, "MOD17A3HGF", "061", 2001, wanted)
    assert [path.rpartition("/")[2] for path in found] == [tiles.name_of(t) for t in wanted]
    with pytest.raises(modis.MissingTiles, match="2001 for h27v05"):
        modis.find_tiles(tmp_path, "MOD17A3HGF", "061", 2001, [*wanted, "h27v05"])
    (tmp_path / tiles.name_of("h25v05", produced="2023002000000")).touch()
    with pytest.raises(modis.MissingTiles, match="in 2 versions"):
        modis.find_tiles(tmp_path, "MOD17A3HGF", "061", 2001, wanted)


def test_tile_lattice():
    west, south, east, north = modis.tile_bounds("h12v05")
    assert (west, north) == pytest.approx((-6671703.118, 4447802.078667), abs=0.01)
    assert (east, south) == pytest.approx((-5559752.598333, 3335851.559), abs=0.01)
