"""NPP of a user's raster to the layout of the mosaic, and on to the study grid."""

import climate_study
import numpy as np
import pandas as pd
import pytest
import rasterio
from import_npp import import_npp
from nepflow.io import raster
from nepflow.io.user_rasters import BadGrid
from rasterio.transform import from_origin
from warp_npp_raster import warp_npp_raster


def written(path, factor=1.0, **changes):
    """A plane of 100 to 400 g C m-2 yr-1 over the study, a hole in the west, -9 = none."""
    values = np.broadcast_to(np.linspace(100, 400, 60) * factor, (50, 60)).copy()
    values[:, :15] = -9
    profile = {
        "driver": "GTiff",
        "height": 50,
        "width": 60,
        "count": 1,
        "dtype": "float32",
        "crs": "EPSG:4326",
        "transform": from_origin(101.5, 39, 0.1, 0.1),
        "nodata": -9,
    } | changes
    with rasterio.open(path, "w", **profile) as target:
        for band in range(1, profile["count"] + 1):
            target.write(values.astype("float32"), band)
    return str(path)


def run(folder, file, **entry):
    paths = climate_study.make(folder)
    fixed = {"file": file, "unit": "g C m-2 yr-1", "key": "npp.rasters"} | entry
    names = ("flux.tif", "missing_reason.tif", "counts.csv", "granules.csv")
    outputs = [folder / name for name in names]
    import_npp(fixed, paths["grid"], *outputs, year="2001", simulated=False)
    return paths, outputs


@pytest.mark.parametrize(("unit", "factor"), [("g C m-2 yr-1", 1), ("kg C m-2 yr-1", 1e-3)])
def test_raster_reaches_the_study_grid(tmp_path, unit, factor):
    file = written(tmp_path / "npp 2001.tif", factor)
    paths, (flux, missing_reason, counts, granules) = run(tmp_path, file, unit=unit)
    final = [tmp_path / name for name in ("npp.tif", "qc.tif", "why.tif")]
    warp_npp_raster((flux, missing_reason), paths["grid"], final, "2001", "nearest", mem_mb=50)
    npp, why = raster.read(final[0]), raster.read(final[2])
    inside = raster.read(paths["grid"]) == 1
    assert np.nanmin(npp) >= 100 and np.nanmax(npp) <= 400
    assert np.isnan(npp[inside]).any() and np.isfinite(npp[inside]).any()
    assert set(np.unique(why[inside])) == {1, 8}  # valid, fill
    assert np.array_equal(why == 1, np.isfinite(npp))
    assert raster.tags_of(final[0])["source"] == "npp 2001.tif"
    table = pd.read_csv(counts).set_index("reason")["cells"]
    with rasterio.open(flux) as source:
        assert table.sum() == source.width * source.height < 50 * 60
    assert len(pd.read_csv(granules)["sha256"][0]) == 64


def coded(path, number, dtype="int16", scale=1.0, nodata=None, share=0.2):
    """NPP near 250 g C m-2 yr-1, stored with a scale, and a number in some cells."""
    rng = np.random.default_rng(0)
    values = np.round((250 + 20 * rng.standard_normal((50, 60))) / scale, 4)
    values[rng.random(values.shape) < share] = number
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=50,
        width=60,
        count=1,
        dtype=dtype,
        crs="EPSG:4326",
        transform=from_origin(101.5, 39, 0.1, 0.1),
        nodata=nodata,
    ) as target:
        target.write(values.astype(dtype), 1)
    return str(path)


KG = {"unit": "kg C m-2 yr-1"}


@pytest.mark.parametrize(
    ("number", "dtype", "scale", "entry", "words"),
    [
        (32766, "int16", 0.1, KG | {"scale": 0.0001}, r"stores 32766 .*`fill: \[32766\]`"),
        (32761, "float64", 0.1, KG | {"scale": 0.0001}, "stores 32761 "),
        (3276.6, "float32", 1.0, {}, "stores 3276.6 "),
        (3.27634, "float32", 1000.0, KG, "3276.3 .* codes 32761 to 32767 of MOD17A3HGF"),
        (32.7655, "float64", 100.0, {"unit": "t C ha-1 yr-1"}, "valid: .-30000, 32700"),
        (-9999, "int16", 1.0, {}, "stores -9999 "),
        (65535, "uint16", 1.0, {}, "stores 65535 "),
        (999, "int32", 1.0, {}, "stores 999 "),
        (-999, "float32", 1.0, {}, "stores -999 "),
        (np.inf, "float32", 1.0, {}, "infinite"),
    ],
)
def test_codes_of_missing_data_are_no_npp(tmp_path, number, dtype, scale, entry, words):
    file = coded(
        tmp_path / "npp.tif", number, dtype, scale, nodata=-7777 if dtype != "uint16" else 7
    )
    with pytest.raises(BadGrid, match=words):
        run(tmp_path, file, **entry)
    if np.isfinite(number):
        fill = float(np.dtype(dtype).type(number))
        _, (flux, *_) = run(tmp_path, file, fill=[fill, 32767], **entry)
        assert 240 < np.nanmean(raster.read(flux)) < 260
        assert np.isnan(raster.read(flux)).mean() > 0.1


def test_mask_of_the_file_counts(tmp_path):
    file = coded(tmp_path / "npp.tif", 0)
    with rasterio.open(file, "r+") as target:
        target.write_mask(target.read(1) != 0)
    _, (flux, *_) = run(tmp_path, file)
    assert np.nanmin(raster.read(flux)) > 100 and np.isnan(raster.read(flux)).mean() > 0.1


def test_valid_says_what_is_stored_as_a_value(tmp_path):
    file = coded(tmp_path / "npp.tif", 32762, scale=0.1)
    _, (flux, *_) = run(tmp_path, file, scale=0.1, valid=[-30000, 32700])
    assert np.nanmax(raster.read(flux)) < 400 and np.isnan(raster.read(flux)).any()
    file = coded(tmp_path / "npp.tif", 999, "int32")
    _, (flux, *_) = run(tmp_path, file, valid=[0, 1000])
    assert np.nanmax(raster.read(flux)) == 999


@pytest.mark.parametrize(
    ("share", "entry", "said"),
    [
        (0.2, {}, True),
        (0.2, {"valid": [0, 32700]}, False),
        (0.2, {"fill": 0}, False),
        (0, {}, False),
    ],
)
def test_zeros_of_a_mask_are_a_warning(tmp_path, caplog, share, entry, said):
    file = coded(tmp_path / "npp.tif", 0, "float32", share=share)
    _, (flux, *_) = run(tmp_path, file, **entry)
    assert ("exactly 0" in caplog.text and "fill: 0" in caplog.text) == said
    assert (raster.read(flux) == 0).any() == (share > 0 and "fill" not in entry)


@pytest.mark.parametrize(
    ("profile", "entry", "words"),
    [
        ({"count": 2}, {}, "has 2 bands"),
        ({"crs": None}, {}, "says no CRS. Declare `crs` in npp.rasters"),
        ({"transform": from_origin(10, 39, 0.1, 0.1)}, {}, "covers 10 to"),
        ({}, {"unit": "kg C m-2 yr-1"}, "Check unit"),
        ({}, {"unit": "g C m-2 yr-1", "scale": 0.001}, r"median NPP is 0.2.*perhaps kg C m-2"),
        ({}, {"unit": "g C m-2 yr-1", "scale": 0.003}, r"perhaps kg C m-2 yr-1 or t C ha-1"),
        ({}, {"unit": "g C m-2 yr-1", "scale": 20}, r"perhaps stored numbers of MOD17"),
        ({"nodata": None}, {"fill": -9, "scale": 1000.0}, "100.0% of the values"),
    ],
)
def test_faults_are_named(tmp_path, profile, entry, words):
    file = written(tmp_path / "npp.tif", **profile)
    with pytest.raises(BadGrid, match=words):
        run(tmp_path, file, **entry)
