"""Suspects of records, of fits, and excluded stations in one table."""

import numpy as np
import pandas as pd
from list_suspects import list_suspects
from nepflow.io import tables
from nepflow.report import notes
from nepflow.stations import suspects


def test_suspects_of_all_kinds(tmp_path):
    records = [("00003", "temperature", suspects.OFFSET, 23.0, 10.0, "degC")]
    tables.write(records, tmp_path / "records.csv", suspects.SUSPECTS)
    defects = [("7", "excluded", 24, "by climate.exclude"), ("8", "outside_area", 1, "dropped")]
    tables.write(defects, tmp_path / "defects.csv", ["station", "reason", "records", "action"])
    ranked = [(1, "9", 3.5), (2, "00003", 2.9)]
    columns = ["rank", "station", "rms_standardised"]
    tables.write(ranked, tmp_path / "ranked.csv", columns, simulated=True)
    paths = {"precipitation": tmp_path / "ranked.csv"}
    made = tmp_path / "suspects.csv"
    list_suspects(tmp_path / "records.csv", tmp_path / "defects.csv", paths, made, 3, True)
    table = pd.read_csv(made, dtype={"station": str})
    assert table[["station", "variable", "reason"]].to_numpy().tolist() == [
        ["00003", "temperature", suspects.OFFSET],
        ["9", "precipitation", suspects.RESIDUAL],
        ["7", "all", "excluded"],
    ]
    assert np.isnan(table["reference"][2]) and (table["source"] == "simulated").all()
    ((topic, said),) = notes.station_warnings({"suspects": [made], "definitions": []})
    assert topic == "stations" and said.startswith("2 stations are suspect: 00003 (temperature:")
    assert "23 beside 10 degC" in said
