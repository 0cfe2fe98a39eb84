"""Errors of four cells, from rasters to the table of a zone, by hand."""

import json
import math

import numpy as np
import pandas as pd
import pyproj
import pytest
from affine import Affine
from estimate_uncertainty import estimate_uncertainty
from nepflow.io import raster, tables
from nepflow.study.respiration import OF_DIRECT
from nepflow.zones.sums import COLUMNS as TRENDS
from summarise_uncertainty import summarise_uncertainty

CRS = pyproj.CRS.from_epsg(6933).to_wkt()
GRID = raster.Grid(CRS, Affine(1000, 0, 0, 0, -1000, 2000), 2, 2)  # cells of 1 km2
SHARES = {"random": 0.0, "regional": 0.0, "common": 1.0}
ERRORS = {
    "npp": {
        "sd_percent": {0: 50.0, 1: 20.0},
        "shares": SHARES,
        "range_km": 10.0,
        "filled_factor": 1.0,
    },
    "temperature": {"sd": "stations", "range_km": 0.0},
    "precipitation": {"sd_percent": "map", "range_km": 0.0},
    "respiration": {"covariance": [[0.01, 0], [0, 1e-12]], "place_sd": 0.0, "range_km": 5.0},
}
NEP = [[100.0, 60.0], [-20.0, np.nan]]


@pytest.fixture
def made(tmp_path):
    """Files of the job, made; {name: path} of its outputs."""

    def file(name, values, bands=("1",), **more):
        path = str(tmp_path / f"{name}.tif")
        array = np.array(np.broadcast_to(values, (len(bands), 2, 2)), float)
        raster.write(array, raster.Output(path, "1", name, bands, **more), GRID)
        return path

    classes = {"dtype": "uint8", "classes": {1: "forest", 2: "grass"}}
    months = {"station": ["a", "b"], "observed": [5.0, 5.0], "predicted": [8.0, 9.0]}
    pd.DataFrame(months).to_parquet(tmp_path / "residuals.parquet")
    moves = np.array([50.0, 400.0, 2.0, 30.0])[:, None, None]
    inputs = {
        "nep": file("nep", NEP),
        "npp": file("npp", np.array(NEP) + 50),
        "valid_years": file("valid_years", 4, dtype="uint8"),
        "sensitivity": file("sensitivity", moves, OF_DIRECT),
        "precipitation": file("precipitation", 400.0),
        "quality": [file("qc_1", [[0, 50], [0, 0]]), file("qc_2", [[0, np.nan], [0, 0]])],
        "landcover": file("landcover", [[1, 1], [0, 1]], **classes),
        "error_maps": [file("rain_error", 40.0)],
        "residuals": [str(tmp_path / "residuals.parquet")],
        "grid": file("grid", 1, dtype="uint8", classes={1: "area"}),
        "by_model": file("by_model", np.stack([NEP, np.array(NEP) - 90]), ("monthly", "annual")),
        "other_npp": [file("npp_own", 100.0), file("npp_other", 130.0)],
        "zones": {"land": file("land", [[1, 1], [2, 2]], **classes)},
    }
    outputs = {
        name: str(tmp_path / f"out_{name}.tif")
        for name in ("sd", "largest", "sink_probability", "sink_share_of_models")
    }
    outputs |= {"effects": str(tmp_path / "effects.parquet"), "errors": tmp_path / "errors.csv"}
    rows = [
        ("temperature", "sd", "", "stations", "K", "stations left out"),
        ("precipitation", "sd_percent", "", "map", "%", "map"),
    ]
    settings = {
        "errors": ERRORS,
        "error_rows": rows,
        "of_maps": ["precipitation"],
        "models": ["monthly", "annual", "npp_mod17"],
        "confidence_percent": 95,
        "simulated": False,
    }
    estimate_uncertainty(inputs, outputs, settings, 100, 1)
    return outputs


def test_cells_by_hand(made):
    # temperature: sqrt((9 + 16) / 2) K x 2; rain: 40 / 400 x 30; level: 50 x .1
    rest = 2**2 * 12.5 + 3**2 + 5**2
    npp = [150 * 0.2, 110 * 0.2 * 1.5, 30 * 0.5]  # filled by half; without a class
    expected = [math.sqrt(own**2 + rest) for own in npp]
    sd = raster.read(made["sd"])
    assert sd.ravel()[:3] == pytest.approx(expected, rel=1e-6) and np.isnan(sd[1, 1])
    probability = raster.read(made["sink_probability"])[0, 0]
    assert probability == pytest.approx(0.5 * math.erfc(-100 / expected[0] / math.sqrt(2)))
    largest = raster.read(made["largest"])
    assert largest.ravel()[:3].tolist() == [1, 1, 1] and np.isnan(largest[1, 1])
    names = json.loads(raster.tags_of(made["largest"])["classes"])
    assert names["1"] == "NPP" and len(names) == 4


def test_errors_that_were_taken_are_numbers(made):
    table = tables.read(made["errors"], ["error_source", "value", "origin"])
    assert table["value"].tolist()[0] == pytest.approx(math.sqrt(12.5))
    assert np.isnan(table["value"].tolist()[1])


def test_zones_by_hand(made, tmp_path):
    rows = [
        (*where, "2001-2004", f"nep_{name}", value, unit, *[np.nan] * 4)
        for where, mean in ((("region", "all"), 140 / 3), (("land", "forest"), 80.0))
        for name, value, unit in (("mean", mean, "g C m-2 yr-1"), ("total", mean / 10, "Tg C yr-1"))
    ]
    tables.write(rows, tmp_path / "trends.csv", TRENDS)
    out = tmp_path / "uncertainty.csv"
    series = [
        (*where, str(year), "nep_mean", value, "g C m-2 yr-1")
        for where, value in ((("region", "all"), 46.0), (("land", "forest"), 80.0))
        for year in range(2001, 2005)
    ]
    tables.write(series, tmp_path / "series.csv")
    inputs = {"effects": made["effects"]}
    inputs |= {name: tmp_path / f"{name}.csv" for name in ("trends", "series")}
    settings = {"chosen": "monthly", "confidence_percent": 95, "simulated": False}
    summarise_uncertainty(inputs, "land", out, settings)
    table = tables.read(out, ["zone", "quantity", "error_source", "part", "sd", "value"])
    found = table.set_index(["zone", "quantity", "error_source", "part"])
    assert ("grass", "nep_mean", "all", "all") not in found.index  # no mean in the trends
    own = found.loc[("forest", "nep_mean")]
    assert own["sd"]["npp", "common"] == pytest.approx((30 + 33) / 2)
    # temperature of two cells: each on its own, without a range
    assert own["sd"]["temperature", "regional"] == pytest.approx(2 * math.sqrt(12.5) / math.sqrt(2))
    assert own["sd"]["respiration", "common"] == pytest.approx(5)
    whole = own.loc[("all", "all")]
    expected = math.sqrt(31.5**2 + 4 * 12.5 / 2 + 9 / 2 + 25)
    assert whole["sd"] == pytest.approx(expected)
    assert whole["high"] - whole["value"] == pytest.approx(1.959964 * expected)
    assert found.loc[("forest", "nep_total", "all", "all"), "sd"] == pytest.approx(expected / 10)
    assert found.loc[("all", "nep_sink_probability", "all", "all"), "value"] > 90
    models = found.loc["forest", "nep_mean", "model"]["value"]
    assert models.to_dict() == pytest.approx({"monthly": 80, "annual": -10, "npp_mod17": 110})
    assert found.loc[("forest", "nep_sink_probability", "model", "all"), "value"] == pytest.approx(
        200 / 3
    )
    assert found.loc[("forest", "nep_sink_share", "all", "all"), "value"] == 100


def test_models_that_say_sink(made):
    share = raster.read(made["sink_share_of_models"])
    assert share.ravel()[:3] == pytest.approx([1, 2 / 3, 1 / 3]) and np.isnan(share[1, 1])
