"""A study whose climate comes from rasters, and one that compares them with its stations."""

import csv

import numpy as np
import pytest
import rasterio
from copies import TINY, Workflow
from nepflow.io import raster
from rasterio.transform import from_origin

YEARS = [2001, 2002, 2003]


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_grid(path, unit_of_month, count=36):
    """A band a month from 70 to 115 E and 28 to 52 N, a value that the season gives."""
    months = np.arange(count)
    season = -np.cos(2 * np.pi * (months % 12) / 12)
    profile = {
        "driver": "GTiff",
        "height": 48,
        "width": 90,
        "count": months.size,
        "dtype": "float32",
        "crs": "EPSG:4326",
        "transform": from_origin(70, 52, 0.5, 0.5),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(path, "w", **profile) as target:
        for month in months:
            target.write(np.full((48, 90), unit_of_month(season[month]), "float32"), int(month) + 1)


@pytest.fixture(scope="module")
def studies(root, tiny, tmp_path_factory):
    """Two studies on the simulation's tiles, elevation and area."""
    simulation = tiny.result("simulated/tiny").absolute()
    grids = [
        {"variable": "temperature", "file": "t.tif", "unit": "K"},
        {"variable": "precipitation", "file": "p.tif", "unit": "mm d-1"},
        {"variable": "radiation", "file": "r.tif", "unit": "W m-2"},
    ]
    grids = [entry | {"first_month": "2001-01"} for entry in grids]
    common = {
        "based_on": "northwest_china",
        "inputs": "files",
        "period": [2001, 2003],
        "grid": TINY["grid"],
        "raw": {
            "tiles": str(simulation / "modis"),
            "dem": str(simulation / "dem.tif"),
            "stations": str(simulation / "stations.csv"),
        },
        "area": {"file": str(simulation / "area.gpkg")},
        "landcover": {"substitute": [], "transitions": [2001, 2003]},
        "specification": {"choices": ["respiration"]},
        "respiration": {"time_step": "monthly", "reason": "a test"},
        "figures": TINY["figures"][:1] + TINY["figures"][2:3],
    }
    npp = {"source": "rasters", "rasters": {"file": "npp_{year}.tif", "unit": "kg C m-2 yr-1"}}
    climate = {"source": "grids", "grids": grids}
    grid_study = common | {"title": "Grids", "climate": climate, "npp": npp}
    both = common | {"title": "Both", "climate": {"source": "stations", "grids": grids}}
    folder = tmp_path_factory.mktemp("grids") / "copy"
    workflow = Workflow(root, folder, grids=grid_study, both=both)
    for name in ("grids", "both"):
        write_grid(folder / f"data/{name}/t.tif", lambda season: 280 + 12 * season)
        write_grid(folder / f"data/{name}/p.tif", lambda season: 1 + 0.8 * season)
        write_grid(folder / f"data/{name}/r.tif", lambda season: 180 + 80 * season)
    for year in YEARS:
        write_grid(folder / f"data/grids/npp_{year}.tif", lambda season: 0.4, count=1)
    workflow.run()
    return workflow


@pytest.mark.slow
def test_respiration_of_grids_is_that_of_the_equation(studies):
    """Constant months: the annual value by hand, cell by cell."""
    season = -np.cos(2 * np.pi * np.arange(12) / 12)
    days = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    warmth, rain = 280 + 12 * season - 273.15, (1 + 0.8 * season) * days
    monthly = 0.22 * (np.exp(0.0912 * warmth) + np.log(0.3145 * rain + 1)) * 30 * 0.465
    found = raster.read(studies.result("grids/nep/rh_monthly.tif"))
    assert np.nanmin(found) == pytest.approx(monthly.sum(), rel=1e-5)
    assert np.nanmax(found) == pytest.approx(monthly.sum(), rel=1e-5)
    cube = raster.read(studies.result("grids/climate/precipitation.tif"))
    assert np.nanmean(cube) == pytest.approx(rain.sum(), rel=1e-5)
    sun = raster.read(studies.result("grids/climate/radiation.tif"), 2)
    assert np.nanmean(sun) == pytest.approx((180 + 80 * season) @ days * 0.0864, rel=1e-5)


@pytest.mark.slow
def test_npp_of_rasters(studies):
    nep = raster.read(studies.result("grids/nep/nep.tif"))
    respiration = raster.read(studies.result("grids/nep/rh_monthly.tif"))
    np.testing.assert_allclose(nep, 400 - respiration, atol=1e-3)
    table = rows(studies.result("grids/tables/missing_reasons.csv"))
    shares = {row["quantity"]: float(row["value"]) for row in table if row["year"] == "2002"}
    assert shares["valid_share"] == pytest.approx(100)
    inputs = {row["file"] for row in rows(studies.result("grids/tables/inputs.csv"))}
    assert "2001: npp_2001.tif" in inputs
    assert "npp_{year}.tif" in studies.result("grids/tables/choices.csv").read_text()


@pytest.mark.slow
def test_a_grid_study_needs_no_station(studies):
    assert not studies.result("grids/stations").exists()
    names = {path.stem for path in studies.result("grids/tables").glob("*.csv")}
    assert {"temperature_grids", "precipitation_grids", "radiation_grids"} <= names
    assert not {"station_defects", "temperature_fit"} & names
    choices = {
        row["topic"]: row["choice"] for row in rows(studies.result("grids/tables/choices.csv"))
    }
    assert "monthly grids (p.tif, r.tif, t.tif)" in choices["climate"]
    inputs = {row["file"] for row in rows(studies.result("grids/tables/inputs.csv"))}
    assert {"t.tif", "p.tif", "r.tif"} <= inputs and "stations.csv" not in inputs
    assert studies.result("grids/figures/study_area.png").stat().st_size > 0


@pytest.mark.slow
def test_both_sources_are_compared(studies):
    for variable in ("temperature", "precipitation", "radiation"):
        table = rows(studies.result(f"both/tables/{variable}_comparison.csv"))
        values = {(row["year"], row["quantity"]): float(row["value"] or "nan") for row in table}
        stations = raster.read(studies.result(f"both/climate/{variable}.tif"))
        grids = raster.read(studies.result(f"both/climate/grids/{variable}.tif"))
        gap = np.nanmean(grids - stations)
        assert values["2001", "mean_difference"] == pytest.approx(gap, rel=1e-4)
        assert studies.result(f"both/climate/{variable}_difference.tif").exists()
    assert "climate/temperature_difference" in studies.result("both/manifest.csv").read_text()


@pytest.mark.slow
def test_second_run_has_nothing_to_do(studies):
    assert "Nothing to be done" in studies.run("-n")
