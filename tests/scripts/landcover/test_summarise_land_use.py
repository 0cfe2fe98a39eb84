"""Means and classes of two periods, and the tables of their change, from small rasters."""

import numpy as np
import pandas as pd
import pyproj
import pytest
from affine import Affine
from average_landcover import average_landcover
from average_periods import average_periods
from nepflow.io import raster
from summarise_land_use import summarise_land_use

GRID = raster.Grid(
    pyproj.CRS.from_epsg(6933).to_wkt(), Affine(1000, 0, 0, 0, -1000, 20_000), 20, 24
)
NAMES = {1: "forest", 2: "grass", 3: "barren"}
OPTIONS = {
    "min_data_percent": 10,
    "absent_density": "separate",
    "neighbourhood_km": 5,
    "min_stable_cells": 3,
}


def layer(folder, name, values, **options):
    path = str(folder / f"{name}.tif")
    raster.write(values, raster.Output(path, "g C m-2 yr-1", name, **options), GRID)
    return path


def classes(folder, name, codes):
    named = {"dtype": "uint8", "classes": NAMES}
    return layer(folder, name, codes, colours=dict.fromkeys(NAMES, "#123456"), **named)


def test_means_of_periods(tmp_path):
    rng = np.random.default_rng(0)
    cube = rng.normal(200, 20, (6, 20, 24))
    cube[:2, 0, 0] = np.nan
    years = list(range(2001, 2007))
    path = layer(tmp_path, "nep", cube, bands=tuple(map(str, years)))
    outputs = [str(tmp_path / f"{name}.tif") for name in ("first", "last")]
    average_periods([path], outputs, years, [[2001, 2002, 2003], [2005, 2006]], 2, 100)
    first, last = (raster.read(output) for output in outputs)
    assert first[1:] == pytest.approx(cube[:3].mean(axis=0)[1:], rel=1e-6)
    assert last == pytest.approx(cube[4:].mean(axis=0), rel=1e-6)
    assert np.isnan(first[0, 0]), "one year of two"
    assert raster.tags_of(outputs[0])["long_name"] == "mean nep 2001-2003"


def test_classes_of_a_period(tmp_path):
    rng = np.random.default_rng(1)
    annual = rng.integers(1, 4, (3, 20, 24)).astype("float64")
    annual[:, 0, 0] = np.nan
    paths = [classes(tmp_path, f"y{i}", codes) for i, codes in enumerate(annual)]
    average_landcover(paths, str(tmp_path / "class.tif"), [2001, 2002, 2003], 100)
    found = raster.read(str(tmp_path / "class.tif"))
    counts = np.stack([(annual == code).sum(axis=0) for code in NAMES])
    wanted = 1.0 + counts.argmax(axis=0)
    wanted[0, 0] = np.nan
    assert np.array_equal(found, wanted, equal_nan=True)
    assert raster.classes_of(str(tmp_path / "class.tif")) == NAMES


@pytest.fixture
def world(tmp_path):
    """Barren has no data; some cells lie outside of the area or have no class."""
    rng = np.random.default_rng(2)
    before = rng.integers(1, 4, (20, 24)).astype("float64")
    after = np.where(rng.random(before.shape) < 0.7, before, rng.integers(1, 4, before.shape))
    before[3, 3] = np.nan
    means = [rng.normal(200, 20, before.shape) + 50 * (c == 1) for c in (before, after)]
    means[0][before == 3], means[1][after == 3] = np.nan, np.nan
    inside = np.ones(before.shape)
    inside[0] = np.nan
    paths = {
        "mean_paths": [layer(tmp_path, f"m{i}", mean) for i, mean in enumerate(means)],
        "landcover_paths": [classes(tmp_path, f"c{i}", c) for i, c in enumerate((before, after))],
        "grid_path": layer(tmp_path, "grid", inside, dtype="uint8"),
        "outputs": {name: str(tmp_path / f"{name}.csv") for name in ("effects", "densities")},
    }
    means = [mean.astype("float32").astype("float64") for mean in means]
    for values in (before, after, *means):
        values[0] = np.nan
    return paths, (before, after), means


def test_tables_are_those_of_plain_computations(world):
    paths, (before, after), means = world
    summarise_land_use(**paths, where=("nep", "a and b"), options=OPTIONS, simulated=False)
    effects, densities = (pd.read_csv(path) for path in paths["outputs"].values())
    both = np.isfinite(means[1] - means[0])
    frame = densities.set_index(["class", "quantity"])["value"]
    for code, name in ((1, "forest"), (2, "grass")):
        assert frame[name, "density_before"] == pytest.approx(
            means[0][both & (before == code)].mean(), rel=1e-8
        )
        assert frame[name, "area_after"] == ((after == code) & np.isfinite(before)).sum()
    assert np.isnan(frame["barren", "density_before"])
    found = effects.set_index(["from_class", "to_class", "quantity"])["value"]
    pair = (before == 2) & (after == 1)
    assert found["grass", "forest", "area"] == pair.sum()
    change = (means[1] - means[0])[pair & both].sum() * 1e-6
    assert found["grass", "forest", "observed_change"] == pytest.approx(change, rel=1e-8)
    absent = np.isfinite(before) & np.isfinite(after) & ((before == 3) | (after == 3))
    assert found["no productivity data", "no productivity data", "area"] == absent.sum()
    assert found["no land cover", "no land cover", "area"] == 1
    whole = found["all", "all", "area"] + absent.sum() + 1
    assert whole == 19 * 24, "the areas close to the area of the study"
    parts = ("area_effect", "density_effect", "interaction_effect")
    total = sum(found["all", "all", part] for part in parts)
    first, last = found["all", "all", "total_before"], found["all", "all", "total_after"]
    assert total == pytest.approx(last - first, abs=1e-9 * abs(first))
    assert found["grass", "forest", "beyond_stable_area"] > 0


def test_absent_density_may_count_zero(world):
    paths, *_ = world
    options = OPTIONS | {"absent_density": "zero"}
    summarise_land_use(**paths, where=("nep", "a and b"), options=options, simulated=False)
    effects = pd.read_csv(paths["outputs"]["effects"]).set_index(
        ["from_class", "to_class", "quantity"]
    )
    found = effects["value"]
    assert found["no productivity data", "no productivity data", "area"] == 0
    assert found["barren", "barren", "total_effect"] == 0
    assert found["barren", "forest", "area_effect"] > 0


def test_few_odd_cells_do_not_stand_for_a_class(world):
    """Two cells of barren land with data: the class is without data all the same."""
    paths, (before, after), means = world
    odd = [tuple(place) for place in np.argwhere((before == 3) & (after == 3))[-2:]]
    for path, mean in zip(paths["mean_paths"], means, strict=True):
        values = mean.copy()
        values[tuple(zip(*odd, strict=True))] = 900.0
        raster.write(values, raster.Output(path, "g C m-2 yr-1", "mean"), GRID)
    for percent, known in ((10, False), (0, True)):
        options = OPTIONS | {"min_data_percent": percent}
        summarise_land_use(**paths, where=("nep", "a and b"), options=options, simulated=False)
        table = pd.read_csv(paths["outputs"]["densities"]).set_index(["class", "quantity"])["value"]
        assert np.isfinite(table["barren", "density_before"]) == known
        assert 0 < table["barren", "share_with_data_before"] < 10
