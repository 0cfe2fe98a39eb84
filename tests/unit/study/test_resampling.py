"""What `auto` is: by the size of the cells of the grid and of the product."""

import pytest
from nepflow.study import modis

AUTO = {"resampling": "auto"}


def study(resolution_m, pixels=None, **blocks):
    made = {
        "grid": {"resolution_m": resolution_m},
        "simulated": pixels is not None,
        "npp": AUTO,
        "landcover": AUTO,
        "ndvi": AUTO | {"product": "MOD13A3"},
    }
    return made | ({"simulation": {"pixels_per_tile": pixels}} if pixels else {}) | blocks


@pytest.mark.parametrize(
    ("product", "side"), [("MOD17A3HGF", 463.3127), ("MOD13A3", 926.6254), ("MOD13Q1", 231.6564)]
)
def test_native_cells_are_those_of_the_products(product, side):
    """The published sizes of the sinusoidal grid."""
    assert modis.native_m(study(500), product) == pytest.approx(side, abs=1e-3)


def test_native_cells_of_a_simulation_are_its_own():
    assert modis.native_m(study(500, 240), "MCD12Q1") == pytest.approx(4633.13, abs=0.01)
    assert modis.native_m(study(500, 240), "MOD13A3") == pytest.approx(9266.25, abs=0.01)


@pytest.mark.parametrize(
    ("resolution_m", "pixels", "npp", "classes", "ndvi"),
    [
        (500, None, "nearest", "nearest", "nearest"),
        (926, None, "nearest", "nearest", "nearest"),
        (1000, None, "average", "mode", "nearest"),  # 2.2 cells of 463 m, 1.1 of 927 m
        (5000, None, "average", "mode", "average"),
        (5000, 240, "nearest", "nearest", "nearest"),  # a simulated tile has 240 x 240 cells
        (10000, 240, "average", "mode", "nearest"),
    ],
)
def test_many_native_cells_are_averaged(resolution_m, pixels, npp, classes, ndvi):
    own = study(resolution_m, pixels)
    assert modis.resampling_of(own, "MOD17A3HGF") == npp
    assert modis.resampling_of(own, "MCD12Q1") == classes
    assert modis.resampling_of_ndvi(own) == ndvi


def test_what_the_study_says_stands():
    own = study(5000, npp={"resampling": "bilinear"}, landcover={"resampling": "nearest"})
    assert modis.resampling_of(own, "MOD17A3HGF") == "bilinear"
    assert modis.resampling_of(own, "MCD12Q1") == "nearest"
    assert modis.resampling_reason(own, "MCD12Q1") == ""
    assert modis.resampling_reason(own, "MOD13A3") == "a cell is 5.4 cells of the product wide"


def test_every_product_knows_its_cells():
    assert {name: product.cells for name, product in modis.PRODUCTS.items()} == {
        "MOD17A3HGF": 2400,
        "MCD12Q1": 2400,
        "MOD13A3": 1200,
        "MOD13A2": 1200,
        "MOD13Q1": 4800,
    }
