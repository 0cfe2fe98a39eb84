"""Statistics of no cell at all are empty, not an error: where climate or NPP does not vary."""

import numpy as np
import pytest
from nepflow.pixel import correlation, interval, persistence, surrogates, trend, variability

YEARS = np.arange(2001, 2013)
NONE = np.empty((12, 1, 0))


def drivers():
    return [NONE.copy(), NONE.copy()]


@pytest.mark.parametrize(
    "statistic",
    [
        lambda: correlation.partial_correlation(NONE, drivers(), YEARS, 8),
        lambda: correlation.partial_correlation(NONE, drivers(), YEARS, 8, True),
        lambda: correlation.correlations(NONE, drivers(), YEARS, 8),
        lambda: trend.trend_statistics(NONE, YEARS, 8),
        lambda: trend.trend_statistics(NONE, YEARS, 8, "hamed_rao"),
        lambda: persistence.hurst(NONE, 8, "blocks"),
        lambda: persistence.hurst(NONE, 8, "prefix"),
        lambda: variability.variation(NONE, 8, 1.0, 1),
        lambda: interval.mean_interval(NONE, YEARS),
        lambda: surrogates.with_own_trend(NONE, YEARS, np.random.default_rng(1)),
    ],
)
def test_every_statistic_of_no_cell_is_empty(statistic):
    found = statistic()
    found = tuple(found.values()) if isinstance(found, dict) else found
    for values in found if isinstance(found, tuple) else (found,):
        assert np.size(values) == 0
