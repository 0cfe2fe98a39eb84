"""Raw station files to clean records."""

import climate_study
import pandas as pd
import pytest
from clean_stations import clean_stations
from nepflow.stations.records import BadStations


def run(folder, stations_path, simulated=False, **changes):
    paths = climate_study.make(folder, simulated)
    records, defects = folder / "records.parquet", folder / "defects.csv"
    settings = climate_study.clean_settings() | changes
    settings |= {"stations_path": stations_path, "simulated": simulated}
    outputs = {"records": records, "sites": folder / "sites.csv", "defects": defects}
    outputs |= {"definitions": folder / "definitions.csv"}
    clean_stations({"area": paths["outlines"], "grid": paths["grid"]}, outputs, settings)
    return pd.read_parquet(records), pd.read_csv(defects, dtype={"station": str})


def test_clean_file_passes_whole(tmp_path):
    raw = climate_study.monthly_file(tmp_path / "站点 records.csv")
    records, defects = run(tmp_path / "study", raw)
    assert len(records) == 30 * 24
    assert defects.empty
    assert records["station"].iloc[0] == "00000"
    expected = pd.read_csv(raw, dtype={"station": str}, float_precision="round_trip")
    expected = expected.sort_values(["station", "date"], ignore_index=True)
    for column in ("temperature_degc", "precipitation_mm", "lon", "lat", "elevation_m"):
        assert (records[column] == expected[column]).all()


def test_defects_are_counted_by_station(tmp_path):
    raw = climate_study.monthly_file(tmp_path / "a.csv")
    table = pd.read_csv(raw, dtype={"station": str})
    table.loc[table["station"] == "00003", "elevation_m"] = -999
    table.loc[table["station"] == "00004", "lon"] += 6  # some 500 km east
    table.loc[5, "temperature_degc"] = 999
    pd.concat([table, table.iloc[[9]]]).to_csv(raw, index=False)
    records, defects = run(tmp_path, raw)
    assert defects.to_dict("list") == {
        "station": ["00003", "00009", "00004", "00005"],
        "reason": [
            "elevation_missing",
            "identical_duplicate",
            "outside_area",
            "out_of_range_temperature",
        ],
        "records": [24, 1, 24, 1],
        "action": ["dropped", "kept one", "dropped", "value dropped"],
    }
    assert len(records) == 28 * 24
    assert records["temperature_degc"].isna().sum() == 1


def with_codes(path, column, code, count):
    """A monthly file with a number in some records of a column."""
    raw = climate_study.monthly_file(path)
    table = pd.read_csv(raw, dtype={"station": str})
    table[column] = table[column].astype(float)
    table.loc[table.index[7 : 7 + 11 * count : 11], column] = code
    table.to_csv(raw, index=False)
    return raw


@pytest.mark.parametrize(
    ("column", "code", "count"),
    [
        ("precipitation_mm", 999.9, 20),
        ("precipitation_mm", 3276.6, 1),
        ("precipitation_mm", 9999, 2),
        ("precipitation_mm", 2539.746, 5),
        ("temperature_degc", -88.8, 0),
    ],
)
def test_codes_of_missing_data_follow_the_study(tmp_path, column, code, count):
    raw = with_codes(tmp_path / "a.csv", column, code, count)
    limits = {"limits": {"monthly": climate_study.LIMITS | {"precipitation": [0, 10_000]}}}
    policies = climate_study.POLICIES
    if count:
        words = rf"a.csv: {column} is {code:g} in {count} records, the first of station \d+ in 200"
        with pytest.raises(BadStations, match=words + r".*missing_values: \[" + f"{code:g}"):
            run(tmp_path, raw, **limits)
    records, defects = run(tmp_path, raw, missing_values=[code], **limits)
    assert records[column].isna().sum() == count and defects.empty
    drop = {"defects": policies | {"undeclared_code": "drop"}}
    records, defects = run(tmp_path, raw, **drop, **limits)
    assert records[column].isna().sum() == count == defects["records"].sum()
    keep = {"defects": policies | {"undeclared_code": "keep"}}
    assert (run(tmp_path, raw, **keep, **limits)[0][column] == code).sum() == count


def test_a_code_as_height_of_stations(tmp_path):
    raw = climate_study.monthly_file(tmp_path / "a.csv")
    table = pd.read_csv(raw, dtype={"station": str})
    table["elevation_m"] = table["elevation_m"].where(table["station"] > "00003", -99)
    table.to_csv(raw, index=False)
    limits = {"elevation_limits_m": [-430, 8850]}
    with pytest.raises(BadStations, match="elevation_m is -99 in 96 records"):
        run(tmp_path, raw, **limits)
    records, defects = run(tmp_path, raw, missing_values=[-99], **limits)
    assert len(records) == 26 * 24 and set(defects["reason"]) == {"elevation_missing"}


def test_infinite_values_are_refused(tmp_path):
    raw = with_codes(tmp_path / "a.csv", "precipitation_mm", float("inf"), 2)
    with pytest.raises(BadStations, match="line 9: column precipitation_mm holds 'inf'"):
        run(tmp_path, raw)


@pytest.mark.parametrize(("buffer_km", "stays"), [(50, False), (60, True)])
def test_buffer_is_in_kilometres(tmp_path, buffer_km, stays):
    # x = 105 km: 55 km east of the area's edge at x = 50 km
    raw = climate_study.monthly_file(tmp_path / "a.csv")
    table = pd.read_csv(raw, dtype={"station": str})
    there = climate_study.pyproj.Transformer.from_crs(
        climate_study.CRS, "EPSG:4326", always_xy=True
    ).transform(105e3, 4e6)
    table.loc[table["station"] == "00000", ["lon", "lat"]] = there
    table.to_csv(raw, index=False)
    records, _ = run(tmp_path, raw, buffer_km=buffer_km)
    assert ("00000" in set(records["station"])) == stays


def test_kelvin_is_refused(tmp_path):
    raw = climate_study.monthly_file(tmp_path / "a.csv")
    table = pd.read_csv(raw, dtype={"station": str})
    table["temperature_degc"] += 273.15
    table.to_csv(raw, index=False)
    with pytest.raises(BadStations, match=r"temperature_degc.*another unit"):
        run(tmp_path, raw)
    assert not (tmp_path / "records.parquet").exists()


def test_swapped_coordinates_leave_too_few(tmp_path):
    raw = climate_study.monthly_file(tmp_path / "a.csv")
    table = pd.read_csv(raw, dtype={"station": str})
    table.rename(columns={"lon": "lat", "lat": "lon"}).to_csv(raw, index=False)
    with pytest.raises(
        BadStations, match="which is no latitude, and lon holds latitudes: they are swapped"
    ):
        run(tmp_path, raw)


def test_table_says_that_stations_are_simulated(tmp_path):
    raw = climate_study.monthly_file(tmp_path / "a.csv")
    _, defects = run(tmp_path, raw, simulated=True)
    assert "source" in defects


def test_stations_are_excluded_by_name(tmp_path):
    raw = climate_study.monthly_file(tmp_path / "a.csv")
    table = pd.read_csv(raw, dtype={"station": str})
    chosen = ["00003", {"station": "00004", "variable": "precipitation"}]
    records, defects = run(tmp_path / "study", raw, exclude=chosen)
    assert "00003" not in set(records["station"]) and len(records) == len(table) - 24
    left = records[records["station"] == "00004"]
    assert left["precipitation_mm"].isna().all() and left["temperature_degc"].notna().all()
    assert defects.to_dict("list") == {
        "station": ["00003", "00004"],
        "reason": ["excluded", "excluded_precipitation"],
        "records": [24, 24],
        "action": ["by climate.exclude"] * 2,
    }


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (["0003"], r"a\.csv: climate.exclude names station '0003', which.* Did you mean .*00003"),
        ([{"station": "00003", "variable": "radiation"}], "reads no such variable"),
    ],
)
def test_a_name_to_exclude_that_is_none_is_refused(tmp_path, chosen, words):
    with pytest.raises(BadStations, match=words):
        run(tmp_path / "study", climate_study.monthly_file(tmp_path / "a.csv"), exclude=chosen)
