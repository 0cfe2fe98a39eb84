"""Errors in figures: dots where a probability is sure of neither side, bands of series."""

import numpy as np
import pandas as pd
import pytest
import xarray
from nepflow.figures import maps, series
from nepflow.study import figures, settings_file


def test_dots_stand_between_two_values():
    p = xarray.DataArray(np.array([[0.01, 0.3, 0.94, 0.96, np.nan]]), dims=("y", "x"))
    p = p.assign_attrs(long_name="probability of a sink, by parameters")
    apart, below = maps.dotted(p, {"layer": "x", "between": [0.05, 0.95]})
    assert (apart.values < below).tolist() == [[False, True, True, False, False]]
    assert maps._test(apart, below) == "probability of a sink, by parameters 0.05–0.95"
    assert maps.dotted(p, {"layer": "x", "below": 0.05}) == (p, 0.05)


@pytest.mark.parametrize(
    "stipple, fits",
    [
        ({"layer": "uncertainty/nep_sink_probability", "between": [0.05, 0.95]}, True),
        ({"layer": "pixel/nep_mann_kendall_p", "below": 0.05}, True),
        ({"layer": "pixel/nep_mann_kendall_fdr"}, True),
        ({"layer": "pixel/nep_mann_kendall_p"}, False),
        ({"layer": "pixel/nep_mann_kendall_p", "below": 0.05, "between": [0, 1]}, False),
        ({"layer": "pixel/nep_mann_kendall_fdr", "between": [0.05, 0.95]}, False),
    ],
)
def test_dots_need_one_kind_of_level(stipple, fits):
    figure = {"name": "f", "kind": "map", "layer": "pixel/nep_mean", "stipple": stipple}
    if fits:
        figures._check_part(figure, "f", set(), "mine.yaml")
    else:
        with pytest.raises(settings_file.BadStudy, match=r"between: \[0.05, 0.95\]"):
            figures._check_part(figure, "f", set(), "mine.yaml")


def test_half_of_the_interval_of_the_whole_area():
    rows = [
        ("all", "nep_mean", "all", 60.0, 140.0),
        ("all", "nep_mean", "npp", np.nan, np.nan),
        ("west", "nep_mean", "all", 0.0, 2.0),
    ]
    table = pd.DataFrame(rows, columns=["zone", "quantity", "error_source", "low", "high"])
    assert series.half_width_of(table, "nep") == 40
    assert series.half_width_of(table, "npp") is None


def test_series_of_nep_read_the_errors_of_their_zones():
    entry = {"name": "f", "kind": "series", "zones": "county", "quantity": "nep"}
    study = {"results": "r", "uncertainty": {"estimate": True}}
    assert "uncertainty" in figures.KINDS["series"].files(study, entry)
    assert "uncertainty" not in figures.KINDS["series"].files(study, entry | {"quantity": "npp"})
    assert "uncertainty" not in figures.KINDS["series"].files({"results": "r"}, entry)
