"""Options of a choice from the layers that it affects."""

import numpy as np
import pyproj
import pytest
from affine import Affine
from nepflow.evaluation import specification
from nepflow.io import raster

GRID = raster.Grid(pyproj.CRS.from_epsg(6933).to_wkt(), Affine(1000, 0, 0, 0, -1000, 8000), 8, 9)
YEARS = list(range(2001, 2011))
STUDY = {
    "years": YEARS,
    "min_years": 8,
    "casa": {"limits": "own"},
    "variability": {"min_mean_g_c": 10, "ddof": 0},
    "trend": {
        "autocorrelation": "none",
        "slightly_significant_z": 1.64,
        "significant_z": 1.96,
        "extremely_significant_z": 2.58,
    },
    "persistence": {
        "method": "prefix",
        "tolerance": 0,
        "autoregression": 0.3,
        "draws": 100,
        "seed": 1,
    },
}


def test_limits_of_light_use_change_npp_alone(tmp_path):
    rng = np.random.default_rng(1)
    rh = rng.normal(300, 5, (len(YEARS), 8, 9))
    outputs = raster.Output(tmp_path / "rh.tif", "g C m-2 yr-1", "rh", tuple(map(str, YEARS)))
    raster.write(rh, outputs, GRID)
    layers, npp = {"rh": [str(tmp_path / "rh.tif")]}, {}
    for name, level in (("own", 500), ("zhu2007", 700)):
        npp[name] = level + rng.normal(0, 20, rh.shape) - 4 * np.arange(len(YEARS))[:, None, None]
        layers[name] = [str(tmp_path / f"{name}{year}.tif") for year in YEARS]
        for path, values in zip(layers[name], npp[name], strict=True):
            raster.write(values, raster.Output(path, "g C m-2 yr-1", "npp"), GRID)
    rows = list(specification.fpar_limits(layers, ["own", "zhu2007"], STUDY, 100))
    found = {(option, quantity): value for option, _, quantity, value, _ in rows}
    assert {option: chosen for option, chosen, *_ in rows} == {"own": True, "zhu2007": False}
    for name, values in npp.items():
        nep = values - rh
        assert found[name, "nep_mean"] == pytest.approx(nep.mean(), rel=1e-6)
        means = nep.mean(axis=(1, 2))
        pairs = [(means[j] - means[i]) / (j - i) for j in range(10) for i in range(j)]
        assert found[name, "nep_slope"] == pytest.approx(np.median(pairs), rel=1e-5)


def test_2000_is_dropped_or_taken_from_other_npp(tmp_path):
    rng = np.random.default_rng(3)
    years = list(range(2000, 2010))
    nep, rh = rng.normal(200, 5, (10, 8, 9)), rng.normal(300, 5, (10, 8, 9))
    other = rng.normal(900, 5, (8, 9))
    bands = tuple(map(str, years))
    for name, values, of in (("nep", nep, bands), ("rh", rh, bands), ("npp", other, ("2000",))):
        output = raster.Output(tmp_path / f"{name}.tif", "g C m-2 yr-1", name, of)
        raster.write(values, output, GRID)
    layers = {name: [str(tmp_path / f"{name}.tif")] for name in ("nep", "rh")}
    layers["collection_006_harmonised"] = [str(tmp_path / "npp.tif")]
    study = STUDY | {"years": years, "npp": {"year_2000": "collection_006"}}
    options = ["drop", "collection_006", "collection_006_harmonised"]
    rows = list(specification.year_2000(layers, options, study, 1))
    assert [option for option, chosen, *_ in rows if chosen] == ["collection_006"] * 13
    mean = {option: value for option, _, quantity, value, _ in rows if quantity == "nep_mean"}
    assert mean["collection_006"] == pytest.approx(nep.mean(), rel=1e-6)
    assert mean["drop"] == pytest.approx(nep[1:].mean(), rel=1e-6)
    nep[0] = other - rh[0]
    assert mean["collection_006_harmonised"] == pytest.approx(nep.mean(), rel=1e-6)
    kept = list(specification.year_2000(layers, ["drop", "kept"], study, 100))
    assert {option: chosen for option, chosen, *_ in kept} == {"drop": False, "kept": True}
