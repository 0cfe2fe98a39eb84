"""Raw station files to clean records."""

import climate_study
import pandas as pd
import pytest
from clean_stations import clean_stations
from nepflow.station_file import BadStations


def run(folder, stations_path, simulated=False, **changes):
    paths = climate_study.make(folder, simulated)
    records, defects = folder / "records.parquet", folder / "defects.csv"
    settings = climate_study.clean_settings() | changes
    outputs = records, folder / "sites.csv", defects
    clean_stations(stations_path, paths["outlines"], paths["grid"], *outputs, **settings)
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
            "elevation_missing", "identical_duplicate", "outside_area", "out_of_range_temperature",
        ],
        "records": [24, 1, 24, 1],
        "action": ["dropped", "kept one", "dropped", "value dropped"],
    }  # fmt: skip
    assert len(records) == 28 * 24
    assert records["temperature_degc"].isna().sum() == 1


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
    with pytest.raises(BadStations, match=r"0 usable stations.*lon\s+and lat are not swapped"):
        run(tmp_path, raw)


def test_table_says_that_stations_are_simulated(tmp_path):
    raw = climate_study.monthly_file(tmp_path / "a.csv")
    _, defects = run(tmp_path, raw, simulated=True)
    assert "source" in defects
