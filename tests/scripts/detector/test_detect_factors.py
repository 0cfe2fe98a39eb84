"""From rasters of a few cells to the tables of a detector."""

import geopandas
import numpy as np
import pandas as pd
import pyproj
import pytest
import rasterio
from affine import Affine
from detect_factors import detect_factors
from detect_scales import detect_scales
from estimate_slope import estimate_slope
from nepflow.detector import detector, results
from nepflow.detector import sample as detector_sample
from nepflow.io import raster
from nepflow.io.user_rasters import BadGrid
from sample_factors import sample_factors
from scipy import ndimage
from shapely.geometry import box
from warp_factor import warp_factor

SIDE = 40
GRID = raster.Grid(
    pyproj.CRS.from_epsg(6933).to_wkt(), Affine(1000, 0, 0, 0, -1000, SIDE * 1000), SIDE, SIDE
)
OPTIONS = {
    "methods": ["equal", "quantile", "natural", "geometric", "sd"],
    "classes": [3, 4],
    "sample": None,
    "block_cells": 10,
    "breaks_sample": 300,
    "surrogates": "shift",
    "draws": 39,
    "test_cells": None,
    "scale_steps": [1, 2, 4, 39],
    "min_cover_percent": 50,
    "min_stratum_cells": 10,
    "seed": 1,
}
BUILT_IN = ["same layer", "", ""]
OUTPUTS = ("factors", "interactions", "risk", "ecological")


def layer(folder, name, values, **options):
    path = str(folder / f"{name}.tif")
    output = raster.Output(path, "unit", name, **options)
    raster.write(np.asarray(values, dtype="float64"), output, GRID)
    return path


@pytest.fixture
def world(tmp_path):
    """A variable made of a height and a class, a factor that has nothing to do with it."""
    rng = np.random.default_rng(5)
    height, other, noise = (
        ndimage.gaussian_filter(rng.normal(size=(SIDE, SIDE)), 3) * 10 for _ in range(3)
    )
    soil = 1.0 + (np.arange(SIDE) // 10)[:, None] + np.zeros((SIDE, SIDE))
    soil[soil == 3] = 1
    variable = 3 * height + 2 * soil + 0.5 * noise
    variable[:3] = np.nan
    other[:, 0] = np.nan
    inside = np.ones((SIDE, SIDE))
    inside[-2:] = np.nan
    grid = raster.Output(tmp_path / "grid.tif", "1", "area", dtype="uint8", classes={1: "inside"})
    raster.write(inside, grid, GRID)
    names = {1: "loam", 2: "clay", 3: "never", 4: "sand"}
    return {
        "folder": tmp_path,
        "grid": str(tmp_path / "grid.tif"),
        "layers": [
            layer(tmp_path, "variable", variable),
            layer(tmp_path, "height", height),
            layer(tmp_path, "soil", soil, dtype="uint8", classes=names),
            layer(tmp_path, "other", other),
        ],
        "values": (variable, height, soil, other),
    }


def sampled(world, **options):
    paths = {
        "sample": str(world["folder"] / "sample.npz"),
        "table": str(world["folder"] / "discretisation.csv"),
    }
    names = ["height", "soil", "other"]
    sample_factors(
        world["layers"],
        names,
        world["grid"],
        paths,
        BUILT_IN,
        OPTIONS | options,
        100,
        simulated=False,
    )
    return detector_sample.read(paths["sample"]), pd.read_csv(paths["table"])


def detected(world):
    outputs = {name: str(world["folder"] / f"{name}.csv") for name in OUTPUTS}
    detect_factors(
        str(world["folder"] / "sample.npz"),
        world["layers"][0],
        outputs,
        OPTIONS,
        BUILT_IN,
        "pixel/nep_mean",
        1,
        simulated=False,
    )
    return {name: pd.read_csv(path) for name, path in outputs.items()}


def value(table, quantity, **where):
    rows = table[table["quantity"] == quantity]
    for column, wanted in where.items():
        rows = rows[rows[column] == wanted]
    assert len(rows) == 1
    return rows["value"].iloc[0]


def test_only_cells_with_everything_count(world):
    sample, table = sampled(world)
    assert sample.y.size == (SIDE - 5) * (SIDE - 1)
    assert sample.rows.min() == 3 and sample.columns.min() == 1
    variable, height, soil, _ = world["values"]
    at = sample.rows, sample.columns
    assert sample.y == pytest.approx(variable[at], rel=1e-6)
    assert sample.values[0] == pytest.approx(height[at], rel=1e-6)
    assert sample.strata[1] == ["loam", "clay", "sand"], "a class without a cell is no stratum"
    assert np.array_equal(sample.codes[1], np.searchsorted([1, 2, 4], soil[at]))
    assert value(table, "cells_compared") == sample.y.size
    share = 100 * (SIDE - 1) / SIDE
    assert value(table, "cells_with_factor", factor="other") == pytest.approx(share)


def test_the_whole_table_of_divisions_is_kept(world):
    sample, table = sampled(world)
    tried = table[(table["quantity"] == "q_statistic") & (table["factor"] == "height")]
    assert len(tried) == 8, "geometric has no limits for values below zero"
    best = tried[tried["chosen"].astype(str) == "True"]
    assert len(best) == 1 and best["value"].iloc[0] == tried["value"].max()
    found = detector.q_statistic(detector.strata_of(sample.y, sample.codes[0]))
    assert found == pytest.approx(tried["value"].max(), abs=1e-9)


def test_tables_are_those_of_plain_computations(world):
    sample, _ = sampled(world)
    tables = detected(world)
    frame = pd.DataFrame({"y": sample.y} | dict(zip("abc", sample.codes, strict=True)))
    total = ((frame["y"] - frame["y"].mean()) ** 2).sum()
    for name, column in zip(sample.names, "abc", strict=True):
        within = frame.groupby(column)["y"].apply(lambda y: ((y - y.mean()) ** 2).sum()).sum()
        assert value(tables["factors"], "q_statistic", factor=name) == pytest.approx(
            1 - within / total, abs=1e-9
        )
    within = frame.groupby(["a", "b"])["y"].apply(lambda y: ((y - y.mean()) ** 2).sum()).sum()
    both = value(tables["interactions"], "q_both", first="height", second="soil")
    assert both == pytest.approx(1 - within / total, abs=1e-9)
    means = frame.groupby("b")["y"].mean()
    risk = tables["risk"][tables["risk"]["other"].isna()]
    for stratum, mean in zip(sample.strata[1], means, strict=True):
        assert value(risk, "mean", stratum=stratum) == pytest.approx(mean, rel=1e-8)
    assert set(tables["risk"]["unit"]) == {"unit", "cells", "1"}
    assert len(tables["ecological"]) == 2 * 3


def test_planted_order_and_significance(world):
    sampled(world)
    factors = detected(world)["factors"]
    q = {name: value(factors, "q_statistic", factor=name) for name in ("height", "soil", "other")}
    assert q["height"] > q["soil"] > q["other"]
    assert value(factors, "surrogate_p", factor="height") == pytest.approx(1 / 40)
    assert value(factors, "surrogate_p", factor="other") > 0.05
    marked = factors[factors["shared_inputs"].notna()]
    assert set(marked["factor"]) == {"height"}


def test_tiny_strata_are_counted_and_warned_of(world):
    sampled(world)
    factors = detected(world)["factors"]
    assert value(factors, "tiny_strata", factor="soil") == 0
    assert list(results.warnings(factors[factors["factor"] == "soil"])) == []
    spoiled = factors.copy()
    spoiled.loc[spoiled["quantity"] == "tiny_strata", "value"] = 2
    ((topic, text),) = results.warnings(spoiled)
    assert "pixel/nep_mean" in topic and "soil (2)" in text


def test_scales(world):
    sample, _ = sampled(world)
    path = str(world["folder"] / "scales.csv")
    given = world | {
        "sample": str(world["folder"] / "sample.npz"),
        "discretisation": str(world["folder"] / "discretisation.csv"),
    }
    settings = {
        "options": OPTIONS,
        "shared_inputs": BUILT_IN,
        "variable": "nep",
        "simulated": False,
    }
    detect_scales(given, {"table": path}, settings, 100)
    scales = pd.read_csv(path)
    assert sorted(set(scales["spacing_km"])) == [1, 2, 4], "39 leaves too few cells"
    fine = scales[scales["spacing_km"] == 1]
    for name, codes in zip(sample.names, sample.codes, strict=True):
        q = detector.q_statistic(detector.strata_of(sample.y, codes))
        assert value(fine, "q_statistic", factor=name) == pytest.approx(q, abs=1e-9)
    assert set(scales[scales["shared_inputs"].notna()]["factor"]) == {"height"}
    assert value(scales, "cells", spacing_km=4) < value(scales, "cells", spacing_km=2) / 3


def test_a_factor_without_common_cells_is_refused(world):
    nowhere = np.full((SIDE, SIDE), np.nan)
    world["layers"][3] = layer(world["folder"], "nowhere", nowhere)
    with pytest.raises(detector_sample.BadFactor, match=r"nowhere\.tif.*Remove the factor"):
        sampled(world)


@pytest.mark.parametrize(("columns", "refused"), [(24, False), (16, True)])
def test_a_factor_of_a_part_of_the_area_is_refused(world, columns, refused):
    """40 % of the cells, not 60 %: the detector would be one of that part."""
    part = np.where(np.arange(SIDE) < columns, world["values"][3], np.nan)
    part[:, 0] = 1  # the variable has these cells
    world["layers"][3] = layer(world["folder"], "part", part)
    if not refused:
        _, table = sampled(world)
        assert value(table, "cells_with_factor", factor="other") == pytest.approx(60)
        return
    with pytest.raises(detector_sample.BadFactor) as said:
        sampled(world)
    for text in (
        "factor other",
        "40.0 % of the cells with variable",
        "min_cover_percent",
        "outside",
    ):
        assert text in str(said.value)
    assert sampled(world, min_cover_percent=30)[0].y.size == 16 * (SIDE - 5)


def test_factors_that_leave_little_together_are_refused(world):
    """70 % on the left and 60 % on the right have 30 % in common."""
    left = np.where(np.arange(SIDE) < 28, world["values"][1], np.nan)
    right = np.where(np.arange(SIDE) >= 16, world["values"][3], np.nan)
    world["layers"][1] = layer(world["folder"], "left", left)
    world["layers"][3] = layer(world["folder"], "right", right)
    with pytest.raises(detector_sample.BadFactor) as said:
        sampled(world)
    assert "30.0 % of its cells (height 70.0 %, soil 100.0 %, other 60.0 %)" in str(said.value)


@pytest.mark.parametrize("outside", ["non-karst", None])
def test_polygons_of_karst_alone_do_not_cut_the_detector(tmp_path, outside):
    """Elevation explains NEP (q about .86); karst in 8 % of 3600 cells explains nothing.

    Without a class of its own all other land left the sample: 280 cells, q of elevation .20.
    """
    grid = raster.Grid(
        pyproj.CRS("+proj=laea +lat_0=20 +lon_0=100 +datum=WGS84 +units=m").to_wkt(),
        Affine(1000, 0, 0, 0, -1000, 60_000),
        60,
        60,
    )
    rng = np.random.default_rng(0)
    elevation = np.mgrid[:60, :60][0] * 30.0 + rng.normal(size=(60, 60)) * 50
    nep = 500 - 0.2 * elevation + rng.normal(size=(60, 60)) * 40
    paths = {name: str(tmp_path / f"{name}.tif") for name in ("grid", "nep", "elevation", "karst")}
    inside = raster.Output(paths["grid"], "1", "grid", dtype="uint8", classes={1: "inside"})
    raster.write(np.ones((60, 60)), inside, grid)
    for name, values in (("nep", nep), ("elevation", elevation)):
        raster.write(values, raster.Output(paths[name], "1", name), grid)
    shapes, polygons = [box(5e3, 5e4, 4e4, 5.8e4)], str(tmp_path / "karst.gpkg")
    geopandas.GeoDataFrame({"name": ["karst"]}, geometry=shapes, crs=grid.crs).to_file(polygons)
    factor = {"name": "karst", "file": "k", "name_field": "name", "outside": outside}
    warp_factor(polygons, paths["grid"], paths["karst"], factor, 500)

    def q_of(names):
        layers = [paths["nep"], *(paths[name] for name in names)]
        outputs = {"sample": str(tmp_path / "s.npz"), "table": str(tmp_path / "d.csv")}
        marks = [""] * len(names)
        sample_factors(layers, names, paths["grid"], outputs, marks, OPTIONS, 500, simulated=False)
        sample = detector_sample.read(outputs["sample"])
        strata = results.strata_of_factors(sample)
        return sample, {name: detector.q_statistic(found) for name, found in strata.items()}

    alone = q_of(["elevation"])[1]["elevation"]
    assert 0.8 < alone < 0.9
    if outside is None:
        with pytest.raises(
            detector_sample.BadFactor, match=r"factor karst: .* 7\.8 % of the cells"
        ):
            q_of(["elevation", "karst"])
        return
    sample, q = q_of(["elevation", "karst"])
    assert sample.y.size == 3600 and sample.strata[1] == ["karst", "non-karst"]
    assert q["elevation"] == alone
    karst = sample.codes[1] == 0
    within = sum(((y - y.mean()) ** 2).sum() for y in (sample.y[karst], sample.y[~karst]))
    assert q["karst"] == pytest.approx(1 - within / (3600 * sample.y.var()))


def test_classes_of_a_raster_and_what_has_none(world):
    """Rock is mapped in the left half; 0 is its nodata, and code 2 is free."""
    values = np.where(np.arange(SIDE) < SIDE // 2, 3, 0) * np.ones((SIDE, 1))
    values[:4] = np.where(values[:4] > 0, 1, 0)
    path = raw(world["folder"], "rock.tif", values.astype("uint8"), side=1000.0)
    out, rock = str(world["folder"] / "o.tif"), {"name": "rock", "classes": True}
    warp_factor(path, world["grid"], out, rock | {"resampling": "nearest"}, 100)
    assert np.isnan(raster.read(out)[:, 20:]).all()
    warp_factor(path, world["grid"], out, rock | {"resampling": "nearest", "outside": "soil"}, 100)
    assert raster.classes_of(out) == {1: "class 1", 2: "soil", 3: "class 3"}
    codes = raster.read(out)
    assert (codes[:-2, 20:] == 2).all() and (codes[4:-2, :20] == 3).all()
    assert np.isnan(codes[-2:]).all(), "outside the area"


def test_what_cannot_be_compared_is_refused(world):
    cube = str(world["folder"] / "cube.tif")
    raster.write(np.ones((2, SIDE, SIDE)), raster.Output(cube, "1", "cube", ("a", "b")), GRID)
    layers = list(world["layers"])
    world["layers"][3] = cube
    with pytest.raises(
        detector_sample.BadFactor, match=r"cube\.tif: has 2 bands.*pixel/temperature"
    ):
        sampled(world)
    world["layers"] = [layer(world["folder"], "flat", np.ones((SIDE, SIDE))), *layers[1:]]
    with pytest.raises(detector_sample.BadFactor, match=r"flat\.tif: does not vary"):
        sampled(world)


def raw(folder, name, values, crs="EPSG:6933", side=500.0):
    path = str(folder / name)
    height, width = values.shape
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=height,
        width=width,
        count=1,
        dtype=values.dtype,
        crs=crs,
        transform=Affine(side, 0, 0, 0, -side, SIDE * 1000),
        nodata=0,
    ) as target:
        target.write(values, 1)
    return path


def test_rasters_of_the_user(world):
    rng = np.random.default_rng(0)
    fine = rng.integers(1, 4, (4 * SIDE, 4 * SIDE)).astype("uint8")
    path, out = raw(world["folder"], "rock.tif", fine, side=250.0), str(world["folder"] / "o.tif")
    warp_factor(path, world["grid"], out, {"name": "rock", "unit": "km2"}, 100)
    blocks = fine.reshape(SIDE, 4, SIDE, 4).mean(axis=(1, 3))
    assert raster.read(out)[:-2] == pytest.approx(blocks[:-2], rel=1e-6)
    assert np.isnan(raster.read(out)[-2:]).all(), "outside the area"
    assert raster.tags_of(out)["unit"] == "km2" and raster.tags_of(out)["resampling"] == "average"
    warp_factor(path, world["grid"], out, {"name": "rock", "classes": True}, 100)
    counts = np.stack(
        [(fine == code).reshape(SIDE, 4, SIDE, 4).sum(axis=(1, 3)) for code in (1, 2, 3)]
    )
    clear = np.sort(counts, axis=0)[-1] > np.sort(counts, axis=0)[-2]
    clear[-2:] = False
    assert np.array_equal(raster.read(out)[clear], counts.argmax(axis=0)[clear] + 1)
    assert raster.classes_of(out) == {1: "class 1", 2: "class 2", 3: "class 3"}
    many = raw(world["folder"], "many.tif", np.full((SIDE, SIDE), 300, dtype="uint16"), side=1000.0)
    with pytest.raises(ValueError, match=r"many\.tif.*Join classes"):
        warp_factor(many, world["grid"], out, {"name": "many", "classes": True}, 100)


@pytest.mark.parametrize(
    ("code", "dtype"), [(-9999, "int16"), (65535, "uint16"), (255, "uint8"), (-99999, "float32")]
)
def test_codes_of_missing_data_in_a_raster_of_the_user(world, code, dtype):
    rng = np.random.default_rng(0)
    values = rng.integers(1, 100, (SIDE, SIDE)).astype(dtype)
    values[rng.random(values.shape) < 0.1] = code
    path, out = raw(world["folder"], "p.tif", values, side=1000.0), str(world["folder"] / "o.tif")
    with pytest.raises(
        BadGrid, match=rf"p.tif: stores {code} .*`fill: \[{code}\]` in the factor p"
    ):
        warp_factor(path, world["grid"], out, {"name": "p"}, 100)
    for declared in ({"fill": code}, {"valid": [1, 100]}):
        warp_factor(path, world["grid"], out, {"name": "p"} | declared, 100)
        assert np.nanmin(raster.read(out)) >= 1 and np.nanmax(raster.read(out)) < 100
        assert np.isnan(raster.read(out)[:-2]).any()
    classes = {"name": "p", "classes": True, "fill": code, "resampling": "nearest"}
    warp_factor(path, world["grid"], out, classes, 100)
    assert max(raster.classes_of(out)) < 100


def test_polygons_of_the_user(world):
    path, out = str(world["folder"] / "karst.gpkg"), str(world["folder"] / "o.tif")
    shapes = [box(0, 0, 20_000, 40_000), box(20_000, 0, 30_000, 40_000)]
    geopandas.GeoDataFrame({"kind": ["karst", "other"]}, geometry=shapes, crs="EPSG:6933").to_file(
        path
    )
    warp_factor(path, world["grid"], out, {"name": "karst", "name_field": "kind"}, 100)
    codes = raster.read(out)
    assert raster.classes_of(out) == {1: "karst", 2: "other"}
    assert "25.0 % of the cells of the area lie in no polygon" in raster.warnings_of(out)[0]
    assert (codes[:-2, :20] == 1).all() and (codes[:-2, 20:30] == 2).all()
    assert np.isnan(codes[:, 30:]).all() and np.isnan(codes[-2:]).all()


def test_more_polygons_than_a_byte_counts(world):
    """Squares of 2 km, 400 of them, some of which hold no cell of the area."""
    path, out = str(world["folder"] / "counties.gpkg"), str(world["folder"] / "counties.tif")
    corners = [(2000 * column, 38_000 - 2000 * row) for row in range(20) for column in range(20)]
    shapes = [box(x, y, x + 2000, y + 2000) for x, y in corners]
    frame = geopandas.GeoDataFrame({"id": np.arange(400.0)}, geometry=shapes, crs="EPSG:6933")
    frame.to_file(path)
    warp_factor(path, world["grid"], out, {"name": "counties", "name_field": "id"}, 100)
    codes = raster.read(out)
    assert raster.classes_of(out)[380] == "379" and codes[37, 39] == 380
    assert raster.warnings_of(out)[0].endswith("387, 388, 389, and 10 more)")
    world["layers"][2] = out
    sample, _ = sampled(world)
    assert len(sample.strata[1]) == 360
    named = [sample.strata[1][code] for code in sample.codes[1]]
    assert named == [f"{int(code) - 1}" for code in codes[sample.rows, sample.columns]]
    with pytest.raises(ValueError, match="0 and 21 overlap by 4 km2"):
        frame.assign(geometry=frame.geometry.buffer(1000, join_style="mitre")).to_file(path)
        warp_factor(path, world["grid"], out, {"name": "counties", "name_field": "id"}, 100)


def test_slope_of_a_plane(world):
    """Rises of 30 m and 40 m a km: a slope of 50 m a km."""
    x = np.arange(SIDE)
    heights = 30.0 * x[None, :] - 40 * x[:, None]
    heights[5:8, 6] = np.nan
    dem = layer(world["folder"], "dem", heights)
    out = str(world["folder"] / "slope.tif")
    estimate_slope(dem, out)
    slope = raster.read(out)
    known = ~np.isnan(heights)
    known[[0, 0, -1, -1], [0, -1, 0, -1]] = False  # corners lack a neighbour and its opposite
    assert slope[known] == pytest.approx(np.degrees(np.arctan(0.05)), rel=1e-5)
    assert np.array_equal(np.isnan(slope), np.isnan(heights))


def test_slope_of_a_bend_by_hand(world):
    """One cell 80 m higher east of the middle: (2 * 80) / (8 * 1000) to the east."""
    heights = np.zeros((SIDE, SIDE))
    heights[10, 11] = 80
    out = str(world["folder"] / "slope.tif")
    estimate_slope(layer(world["folder"], "dem", heights), out)
    slope = raster.read(out)
    assert slope[10, 10] == pytest.approx(np.degrees(np.arctan(0.02)), rel=1e-6)
    assert slope[9, 10] == pytest.approx(np.degrees(np.arctan(np.hypot(0.01, 0.01))), rel=1e-6)
    assert slope[10, 11] == 0
    assert raster.tags_of(out)["unit"] == "degree"
