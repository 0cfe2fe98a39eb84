"""Dots where a probability is sure of neither side."""

import numpy as np
import pytest
import xarray
from nepflow.figures import maps
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
