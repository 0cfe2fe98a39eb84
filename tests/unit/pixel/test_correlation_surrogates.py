"""Surrogates keep trend, memory and scatter; their shares are those of unrelated series."""

import numpy as np
import pytest
from nepflow.pixel import correlation, surrogates

YEARS = np.arange(2000, 2024)
T = YEARS - YEARS.mean()
CELLS = 4000
OPTIONS = {"significance_p": 0.05, "detrend": False, "null_draws": 5, "null_pixels": CELLS}
OPTIONS |= {"seed": 1}


def noise(rng, memory, cells=CELLS, years=24):
    """Stationary AR(1) series of variance 1, from its definition."""
    values = rng.normal(size=(years, cells))
    values[1:] *= np.sqrt(1 - memory**2)
    for year in range(1, years):
        values[year] += memory * values[year - 1]
    return values


def line_and_rest(values, years=YEARS):
    coefficients = np.polyfit(years - 2000.0, values, 1)
    line = coefficients[1] + coefficients[0] * (years[:, None] - 2000.0)
    return coefficients[0], values - line


@pytest.mark.parametrize(
    "trend_y, trend_x, memory",
    [(0, 0, 0), (0.06, 0.06, 0), (0.1, 0.06, 0), (0.1, 0.1, 0), (0, 0, 0.5), (0.1, 0.1, 0.3)],
)
def test_the_null_share_is_the_share_of_unrelated_series(trend_y, trend_x, memory):
    """Nothing relates the series; plain tests find 2.5 to 34 % of one sign significant."""
    rng = np.random.default_rng(5)
    series = noise(rng, memory) + trend_y * T[:, None]
    drivers = [noise(rng, memory) + trend_x * T[:, None], noise(rng, memory), noise(rng, memory)]
    null = correlation.null_counts(series, drivers, YEARS, 8, OPTIONS)
    for method, detrend in (("plain", False), ("detrended", True)):
        cubes = [cube[:, None] for cube in (series, *drivers)]
        r, p = correlation.partial_correlation(cubes[0], cubes[1:], YEARS, 8, detrend)
        actual = {
            "positive_share": (r[0] > 0).mean(),
            "significant_positive_share": ((r[0] > 0) & (p[0] < 0.05)).mean(),
            "significant_negative_share": ((r[0] < 0) & (p[0] < 0.05)).mean(),
        }
        found = correlation.shares(null[method][0])
        for name, share in actual.items():
            error = 100 * np.sqrt(max(share, 1 / CELLS) * (1 - share) / CELLS * (1 + 1 / 5))
            assert found[name] == pytest.approx(100 * share, abs=3 * error), (method, name)
    plain = correlation.shares(null["plain"][0])["significant_positive_share"]
    assert plain > 30 or trend_y < 0.1 or trend_x < 0.1, "five percent would be far from it"


def test_a_surrogate_has_the_line_and_the_scatter_of_its_series():
    rng = np.random.default_rng(2)
    series = 300 + 40 * noise(rng, 0.3, 50) + 3 * T[:, None]
    found = surrogates.with_own_trend(series[:, None], YEARS, rng)[:, 0]
    for wanted, got in zip(line_and_rest(series), line_and_rest(found), strict=True):
        size = (lambda v: (v**2).sum(axis=0)) if wanted.ndim == 2 else (lambda v: v)
        assert size(got) == pytest.approx(size(wanted), rel=1e-9)
    assert found.mean(axis=0) == pytest.approx(series.mean(axis=0), rel=1e-12)
    assert (
        abs(
            np.mean(
                [
                    np.corrcoef(a, b)[0, 1]
                    for a, b in zip(
                        line_and_rest(series)[1].T, line_and_rest(found)[1].T, strict=True
                    )
                ]
            )
        )
        < 0.1
    )


@pytest.mark.parametrize("memory", [0.0, 0.2, 0.4])
def test_its_memory_is_not_the_one_that_a_line_takes_away(memory):
    """Residuals of 24 years show .10 to .18 less than there is; surrogates show the same."""
    rng = np.random.default_rng(3)

    def seen(values):
        rest = line_and_rest(values)[1]
        return ((rest[1:] * rest[:-1]).sum(axis=0) / (rest**2).sum(axis=0)).mean()

    series = noise(rng, memory, 8000)
    found = surrogates.with_own_trend(series[:, None], YEARS, rng)[:, 0]
    assert seen(series) < memory - 0.07
    assert seen(found) == pytest.approx(seen(series), abs=0.02)


def test_missing_years_stay_missing_and_few_years_have_none():
    rng = np.random.default_rng(4)
    series = 100 + noise(rng, 0, 4)[:, None]
    series[3:9, 0, 1] = np.nan
    series[2:, 0, 2] = np.nan
    series[:, 0, 3] = 7.0
    found = surrogates.with_own_trend(series, YEARS, rng)
    assert np.array_equal(np.isnan(found[:, 0, :2]), np.isnan(series[:, 0, :2]))
    assert np.isnan(found[:, 0, 2]).all()
    assert found[:, 0, 3] == pytest.approx(7, abs=1e-12), "what does not vary has no noise"


@pytest.mark.parametrize("cells, wanted", [(12_345, 5000), (4999, 5000), (17, 4), (0, 5)])
def test_the_cells_of_surrogates_do_not_depend_on_the_strips(cells, wanted):
    rng = np.random.default_rng(6)
    known = np.zeros(20_000, dtype=bool)
    known[rng.choice(known.size, cells, replace=False)] = True
    whole = correlation.Every(cells, wanted).places(known)
    every, parts = correlation.Every(cells, wanted), []
    for start in range(0, known.size, 700):
        parts.append(start + every.places(known[start : start + 700]))
    assert np.array_equal(np.concatenate(parts), whole)
    assert min(cells, wanted) <= whole.size <= 2 * wanted and known[whole].all()
