"""A tiny simulation through the whole workflow."""

import csv
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import recovery_of_seeds
from copies import TINY, Workflow
from nepflow.io import raster
from nepflow.study import landcover
from scipy import stats

SIMULATED = "simulated"
COLUMNS = {
    "temperature_degc": "temperature",
    "precipitation_mm": "precipitation",
    "radiation_mj_m2": "radiation",
}


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_everything_is_built(tiny):
    for name in ("tiny/report.html", "tiny/manifest.csv", "tiny/nep/nep.tif", "index.html"):
        assert tiny.result(name).stat().st_size > 0
    assert raster.years_of(tiny.result("tiny/nep/nep.tif")) == list(range(2000, 2009))


def test_second_run_has_nothing_to_do(tiny):
    assert "Nothing to be done" in tiny.run("-n")


def test_every_product_says_that_it_is_simulated(tiny):
    rasters = list(tiny.result("").rglob("*.tif"))
    assert len(rasters) > 40
    for path in rasters:
        assert raster.tags_of(path).get("simulated") == SIMULATED, path
    tables = list(tiny.result("tiny/tables").glob("*.csv"))
    assert len(tables) > 15
    for path in tables:
        assert {row["source"] for row in rows(path)} <= {SIMULATED}, path
        assert "source" in path.read_text(encoding="utf-8").splitlines()[0], path
    for name in ("tiny/report.html", "index.html"):
        assert SIMULATED in tiny.result(name).read_text(encoding="utf-8")


def test_nothing_simulated_lies_outside_its_folders(tiny):
    tops = {path.name for path in tiny.result("").iterdir()}
    assert tops == {"tiny", "simulated", "index.html"}
    assert not (tiny.folder / "data").exists()


def test_rasters_keep_the_flow_contract(tiny):
    grid = raster.grid_of(tiny.result("tiny/grid.tif"))
    for path in tiny.result("tiny").rglob("*.tif"):
        assert raster.grid_of(path) == grid, path
        tags = raster.tags_of(path)
        assert {"unit", "long_name"} <= set(tags), path
        layer = raster.layer(path)
        assert np.isfinite(layer.values).any(), path


def test_checks_pass(tiny):
    checks = rows(tiny.result("tiny/tables/checks.csv"))
    assert checks and all(check["passed"] == "True" for check in checks), checks


def test_nep_is_npp_minus_respiration(tiny):
    nep = raster.read(tiny.result("tiny/nep/nep.tif"), 5)
    npp = raster.read(tiny.result("tiny/npp/061/npp_2004.tif"))
    respiration = raster.read(tiny.result("tiny/nep/rh_annual.tif"), 5)
    assert np.array_equal(np.isfinite(nep), np.isfinite(npp))
    assert np.nanmax(np.abs(npp - respiration - nep)) < 1e-3


def test_zonal_table_against_a_plain_computation(tiny):
    nep = raster.read(tiny.result("tiny/nep/nep.tif"), 3)
    zones = raster.read(tiny.result("tiny/zones/area.tif"))
    names = raster.classes_of(tiny.result("tiny/zones/area.tif"))
    area_km2 = raster.grid_of(tiny.result("tiny/grid.tif")).cell_area_m2 / 1e6
    table = {
        (row["zone"], row["quantity"]): float(row["value"] or "nan")
        for row in rows(tiny.result("tiny/tables/series_province.csv"))
        if row["year"] == "2002"
    }
    for code, name in names.items():
        cells = nep[(zones == code) & np.isfinite(nep)]
        assert table[name, "nep_mean"] == pytest.approx(cells.mean(), rel=1e-6)
        assert table[name, "nep_total"] == pytest.approx(cells.sum() * area_km2 * 1e-6, rel=1e-6)
        share = 100 * len(cells) / (zones == code).sum()
        assert table[name, "nep_valid_share"] == pytest.approx(share, rel=1e-6)


def series_of(tiny, cube, row, column):
    path = tiny.result(cube)
    bands = len(raster.years_of(path))
    return np.array([raster.read(path, band)[row, column] for band in range(1, bands + 1)])


def test_pixel_statistics_against_plain_computations(tiny):
    """Some pixels of the written layers from the written cubes, by scipy and numpy."""
    below = "tiny/pixel/nep_"
    names = ["sen_slope", "slope_low", "slope_high", "sd"]
    names += ["partial_temperature", "partial_temperature_p"]
    layers = {name: raster.read(tiny.result(f"{below}{name}.tif")) for name in names}
    rows_, columns = np.nonzero(np.isfinite(layers["partial_temperature"]))
    assert len(rows_) > 100
    for place in range(0, len(rows_), len(rows_) // 12):
        at = rows_[place], columns[place]
        nep = series_of(tiny, "tiny/nep/nep.tif", *at)
        years = np.arange(2000, 2009)[np.isfinite(nep)]
        drivers = [
            series_of(tiny, f"tiny/climate/{name}.tif", *at)[np.isfinite(nep)]
            for name in ("temperature", "precipitation", "radiation")
        ]
        nep = nep[np.isfinite(nep)]
        slope, _, low, high = stats.theilslopes(nep, years)
        assert layers["sen_slope"][at] == pytest.approx(slope, rel=1e-5)
        assert layers["slope_low"][at] == pytest.approx(low, rel=1e-5)
        assert layers["slope_high"][at] == pytest.approx(high, rel=1e-5)
        assert layers["sd"][at] == pytest.approx(nep.std(), rel=1e-5)
        held = np.column_stack([np.ones(len(nep)), *drivers[1:]])
        left = [y - held @ np.linalg.lstsq(held, y, rcond=None)[0] for y in (nep, drivers[0])]
        r = np.corrcoef(left)[0, 1]
        assert layers["partial_temperature"][at] == pytest.approx(r, abs=1e-5)
        t = abs(r) * np.sqrt((len(nep) - 4) / (1 - r**2))
        p = 2 * stats.t.sf(t, len(nep) - 4)
        assert layers["partial_temperature_p"][at] == pytest.approx(p, abs=1e-5)


def test_shares_close_to_the_area(tiny):
    found = sorted(tiny.result("tiny/tables").glob("shares_*.csv"))
    assert len(found) > 8
    for path in found:
        table = rows(path)
        shares = [float(row["share_of_area_percent"]) for row in table if row["class"] != "all"]
        assert sum(shares) == pytest.approx(100, abs=1e-6), path


AREAS = "correlation_* field_significance_* persistence_nep multiple_*"


def test_tables_of_shares_hold_the_area_without_a_value_by_reason(tiny):
    """Of every driver, test or method; all have the area of the grid."""
    whole = np.nansum(raster.read(tiny.result("tiny/grid.tif"))) * 1600
    paths = [p for name in AREAS.split() for p in tiny.result("tiny/tables").glob(f"{name}.csv")]
    assert len(paths) == 3 + 4 + 1
    for path in paths:
        table = pd.read_csv(path)
        of = table.columns[: list(table.columns).index("quantity")]
        for key, part in table.fillna({"shared_inputs": ""}).groupby(list(of)):
            value = dict(zip(part["quantity"], part["value"], strict=True))
            if "valid_area" not in value:
                continue
            parts = [v for name, v in value.items() if name.endswith("_area")]
            assert value["area"] == pytest.approx(whole, rel=1e-9), key
            assert sum(parts) == pytest.approx(whole, rel=1e-9), key
            shares = part[part["unit"] == "% of the area"]["value"]
            assert shares.sum() == pytest.approx(100, abs=1e-6), key
            if "rh" not in path.stem:
                assert value["masked_barren_area"] > 0, key
        found = table[table["quantity"] == "valid_area"][list(of[:2])].drop_duplicates()
        wanted = {"correlation": 3, "persistence": 5}.get(path.stem.partition("_")[0], 1)
        assert len(found) == wanted, path
    classes = pd.read_csv(tiny.result("tiny/tables/shares_trend_class_nep.csv"))
    parts = classes[classes["class"] != "all"]
    assert parts["area_km2"].sum() == pytest.approx(whole, rel=1e-9)
    assert "barren" in set(parts[parts["masked"]]["class"]) and parts["z"].notna().sum() == 9
    assert parts["share_of_area_percent"].sum() == pytest.approx(100, abs=1e-6)


DRIVERS = {"temperature", "precipitation", "radiation"}
# of the climate itself, or of names and settings: nothing is compared with a driver there
NO_RELATION = re.compile(
    r"(trends|series|recovery|choices|warnings|checks|climate|station|kriging)(_(?!patterns).*)?"
    r"|published_consistency"  # the paper's numbers among themselves
    r"|(temperature|precipitation|radiation)_.*|floored.*"
)


def names_a_driver(path):
    """Whether the name or a cell of a table holds a driver (or a statistic with one)."""
    names = re.compile(rf"(^|[ _]){'(' + '|'.join(DRIVERS) + ')'}($|[ _])")
    table = pd.read_csv(path, dtype=str).drop(columns="source", errors="ignore")
    return bool(names.search(path.stem)) or table.map(lambda t: bool(names.search(str(t)))).any(
        axis=None
    )


def test_every_table_of_a_driver_says_what_is_built_in(tiny):
    found = set()
    for path in sorted(tiny.result("tiny/tables").glob("*.csv")):
        if NO_RELATION.fullmatch(path.stem) or not names_a_driver(path):
            continue
        found.add(path.stem)
        assert "shared_inputs" in path.read_text(encoding="utf-8").splitlines()[0].split(","), path
    drivers = {f"{kind}_{d}_nep" for kind in ("field_significance_partial",) for d in DRIVERS}
    drivers |= {f"shares_partial_{d}_class_nep" for d in DRIVERS}
    drivers |= {f"correlation_{name}" for name in ("nep", "npp", "rh")}
    assert drivers | {"shared_inputs", "numbers", "published", "recovery_patterns"} <= found
    published = pd.read_csv(tiny.result("tiny/tables/published.csv"))
    partial = published[published["quantity"].str.startswith("partial_")]
    wanted = {"temperature": "same layer", "precipitation": "same layer", "radiation": "own source"}
    known = partial[partial["ours"].notna()]
    assert len(known) > 5
    assert (known["shared_inputs"] == known["region_or_class"].map(wanted)).all()
    patterns = pd.read_csv(tiny.result("tiny/tables/recovery_patterns.csv")).set_index("of")
    assert set(patterns.loc["positive with temperature", "shared_inputs"]) == {"own source"}


def test_every_share_of_persistence_stands_beside_chance(tiny):
    """In the tables of classes, of numbers, of the other choices and of published numbers."""
    classes = pd.read_csv(tiny.result("tiny/tables/shares_trend_persistence_class_nep.csv"))
    for noise in ("white_noise_percent", "autoregression_percent"):
        known = classes[classes[noise].notna()]
        assert known[noise].sum() == pytest.approx(100) and len(known) == 5
    numbers = pd.read_csv(tiny.result("tiny/tables/numbers.csv"))
    beside = numbers[numbers["quantity"] == "trend_persistence_share_of_white_noise"]
    of = dict(zip(beside["region_or_class"], beside["value"], strict=True))
    for row in classes[classes["white_noise_percent"].notna()].itertuples():
        assert of[row[1]] == pytest.approx(row.white_noise_percent)
    table = pd.read_csv(tiny.result("tiny/tables/specification.csv"))
    for quantity in ("persistent_share", "continuous_increase_share"):
        rows = table[table["quantity"] == quantity]
        assert len(rows) > 10
        for end in ("of_white_noise", "of_autoregression"):
            noise = table[table["quantity"] == f"{quantity}_{end}"]
            assert list(noise["option"]) == list(rows["option"]) and noise["value"].notna().all()
    published = pd.read_csv(tiny.result("tiny/tables/published.csv")).set_index("id")
    for name in ("nwc_hurst_sust", "nwc_hurst_anti", "nwc_cpl_contincr"):
        assert "chance alone: white noise" in published.loc[name, "note"]


def test_numbers_equal_the_tables_that_they_come_from(tiny):
    table = rows(tiny.result("tiny/tables/numbers.csv"))
    found = {
        (row["quantity"], row["region_or_class"]): float(row["value"] or "nan") for row in table
    }
    trends = rows(tiny.result("tiny/tables/trends_province.csv"))
    for row in trends:
        if row["quantity"] == "nep_slope":
            assert found["nep_slope", row["zone"]] == float(row["value"])
            assert float(row["low"]) <= float(row["value"]) <= float(row["high"])
            assert row["valid_years"] == "9"
    assert found["trend_share", "increase"] + found["trend_share", "decrease"] == pytest.approx(100)
    published = rows(tiny.result("tiny/tables/published.csv"))
    assert len(published) == 125
    own = {"2000-2022": "2000-2008", "2000-2011": "2000-2004", "2011-2022": "2004-2008"}
    own["2022"] = "2008"  # dates of land cover
    keys = {(row["quantity"], row["region_or_class"], row["period"]) for row in table}
    for row in published:
        if row["id"] == "nwc_lc_unreleased":  # the tiny simulation ends before 2023
            continue
        key = row["quantity"], row["region_or_class"], own.get(row["period"], row["period"])
        assert key in keys, f"{row['id']} is not computed here"
    verdicts = {row["verdict"] for row in published}
    assert "not comparable: simulated" in verdicts and "the text contradicts itself" in verdicts


def test_specification_holds_the_headline_of_the_study(tiny):
    table = rows(tiny.result("tiny/tables/specification.csv"))
    readings = rows(tiny.result("tiny/tables/respiration_variants.csv"))
    for reading in readings:
        chosen_by_no_study = reading["variant"] == "truth"
        if reading["quantity"] in ("nep_mean", "source_share") and not chosen_by_no_study:
            (row,) = (
                row
                for row in table
                if (row["option"], row["quantity"]) == (reading["variant"], reading["quantity"])
            )
            assert float(row["value"]) == pytest.approx(float(reading["value"]), rel=1e-6)
    chosen = {(row["choice"], row["option"]) for row in table if row["chosen"] == "True"}
    assert len(chosen) == len({row["choice"] for row in table}) == 8


def test_absence_closes_to_the_area(tiny):
    table = rows(tiny.result("tiny/tables/missing_reasons.csv"))
    area = np.nansum(raster.read(tiny.result("tiny/grid.tif"))) * 1600
    for year in ("2000", "2005"):
        total = sum(float(r["value"]) for r in table if r["year"] == year and r["unit"] == "km2")
        assert total == pytest.approx(area, rel=1e-9)
    native = rows(tiny.result("tiny/tables/missing_reasons_native.csv"))
    for year in ("2000", "2005"):
        assert sum(float(r["value"]) for r in native if r["year"] == year) == 10 * 30 * 30


def test_transitions_are_those_of_the_maps(tiny):
    """Against a plain count; the map of 2001 stands for 2000, and everything closes to the area."""
    inside = raster.read(tiny.result("tiny/grid.tif")) == 1
    years = {"2000": 2001, "2004": 2004, "2008": 2008}
    maps = {
        date: np.nan_to_num(
            raster.read(tiny.result(f"tiny/landcover/landcover_{year}.tif"))[inside]
        )
        for date, year in years.items()
    }
    names = raster.classes_of(tiny.result("tiny/landcover/landcover_2001.tif")) | {0: "no data"}
    table = rows(tiny.result("tiny/tables/transitions.csv"))
    for first, second in (("2000", "2004"), ("2004", "2008"), ("2000", "2008")):
        found = {
            (row["zone"], row["to"]): float(row["value"])
            for row in table
            if row["year"] == f"{first}-{second}" and row["quantity"] == "transition_area"
        }
        for code, name in names.items():
            for other, to in names.items():
                cells = np.sum((maps[first] == code) & (maps[second] == other))
                assert found[name, to] == pytest.approx(1600 * cells)
        assert sum(found.values()) == pytest.approx(1600 * inside.sum(), rel=1e-9)
        whole = {
            row["quantity"]: float(row["value"])
            for row in table
            if row["year"] == f"{first}-{second}" and row["zone"] == "all"
        }
        absent = [f"absent_in_{date}_only_area" for date in (first, second)]
        absent = [whole[name] for name in (*absent, "absent_at_both_dates_area")]
        assert sum(absent) == pytest.approx(whole["absent_area"])
        assert whole["known_area"] + sum(absent) == pytest.approx(1600 * inside.sum(), rel=1e-9)


def test_planted_station_defects_are_counted(tiny):
    planted = [(r["station"], r["defect"]) for r in rows(defects_path(tiny))]
    table = rows(tiny.result("tiny/tables/station_defects.csv"))
    found = [(r["station"], r["reason"]) for r in table]
    gone = {station for station, reason in found if reason in ("elevation_missing", "outside_area")}
    pairs = {
        "identical repeat": "identical_duplicate",
        "conflicting repeat": "conflicting_duplicate",
        "no elevation": "elevation_missing",
    }
    for defect, reason in pairs.items():
        wanted = {station for station, kind in planted if kind == defect}
        assert wanted, f"the simulation plants no {defect}"
        counted = {station for station, why in found if why == reason}
        assert wanted - gone <= counted <= wanted, defect
    far = {station for station, kind in planted if kind == "outside the area"}
    assert far <= gone


def defects_path(workflow):
    return workflow.result("simulated/tiny/truth/station_defects.csv")


def test_the_truth_is_recovered(tiny):
    """Bounds: two standard deviations over seeds about their mean, see recovery_of_seeds.csv.

    A seed of a normal world leaves them in one of twenty measures, and never by as much again.
    """
    bounds = rows(__file__.replace("test_tiny_simulated.py", "recovery_of_seeds.csv"))
    found = dict(recovery_of_seeds.recovered(tiny, "tiny"))
    off = {}
    for row in bounds:
        key = row["quantity"], row["statistic"], row["unit"]
        off[key] = abs(found[key] - float(row["mean"])) / float(row["sd"])
    assert len(off) > 60 and max(off.values()) < 4, max(off, key=off.get)
    outside = {key: value for key, value in off.items() if value > 2}
    assert len(outside) <= 0.1 * len(off), outside


def test_every_measure_of_recovery_has_bounds(tiny):
    """Neither may a measure go without a test, nor bounds stay of what is no longer measured."""
    bounds = rows(__file__.replace("test_tiny_simulated.py", "recovery_of_seeds.csv"))
    keys = {(row["quantity"], row["statistic"], row["unit"]) for row in bounds}
    assert set(dict(recovery_of_seeds.recovered(tiny, "tiny"))) == keys


def alike_next_door(tiny, date):
    """Share of the cells, %, whose true class is that of the next cell to the east."""
    path = tiny.result("simulated/tiny/truth/landcover.tif")
    band = raster.years_of(path).index(int(date)) + 1
    table = np.array(landcover.lookup_table(landcover.KEYS["igbp7"]))
    true = table[np.nan_to_num(raster.read(path, band)).astype("uint8")]
    known = np.isfinite(true[:, 1:] + true[:, :-1])
    return 100 * np.mean((true[:, 1:] == true[:, :-1])[known])


def test_planted_shares_and_signs_are_recovered(tiny):
    """Errors that follow from what the simulation plants: 5.5 % of parcels mistaken in a map.

    A cell takes the pixel that is nearest to its centre, less than a cell away: at worst what
    the truth itself loses from a cell to its neighbour.
    """
    found = {
        (row["of"], row["statistic"]): float(row["value"] or "nan")
        for row in rows(tiny.result("tiny/tables/recovery_patterns.csv"))
    }
    for date in ("2000", "2004", "2008"):
        assert alike_next_door(tiny, date) * 0.945 <= found[date, "cells that agree"] < 100
        for name in ("grassland", "barren", "cropland"):
            true, mapped = (
                found[f"{name}, {date}", f"{what} share"] for what in ("true", "recovered")
            )
            assert abs(mapped - true) < 3, (name, date)
    of = "changed, 2000-2008"
    # mistakes of single years look like change, at most 3 % of the parcels at each date
    assert -1 < found[of, "recovered share"] - found[of, "true share"] < 6 + 1
    # NPP rises with temperature and with rain, and radiation is not in it
    for driver in ("temperature", "precipitation"):
        of = f"positive with {driver}"
        assert found[of, "true share"] > 50 and found[of, "recovered share"] > 50
        assert found[of, "cells that agree where truly significant"] > 75
    assert found["rising", "cells that agree"] > 60


def test_number_of_jobs(tiny):
    counts = re.findall(r"^total +(\d+)", tiny.said, re.M)
    years = 9
    assert int(counts[0]) <= 6 * years + 135


def test_changed_formula_reruns_exactly_its_users(tiny):
    formula = tiny.folder / "workflow/scripts/nepflow/pixel/trend.py"
    before = formula.read_text()
    try:
        formula.write_text(before.replace('"no change"', '"no change at all"'))
        said = tiny.run("-n", "--quiet", "reason")
        table = said.split("Job stats:")[-1]
        planned = dict(re.findall(r"^(\w+) +(\d+)$", table, re.M))
    finally:
        formula.write_text(before)
    users = {"estimate_trend", "summarise_zones"}
    assert users <= set(planned)
    upstream = {"warp_npp", "warp_landcover", "estimate_nep", "fit_climate", "interpolate_climate"}
    assert not upstream & set(planned)
    assert "Nothing to be done" in tiny.run("-n")


def test_environment_in_a_folder_with_a_space(root, tmp_path):
    """Snakemake does not quote the path of Python by itself (snakemake#2645)."""
    workflow = Workflow(root, tmp_path / "my study", tiny=TINY)
    venv.create(tmp_path / "my env", with_pip=False)
    python = tmp_path / "my env/bin/python"
    packages = next((tmp_path / "my env/lib").glob("python*/site-packages"))
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    workflow.run("results/tiny/grid.tif", python=python)
    assert workflow.result("tiny/grid.tif").exists()


def other_python():
    """A Python of this machine that nepflow supports, other than the one that runs the tests."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    for minor in (13, 12, 11):
        named = [*versions.glob(f"3.{minor}.*/bin/python"), shutil.which(f"python3.{minor}")]
        for python in filter(None, named):
            probe = [python, "-c", "import ensurepip, sys, venv; print(*sys.version_info[:2])"]
            done = subprocess.run(probe, capture_output=True, text=True)
            if done.stdout.split() == ["3", str(minor)] and minor != sys.version_info[1]:
                return python
    return None


@pytest.mark.slow
def test_another_python_makes_the_same_study(root, tiny, tmp_path):
    """From the same lock, to the same digests."""
    python = other_python()
    if python is None:
        pytest.skip("no other Python from 3.11 to 3.13 on this machine")
    subprocess.run([python, "-m", "venv", tmp_path / "env"], check=True)
    python = tmp_path / "env/bin/python"
    install = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    lock = root / "envs/requirements.txt"
    subprocess.run([*install, "--require-hashes", "-r", lock], check=True)
    workflow = Workflow(root, tmp_path / "other", tiny=TINY)
    workflow.run(python=python)
    ours, others = (
        {row["file"]: row["sha256"] for row in rows(one.result("tiny/manifest.csv"))}
        for one in (tiny, workflow)
    )
    assert set(ours) == set(others)
    # the report names the versions
    assert {path for path in ours if ours[path] != others[path]} <= {"report.html"}


# What the checks of daily records make of the errors that the simulation plants


@pytest.fixture(scope="module")
def filled(tiny):
    records = pd.read_parquet(tiny.result("tiny/stations/filled.parquet"))
    date = pd.to_datetime(records[["year", "month", "day"]]).dt.strftime("%Y-%m-%d")
    return records.set_index([records["station"].astype(str), date])


@pytest.fixture(scope="module")
def planted(tiny, filled):
    """Impossible values at the stations that are left, (station, date) -> variable."""
    with open(
        tiny.result("simulated/tiny/truth/station_defects.csv"), encoding="utf-8", newline=""
    ) as file:
        rows = [row for row in csv.DictReader(file) if row["defect"] == "impossible value"]
    left = set(filled.index.get_level_values(0))
    return {
        (row["station"], row["first_date"], COLUMNS[row["variable"]])
        for row in rows
        if row["station"] in left
    }


def rejected(filled, reasons):
    return {
        (*place, name)
        for name in COLUMNS.values()
        for place in filled.index[filled[f"{name}_flag"].isin(reasons)]
    }


def test_every_planted_error_is_caught(filled, planted):
    assert len(planted) >= 30
    found = rejected(filled, ["range", "step", "persistence", "spatial"])
    assert planted <= found


def test_hardly_any_good_value_is_rejected(filled, planted):
    """Radiation that the simulation lets pass the top of the atmosphere is rightly rejected."""
    found = rejected(filled, ["step", "persistence", "spatial"]) - planted
    assert len(found) <= 5e-5 * 3 * len(filled)
    impossible = rejected(filled, ["range"]) - planted
    assert {name for *_, name in impossible} <= {"radiation"}
    assert len(impossible) <= 0.005 * len(filled)


def test_rejected_values_are_filled_and_plausible(filled, planted):
    for station, date, name in planted:
        column = next(column for column, variable in COLUMNS.items() if variable == name)
        low, high = {"temperature": (-45, 45)}.get(name, (0, 60))
        assert low <= filled.loc[(station, date), column] <= high


def test_tables_add_up(tiny, filled):
    quality = pd.read_csv(tiny.result("tiny/tables/station_quality.csv"))
    days = quality.pivot_table(index=["station", "variable"], columns="quantity", values="value")
    reasons = ["observed", "sunshine", "missing", "range", "step", "persistence", "spatial"]
    assert (days[reasons].sum(axis=1) == 3288).all()  # 2000-2008
    valued = days["observed"] + days["sunshine"] + days["filled"]
    assert (valued + days["without_value"] == 3288).all()
    errors = pd.read_csv(tiny.result("tiny/tables/kriging_errors.csv"))
    assert errors.groupby("variable")["month"].nunique().to_dict() == dict.fromkeys(
        COLUMNS.values(), 12
    )
