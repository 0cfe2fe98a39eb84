"""A zone against the rest of the area, from rasters to the table."""

import climate_study
import numpy as np
import pandas as pd
import pytest
from estimate_contrast import estimate_contrast
from nepflow.io import raster
from nepflow.zones.contrast import BadContrast

SETTINGS = {
    "bins": 4,
    "draws": 100,
    "block_ranges": 3,
    "min_blocks": 30,
    "confidence_percent": 95,
    "sample": 300,
    "seed": 1,
}


def made(folder):
    """NEP = elevation / 10 + 60 on karst, which lies where it is high."""
    paths = climate_study.make(folder, simulated=True)
    grid = raster.grid_of(paths["grid"])
    rng = np.random.default_rng(1)
    elevation = raster.read(paths["dem"])
    karst = np.where(elevation + rng.normal(0, 800, elevation.shape) > 1800, 1.0, 2.0)
    nep = elevation / 10 + 60 * (karst == 1) + rng.normal(0, 5, elevation.shape)
    named = {"classes": {1: "karst", 2: "other"}}
    zones = raster.Output(folder / "zones.tif", "1", "karst", dtype="uint8", **named)
    raster.write(karst, zones, grid)
    tags = {"simulated": "simulated"}
    raster.write(nep, raster.Output(folder / "nep.tif", "g C m-2 yr-1", "NEP", tags=tags), grid)
    return paths


def run(folder, of="karst"):
    paths = made(folder)
    table = folder / "table.csv"
    estimate_contrast(
        {"pixel/nep_mean": folder / "nep.tif"},
        {"dem": paths["dem"]},
        {"zones": folder / "zones.tif", "grid": paths["grid"]},
        {"table": table},
        "karst",
        {"entry": {"of": of}, "contrast": SETTINGS, "simulated": True},
        20,
    )
    return pd.read_csv(table)


def test_planted_difference_is_found_and_balance_reported(tmp_path):
    table = run(tmp_path)
    value = table.set_index(["layer", "measure"])["value"]
    nep = value["pixel/nep_mean"]
    assert nep["difference"] > 80
    assert nep["matched_difference"] == pytest.approx(60, abs=2)
    assert nep["interval_low"] < 60 < nep["interval_high"]
    assert value["dem", "imbalance_before"] > 0.5 > abs(value["dem", "imbalance_after"])
    assert set(table["source"]) == {"simulated"}
    assert set(table[table["measure"] == "matched_difference"]["unit"]) == {"g C m-2 yr-1"}


def test_an_unknown_class_is_refused_by_name(tmp_path):
    with pytest.raises(BadContrast, match=r"no class limestone, but karst, other.*contrasts.karst"):
        run(tmp_path, "limestone")
