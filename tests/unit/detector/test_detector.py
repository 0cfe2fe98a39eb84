"""Geographical detector: the published example, py-geodetector, scipy, properties."""

import numpy as np
import pytest
from nepflow.detector import detector
from scipy import stats

# Neural tube defects of 185 villages: factor of py-geodetector's copy -> q, p with the variance
# over N - 1 (R package geodetector) and over N (gdverse), F, lambda. Wang et al. (2010).
PUBLISHED = {
    "region": (0.6377737, 0.0001169914, 0.000128803, 38.7355, 152.0401),
    "type": (0.3857168, 0.3632363, 0.372145486, 28.2561, 101.3746),
    "level": (0.6067087, 0.04080407, 0.043382244, 45.7651, 197.9166),
}


@pytest.fixture(scope="module")
def package():
    return pytest.importorskip("geodetector", reason="py-geodetector is not installed")


@pytest.fixture(scope="module")
def defects(package):
    table = package.load_example_data()
    factors = {name: table[name].to_numpy() for name in PUBLISHED}
    return table["incidence"].to_numpy(), factors


def random_strata(seed, cells=300, factors=3):
    """A variable far from zero with some effect of factors of 2 to 7 strata, unequal in size."""
    rng = np.random.default_rng(seed)
    codes = [np.floor((2 + k) * rng.random(cells) ** 1.5).astype(int) for k in range(factors)]
    effects = sum(rng.normal(0, 0.6, 9)[code] for code in codes)
    return rng.normal(3, 1, cells) + effects, codes


def strata(y, codes):
    return detector.strata_of(np.asarray(y, dtype="float64"), np.asarray(codes))


def test_the_published_example(defects):
    y, factors = defects
    for name, (q, p_sample, p_population, f, noncentral) in PUBLISHED.items():
        found = strata(y, factors[name])
        assert detector.q_statistic(found) == pytest.approx(q, abs=1e-7), name
        assert detector.published_p(found, 1) == pytest.approx(p_sample, abs=1e-7), name
        assert detector.published_p(found, 0) == pytest.approx(p_population, abs=1e-7), name
        assert detector.f_statistic(found) == pytest.approx(f, abs=5e-5), name
        assert detector.noncentrality(found, 1) == pytest.approx(noncentral, abs=5e-5), name


def test_interactions_of_the_published_example(defects):
    y, factors = defects
    wanted = {
        ("type", "region"): 0.735680548139531,
        ("type", "level"): 0.663523698335635,
        ("region", "level"): 0.71359677853471,
    }
    for (one, other), q in wanted.items():
        both = detector.q_statistic(strata(y, detector.crossed(factors[one], factors[other])))
        assert both == pytest.approx(q, abs=1e-12)
        alone = [detector.q_statistic(strata(y, factors[name])) for name in (one, other)]
        assert detector.interaction_type(*alone, both) == detector.ENHANCED


def test_risk_and_ecology_of_the_published_example(defects):
    y, factors = defects
    means = np.sort(strata(y, factors["type"]).means)
    assert means == pytest.approx(np.sort([6.34, 6.6875, 6.583279, 5.84381, 6.347073]), abs=5e-7)
    found = {name: strata(y, codes) for name, codes in factors.items()}
    ratio, p = detector.ecological_test(found["type"], found["region"])
    assert ratio == pytest.approx(1.6959, abs=5e-5)
    assert p / 2 == pytest.approx(1.9e-4, abs=5e-6), "the p that is quoted has one side"
    assert detector.ecological_test(found["type"], found["level"])[0] == pytest.approx(
        1.5619, abs=5e-5
    )
    ratio, p = detector.ecological_test(found["region"], found["level"])
    assert ratio == pytest.approx(0.921, abs=5e-4) and p > 0.05


@pytest.mark.parametrize("seed", range(15))
def test_equals_the_package(package, seed):
    import pandas as pd

    y, codes = random_strata(seed)
    table = pd.DataFrame({"y": y} | {f"x{i}": code for i, code in enumerate(codes)})
    theirs = package.GeoDetector(table, "y")
    factors, pairs = theirs.factor_detector(), theirs.interaction_detector()
    for i, code in enumerate(codes):
        found = strata(y, code)
        assert detector.q_statistic(found) == pytest.approx(factors.iloc[0, i], abs=1e-12)
        assert detector.published_p(found, 1) == pytest.approx(
            factors.iloc[1, i], rel=1e-8, abs=1e-14
        )
        for j in range(i):
            both = strata(y, detector.crossed(code, codes[j]))
            assert detector.q_statistic(both) == pytest.approx(pairs.iloc[i, j], abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_risk_equals_welch_of_scipy(seed):
    y, codes = random_strata(seed)
    found = strata(y, codes[2])
    for i, j, t, df, p in detector.risk_test(found):
        one, other = (y[codes[2] == found.codes[k]] for k in (i, j))
        wanted = stats.ttest_ind(one, other, equal_var=False)
        assert (t, df, p) == pytest.approx((wanted.statistic, wanted.df, wanted.pvalue), rel=1e-9)


def test_q_by_hand():
    """Strata {1, 3} and {5, 9}: SSW = 2 + 8, SST = 12.25 + 2.25 + 0.25 + 20.25 = 35."""
    found = strata([1, 3, 5, 9], [0, 0, 4, 4])
    assert found.codes.tolist() == [0, 4] and found.means.tolist() == [2, 7]
    assert detector.q_statistic(found) == pytest.approx(1 - 10 / 35, abs=1e-15)
    assert detector.f_statistic(found) == pytest.approx(2 * 25 / 10, abs=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_full_overlays_never_explain_less(seed):
    y, codes = random_strata(seed)
    alone = [detector.q_statistic(strata(y, code)) for code in codes]
    for i in range(3):
        for j in range(i):
            both = detector.q_statistic(strata(y, detector.crossed(codes[i], codes[j])))
            assert both >= max(alone[i], alone[j]) - 1e-12
            assert detector.interaction_type(alone[i], alone[j], both) in (
                detector.ENHANCED,
                detector.INDEPENDENT,
                detector.ENHANCED_BOTH,
            )


def test_constant_changes_the_published_p_and_nothing_else():
    y, codes = random_strata(0)
    plain, raised = strata(y, codes[1]), strata(y + 50, codes[1])
    assert detector.q_statistic(raised) == pytest.approx(detector.q_statistic(plain), abs=1e-12)
    assert detector.f_statistic(raised) == pytest.approx(detector.f_statistic(plain), rel=1e-9)
    moved = abs(detector.published_p(raised, 1) - detector.published_p(plain, 1))
    assert moved > 1e-3, "the reason why this p is kept for comparison only"


@pytest.mark.parametrize(
    ("q_both", "wanted"),
    [
        (0.1, detector.WEAKENED_BOTH),
        (0.25, detector.WEAKENED),
        (0.4, detector.ENHANCED),
        (0.5, detector.INDEPENDENT),
        (0.6, detector.ENHANCED_BOTH),
    ],
)
def test_interaction_types(q_both, wanted):
    assert detector.interaction_type(0.2, 0.3, q_both) == wanted
    assert detector.interaction_type(0.3, 0.2, q_both) == wanted


def test_what_has_no_answer():
    flat = strata([2.0] * 6, [0, 0, 0, 1, 1, 1])
    assert np.isnan(detector.q_statistic(flat)) and np.isnan(detector.published_p(flat, 1))
    one = strata([1.0, 2, 3], [0, 0, 0])
    assert detector.q_statistic(one) == 0 and np.isnan(detector.f_statistic(one))
    lone = strata([1.0, 2, 3], [0, 0, 1])
    assert np.isnan(detector.risk_test(lone)[0][2:]).all()
    assert np.isnan(detector.ecological_test(flat, one)[0])


def test_refused_inputs():
    with pytest.raises(ValueError, match="left out"):
        strata([1.0, np.nan], [0, 1])
    with pytest.raises(ValueError, match="a value and a stratum"):
        strata([1.0, 2.0], [0, 1, 1])
