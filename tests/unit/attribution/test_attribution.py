"""Attribution against statsmodels-free least squares, the bias formula, and planted truth."""

import numpy as np
import pytest
from nepflow.attribution import attribution, inference, summary
from nepflow.study import attribution as study_attribution
from nepflow.study import load

YEARS = np.arange(2001, 2021)


def world(seed, years=YEARS, drivers=3, gaps=False, pixels=6):
    rng = np.random.default_rng(seed)
    n = len(years)
    climate = rng.normal(size=(drivers, n, 1, pixels))
    climate += rng.normal(0, 0.1, (drivers, 1, 1, pixels)) * (years - years[0])[:, None, None]
    series = (rng.normal(size=(drivers, 1, 1, pixels)) * climate).sum(axis=0)
    series += rng.normal(0, 0.2, (1, 1, pixels)) * (years - years[0])[:, None, None]
    series += rng.normal(size=(n, 1, pixels)) + 100
    if gaps:
        series[rng.integers(n, size=3), 0, :] = np.nan
        climate[0, rng.integers(n), 0, 0] = np.nan
    return series, list(climate)


def by_lstsq(y, drivers, years, method):
    """Coefficients and slopes of one pixel by numpy's least squares, years without gaps only."""
    x = np.column_stack(drivers)
    if method == "first_difference":
        steps = np.diff(years) == 1
        table = np.column_stack([np.diff(x, axis=0)[steps], np.ones(steps.sum())])
        b = np.linalg.lstsq(table, np.diff(y)[steps], rcond=None)[0]
    else:
        extra = [years - years.mean()] if method == "joint" else []
        table = np.column_stack([x, np.ones(len(y)), *extra])
        b = np.linalg.lstsq(table, y, rcond=None)[0]
    climate = x @ b[: x.shape[1]]
    return b[: x.shape[1]], [np.polyfit(years, part, 1)[0] for part in (y, climate, y - climate)]


@pytest.mark.parametrize("method", attribution.METHODS)
@pytest.mark.parametrize("seed", range(6))
def test_equals_least_squares(method, seed):
    series, drivers = world(seed, drivers=2 + seed % 2, gaps=seed % 3 == 0)
    found = attribution.attribute(series, drivers, YEARS, method, 8)
    for pixel in range(series.shape[2]):
        y, x = series[:, 0, pixel], [driver[:, 0, pixel] for driver in drivers]
        known = ~np.isnan(y + sum(x))
        b, slopes = by_lstsq(y[known], [d[known] for d in x], YEARS[known], method)
        place = 0, pixel
        np.testing.assert_allclose(found.coefficients[:, 0, pixel], b, rtol=1e-9)
        mine = found.observed[place], found.climate[place], found.rest[place]
        np.testing.assert_allclose(mine, slopes, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("method", attribution.METHODS)
@pytest.mark.parametrize("calibration", [None, (2001, 2019)])
def test_slopes_add_and_drivers_make_the_climate_part(method, calibration):
    for seed in range(10):
        series, drivers = world(seed, gaps=seed % 2 == 0)
        series *= 10.0 ** (seed % 4)
        found = attribution.attribute(series, drivers, YEARS, method, 8, calibration)
        known = ~np.isnan(found.observed)
        assert known.sum() >= 4
        gap = (found.observed - found.climate - found.rest)[known]
        assert np.abs(gap).max() <= 1e-10 * max(1, np.abs(found.observed[known]).max())
        np.testing.assert_allclose(
            found.drivers.sum(axis=0)[known], found.climate[known], rtol=1e-9, atol=1e-12
        )


def test_p_is_that_of_linregress_with_the_years_that_count():
    """The t of linregress shrinks with the degrees of freedom that its error is taken of."""
    stats = pytest.importorskip("scipy.stats")
    series, drivers = world(3)
    found = attribution.attribute(series, drivers, YEARS, "joint", 8)
    n, fewer = len(YEARS), 0
    for pixel in range(series.shape[2]):
        line = stats.linregress(YEARS, series[:, 0, pixel])
        rest = series[:, 0, pixel] - line.intercept - line.slope * YEARS
        memory = (n * np.sum(rest[1:] * rest[:-1]) / np.sum(rest**2) + 2) / (n - 5)
        memory = min(max(memory, 0), 0.95)
        worth = max(n * (1 - memory) / (1 + memory), 3)
        t = line.slope / line.stderr * np.sqrt((worth - 2) / (n - 2))
        p = 2 * stats.t.sf(abs(t), worth - 2)
        assert found.p[0, pixel] == pytest.approx(p, rel=1e-9)
        assert found.observed[0, pixel] == pytest.approx(line.slope, rel=1e-10)
        fewer += worth < n
    assert 0 < fewer < series.shape[2], "both with and without memory"


@pytest.mark.parametrize(("memory", "most"), [(0.0, 5.0), (0.3, 7.0), (0.5, 8.5)])
def test_series_with_memory_and_no_trend_are_rarely_significant(memory, most):
    """5 % is the level; linregress alone finds 5, 14 and 24 %."""
    rng = np.random.default_rng(8)
    series = rng.normal(size=(len(YEARS), 1, 4000))
    series[1:] *= np.sqrt(1 - memory**2)
    for year in range(1, len(YEARS)):
        series[year] += memory * series[year - 1]
    drivers = [rng.normal(size=series.shape) for _ in range(2)]
    found = attribution.attribute(series, drivers, YEARS, "joint", 8)
    assert 2.5 < 100 * (found.p < 0.05).mean() < most


def test_bias_of_the_residual_method_is_that_of_the_theorem():
    """Slope of the residuals = h (1 - R2), h that of the year beside the drivers."""
    for seed in range(10):
        series, drivers = world(seed, gaps=seed % 2 == 0)
        plain = attribution.attribute(series, drivers, YEARS, "restrend", 8)
        joint = attribution.attribute(series, drivers, YEARS, "joint", 8)
        wanted = joint.rest * (1 - joint.time_r2)
        np.testing.assert_allclose(plain.rest, wanted, rtol=1e-8, atol=1e-11)


def test_formula_of_the_bias_fails_with_a_calibration():
    """Coefficients of ten years, R2 of twenty: the methods text must not give the formula."""
    rng = np.random.default_rng(1)
    driver = 0.1 * (YEARS - 2001)[:, None, None] + rng.normal(size=(20, 1, 50))
    series = 3 * driver + 2.0 * (YEARS - 2001)[:, None, None] + rng.normal(size=(20, 1, 50))

    def gap(calibration):
        joint, plain = (
            attribution.attribute(series, [driver], YEARS, method, 8, calibration)
            for method in ("joint", "restrend")
        )
        return np.abs(plain.rest - joint.rest * (1 - joint.time_r2)).max()

    assert gap(None) < 1e-9 < 0.1 < gap((2001, 2010))


def planted(pixels=4000, human=3.0, warming=0.03, wetting=4.0, seed=1):
    """Twenty years of warming climate: NEP = 30 T + 0.2 P + a human trend + noise."""
    rng = np.random.default_rng(seed)
    t = (YEARS - YEARS[0]).astype(float)[:, None, None]
    shape = len(YEARS), 1, pixels
    warmth = 15 + warming * t + rng.normal(0, 0.3, shape)
    rain = 1200 + wetting * t + rng.normal(0, 100, shape)
    series = 30 * warmth + 0.2 * rain + human * t + rng.normal(0, 15, shape)
    return series, [warmth, rain], 30 * warming + 0.2 * wetting


def test_planted_human_share_is_recovered_and_the_residual_method_misses_it():
    series, drivers, climate = planted()
    means, errors = {}, {}
    for method in attribution.METHODS:
        found = attribution.attribute(series, drivers, YEARS, method, 8)
        means[method] = found.rest.mean(), found.climate.mean()
        errors[method] = 4 * found.rest.std() / np.sqrt(found.rest.size)
    for method in ("joint", "first_difference"):
        assert means[method][0] == pytest.approx(3.0, abs=errors[method])
        assert means[method][1] == pytest.approx(climate, abs=errors[method])
    r2 = attribution.attribute(series, drivers, YEARS, "joint", 8).time_r2
    expected = 3.0 * (1 - r2.mean())
    assert expected < 2.3
    assert means["restrend"][0] == pytest.approx(expected, abs=errors["restrend"])
    assert abs(means["restrend"][0] - 3.0) > 5 * errors["restrend"]


def test_calibration_before_the_human_trend_recovers_it():
    """Coefficients of years before a change carry over to the years after it."""
    years = np.arange(1991, 2021)
    rng = np.random.default_rng(2)
    after = np.maximum(years - 2009, 0).astype(float)[:, None, None]
    warmth = 15 + rng.normal(0, 0.5, (30, 1, 3000))
    series = 30 * warmth + 5 * after + rng.normal(0, 5, (30, 1, 3000))
    found = attribution.attribute(series, [warmth], years, "restrend", 8, (1991, 2009))
    truth = np.polyfit(years, after[:, 0, 0] * 5, 1)[0]
    assert found.rest.mean() == pytest.approx(truth, abs=0.01)


@pytest.mark.parametrize("method", attribution.METHODS)
def test_a_short_calibration_is_absent_per_pixel(method):
    series, drivers = world(1)
    series[2:4, 0, 0] = np.nan
    fits = study_attribution.YEARS_PER_PARAMETER * study_attribution.parameters(3, method)
    last = YEARS[0] + fits - 1
    found = attribution.attribute(series, drivers, YEARS, method, 8, (YEARS[0], last))
    assert np.isnan(found.rest[0, 0]) and np.isfinite(found.rest[0, 1:]).all()
    one_less = attribution.attribute(series, drivers, YEARS, method, 8, (YEARS[0], last - 1))
    assert np.isnan(one_less.rest).all()


def test_what_cannot_be_told_apart_is_absent():
    series, drivers = world(4)
    simulations = [drivers[0], 2 * drivers[0], drivers[2]]
    constant = [np.ones_like(drivers[0]), drivers[1]]
    few = np.where(np.arange(20)[:, None, None] < 7, series, np.nan)
    for values, climate in ((series, simulations), (series, constant), (few, drivers)):
        found = attribution.attribute(values, climate, YEARS, "joint", 8)
        assert np.isnan(found.rest).all() and np.isnan(found.observed).all()
    with pytest.raises(ValueError, match="no method"):
        attribution.attribute(series, drivers, YEARS, "other", 8)


def test_six_cases_by_hand():
    observed = np.array([3.0, 1, 1, -3, -1, -1, 0, np.nan, 5e-10])
    climate = np.array([1.0, 2, -1, -1, -2, 1, 1, 1, 1e-10])
    rest = observed - climate
    cases = attribution.case(observed, climate, rest)
    assert cases.tolist() == [1, 2, 3, 4, 5, 6, 7, 7, 7]
    share = attribution.residual_share(observed, rest, cases)
    np.testing.assert_allclose(share[:6], [200 / 3, 0, 100, 200 / 3, 0, 100])
    assert np.isnan(share[6:]).all()


def test_cases_and_classes_cover_every_pixel_once():
    rng = np.random.default_rng(5)
    climate, rest = rng.normal(size=(2, 100_000))
    observed = climate + rest
    observed[:100], rest[100:200], climate[200:300] = np.nan, 0, 1e-10
    cases = attribution.case(observed, climate, rest)
    assert sum((cases == code).sum() for code in attribution.CASES) == cases.size
    assert (cases[:300] == 7).all()
    share = attribution.residual_share(observed, rest, cases)
    assert np.nanmin(share) >= 0 and np.nanmax(share) <= 100
    p = rng.uniform(size=cases.size)
    code = attribution.dominant(share, p, 0.05)
    counts = {name: (code == number).sum() for number, name in attribution.DOMINANT.items()}
    assert sum(counts.values()) == code.size
    assert (code[:300] == 5).all()
    assert set(code[(p > 0.05) & (cases < 7)]) == {4}
    wide = attribution.dominant(share, p, 1.0, 60)
    assert ((wide == 2) == (np.abs(share - 50) <= 10)).all()


@pytest.mark.parametrize(("warming", "wetting"), [(0.0, 0.0), (0.03, 4.0)])
def test_null_share_is_what_a_world_without_human_effect_shows(warming, wetting):
    """Without any trend more than a third counts as dominated by a rest that is not there."""
    series, drivers, _ = planted(300, 0.0, warming, wetting)
    settings = {
        "null_draws": 20,
        "seed": 3,
        "calibration": None,
        "significance_p": 0.05,
        "dominance_percent": 50,
    }
    flat = series[:, 0], [driver[:, 0] for driver in drivers]
    null = inference.null_shares(*flat, YEARS, settings, 8)
    for method in attribution.METHODS:
        found = attribution.attribute(series, drivers, YEARS, method, 8)
        cases = attribution.case(found.observed, found.climate, found.rest)
        share = attribution.residual_share(found.observed, found.rest, cases)
        seen = {
            (attribution.DOMINANT[3], "dominant_share"): share > 50,
            (attribution.DOMINANT[1], "dominant_share"): share < 50,
            (attribution.DOMINANT[4], "class_share"): found.p > 0.05,
        }
        seen |= {(name, "case_share"): cases == n for n, name in attribution.CASES.items()}
        for key, where in seen.items():
            assert null[method][key] == pytest.approx(100 * where.mean(), abs=8), (method, key)
        for quantity in ("case_share", "class_share", "dominant_share"):
            total = sum(value for (_, q), value in null[method].items() if q == quantity)
            assert total == pytest.approx(100), quantity
        assert warming or null[method][attribution.DOMINANT[3], "dominant_share"] > 100 / 3
    again = inference.null_shares(*flat, YEARS, settings, 8)
    np.testing.assert_equal(again, null)
    other = inference.null_shares(*flat, YEARS, settings | {"seed": 4}, 8)
    key = attribution.DOMINANT[3], "dominant_share"
    assert other["joint"][key] != null["joint"][key]


def test_shares_by_hand():
    """Five cells and one outside: cases 1, 1, 3, 5, undetermined."""
    cases = np.array([1, 1, 3, 5, 7, 1.0])
    share = np.array([40, 80, 100, 0, np.nan, 10])
    p = np.array([0.01, 0.2, 0.01, 0.01, np.nan, 0.01])
    inside = np.arange(6) < 5
    made = [summary.Shares(0.05, 50) for _ in range(2)]
    made[0].add(inside, p, share, cases)
    for part in (slice(0, 2), slice(2, 6)):
        made[1].add(inside[part], p[part], share[part], cases[part])
    rows = [{row[:2]: row[2] for row in shares.rows()} for shares in made]
    np.testing.assert_equal(*rows)
    case = attribution.CASES
    assert rows[0][case[1], "case_share"] == 40 and rows[0][case[7], "case_share"] == 20
    assert rows[0][case[1], "residual_contribution"] == 60  # (40 + 80) / 2
    assert rows[0][case[1], "climate_contribution"] == 40
    assert rows[0][case[3], "residual_contribution"] == 100
    assert rows[0][case[5], "climate_contribution"] == 100
    assert np.isnan(rows[0][case[2], "residual_contribution"])
    assert (case[7], "residual_contribution") not in rows[0]
    name = attribution.DOMINANT
    assert rows[0][name[1], "dominant_share"] == 50 and rows[0][name[3], "dominant_share"] == 50
    assert rows[0][name[3], "dominant_share_significant"] == pytest.approx(100 / 3)
    assert rows[0][name[4], "class_share"] == 20 == rows[0][name[5], "class_share"]


def test_surrogates_have_climate_and_noise_and_no_year():
    series, drivers, climate = planted(pixels=200, human=5.0)
    made = inference.surrogates(
        series[:, 0], [d[:, 0] for d in drivers], YEARS, 8, 30, np.random.default_rng(1)
    )
    slopes = np.polyfit(YEARS, made.transpose(1, 0, 2).reshape(len(YEARS), -1), 1)[0]
    assert slopes.mean() == pytest.approx(climate, abs=4 * slopes.std() / np.sqrt(200))
    spread = (made - made.mean(axis=0)).std()
    assert spread == pytest.approx(15, rel=0.1)
    series[4, 0, 0] = np.nan
    made = inference.surrogates(
        series[:, 0], [d[:, 0] for d in drivers], YEARS, 8, 2, np.random.default_rng(1)
    )
    assert np.isnan(made[:, 4, 0]).all() and np.isfinite(made[:, 5, 0]).all()


def settings(calibration, time_step="daily", variables=("nep",)):
    return {
        "period": [2001, 2020],
        "climate": {"source": "stations", "time_step": time_step, "variables": ["a", "b", "c"]},
        "attribution": {"variables": list(variables), "calibration": calibration},
    }


def test_short_calibrations_and_normals_are_refused():
    study_attribution.check(settings([2001, 2015]), "own.yaml")
    study_attribution.check(settings([2001, 2002], variables=()), "own.yaml")
    with pytest.raises(study_attribution.TooFewYears, match=r"own.yaml.*2001-2014 has 14 years"):
        study_attribution.check(settings([2001, 2014]), "own.yaml")
    with pytest.raises(study_attribution.TooFewYears, match="has 10 years of the study"):
        study_attribution.check(settings([1985, 2010]), "own.yaml")
    with pytest.raises(load.BadStudy, match="normals"):
        study_attribution.check(settings(None, "normals"), "own.yaml")
