"""What surfaces of many stations cost, beside what was measured."""

import numpy as np
import pytest
from nepflow.climate import fitting


@pytest.mark.parametrize(("stations", "seconds"), [(5000, 42), (1400, 1.0), (700, 0.2)])
def test_cost_of_one_set_is_the_measured_one(stations, seconds):
    minutes, _ = fitting.cost([(np.arange(stations), [0])])
    assert 60 * minutes == pytest.approx(seconds, rel=0.1, abs=0.1)


def test_sets_add_up_in_time_and_not_in_memory():
    one = fitting.cost([(range(5000), [0])])
    many = fitting.cost([(range(5000), [0])] * 264)
    assert many[0] == pytest.approx(264 * one[0]) and many[1] == one[1] == 1.5
    assert many[0] / 60 == pytest.approx(3, abs=0.1)  # the three hours that nobody was told of
    assert fitting.cost([]) == (0, 0)
