"""Effects of projects: hand values, planted effects, and the coverage of their intervals."""

from types import SimpleNamespace

import numpy as np
import pytest
import restored_land as land
from nepflow.restoration import effects, matching, results
from nepflow.restoration import panel as restoration_panel
from nepflow.study import restoration

EFFECTS = {"closing": 45.0, "planting": 20.0, "grass": 0.0}
COUNTS = {"closing": 25, "planting": 25, "grass": 22}


def test_units_are_means_of_classes_of_projects_and_patches():
    project = np.array([1, 1, 1, np.nan, np.nan, np.nan, np.nan])
    distance = np.array([0, 0, 0, 1.0, 5, 5, 5])
    cover = np.array([2, 2, 3, 2, 2, 2, np.nan])
    x, y = np.array([0.5, 1.5, 2.5, 3.5, 7.5, 8.5, 8.5]), np.full(7, 0.5)
    key = restoration_panel.keys(project, distance, cover, x, y, 3, 2)
    assert (key == -1).tolist() == [False, False, False, True, False, False, True]
    values = np.arange(7.0)[None]
    parts = [restoration_panel.sums(key[:1], values[:, :1])]
    parts.append(restoration_panel.sums(key[1:], values[:, 1:]))
    units = restoration_panel.means(parts, 1)
    assert units.project.tolist() == [1, 1, 0] and units.landcover.tolist() == [2, 3, 2]
    assert units.values.tolist() == [[0.5, 2.0, 4.5]] and units.cells.tolist() == [2, 1, 2]
    assert restoration_panel.means(parts, 2).project.tolist() == [1, 0]


def toy(bump=12.0):
    """Two treated units and forty like them; values by hand."""
    rng = np.random.default_rng(0)
    years = np.arange(2001, 2013)
    fixed = rng.normal(size=42)
    nep = 100 + 10 * fixed[:, None] + (1 + fixed[:, None]) * (years - 2001)
    nep[:2, years >= 2008] += bump
    start = np.full(42, np.inf)
    start[:2] = 2008
    number = np.zeros(42, dtype=int)
    number[:2] = 1, 2
    climate = rng.normal(size=(1, 42, 12))
    cells, place = np.full(42, 9.0), np.arange(42.0)
    cover = np.full(42, 4)
    return matching.Panel(
        nep, climate, fixed[None], cover, number, start, cells, place, place, years
    )


def gaps(found):
    """What treated units (treated, year) have more than their controls since the base years."""
    years = np.arange(found.left.shape[1])
    controls = found.left[found.match, years[:, None, None]].mean(axis=2)
    return found.left[found.unit] - controls.T


def test_small_patches_of_a_wide_grid_stay_apart():
    """50,000 patches in a row: with 16 bits a column the first would lie in the row below."""
    x, y = np.array([5000.05, -1553.55]), np.array([0.05, 0.15])
    far, cover = np.full(2, np.nan), np.ones(2)
    one, other = restoration_panel.keys(np.zeros(2), far, cover, x, y, 0.1, 2)
    assert one != other and min(one, other) > 0


def test_a_gap_without_noise_is_the_planted_one():
    settings = land.SETTINGS | {"caliper": 9}
    found = matching.cohort(toy(), 2008, settings)
    gap = gaps(found)
    assert gap[:, :7] == pytest.approx(0, abs=1e-8)
    assert gap[:, 7:] == pytest.approx(12, abs=1e-8)
    weight = effects.functionals([effects.Column("effect", 0, 0)], 2008, toy().years, [-10, 2])
    assert gap @ weight[:, 0] == pytest.approx(12)
    assert (weight[:, 0] > 0).sum() == 3, "the start and the two years after it"


def test_a_steady_trend_is_no_effect_beyond_the_trend():
    columns = [effects.Column(kind, 0, 0) for kind in ("effect", "pre_trend", effects.BEYOND_TREND)]
    weight = effects.functionals(columns, 2008, land.YEARS, [-10, 10])
    trend = 3.0 * (land.YEARS - 2008)
    step = np.where(land.YEARS >= 2008, 5.0, 0.0)
    assert (trend + step) @ weight == pytest.approx([3 * 5 + 5, 3, 5])


def test_terms_and_gaps_agree():
    found, _, columns, (panel, cohorts, numbers, _) = land.answers(4, EFFECTS, COUNTS)
    projects = numbers["closing"]
    totals = np.zeros(2)
    for each in cohorts:
        mine = np.isin(panel.project[each.unit], projects)
        weight = effects.functionals(columns, each.start, panel.years, [-10, 10])[:, 0]
        cells = panel.cells[each.unit[mine]]
        totals += cells @ (gaps(each)[mine] @ weight), cells.sum()
    assert found["closing"][0].value[0] == pytest.approx(totals[0] / totals[1])


def test_controls_are_alike_untreated_and_of_the_same_land_cover():
    _, _, _, (panel, cohorts, numbers, _) = land.answers(5, EFFECTS, COUNTS)
    for found in cohorts:
        assert (panel.project[found.match] == 0).all()
        assert (panel.landcover[found.match] == panel.landcover[found.unit][:, None]).all()
    names = ["warmth", "elevation", "level", "trend"]
    rows = results.balance_rows(panel, numbers, cohorts, names)
    size = {(m, q, of): abs(v) for m, q, of, v, _ in rows}
    before = size["closing", "imbalance_before", "elevation"]
    assert before > 0.5 > 3 * size["closing", "imbalance_after", "elevation"]


def test_not_yet_treated_land_serves_before_its_start():
    settings = land.SETTINGS | {"not_yet_treated": True, "neighbours": 25}
    _, _, _, (panel, cohorts, _, _) = land.answers(5, EFFECTS, COUNTS, settings)
    first, years = cohorts[0], panel.years
    start = panel.start[first.match]
    assert np.isfinite(start).any(), "some later projects are controls"
    late = np.maximum(years, first.start)[:, None, None]
    assert (np.isinf(start) | (start > late)).all()


def test_planted_effects_and_their_order_are_found():
    found, wanted, columns, _ = land.answers(2, EFFECTS, COUNTS)
    for name, (answer, how) in found.items():
        assert how == results.RESAMPLED
        assert answer.low[0] < wanted[name] < answer.high[0], name
    rows = results.effect_rows(found, columns, COUNTS, {"base_years": 2, "confidence_percent": 95})
    value = {(m, q): v for m, q, _, v, _ in rows}
    assert [value[name, "rank"] for name in EFFECTS] == [1, 2, 3]
    assert value["closing", "rank_high"] == 1
    assert value["closing", "chance_of_largest_effect"] > 95
    assert value["closing", "projects_compared"] == 25
    assert value["closing", "effect_p"] < 0.001 < value["grass", "effect_p"]
    event = {c.event: p for p, c in enumerate(columns) if c.kind == "event" and c.start == 0}
    closing = found["closing"][0]
    assert closing.value[event[0]] < closing.value[event[4]], "the effect grows"


def test_intervals_hold_the_planted_effects():
    """Of 20 worlds with three measures each; 95 % intervals, so 90-99 % of many."""
    hits, ordered = [], []
    for seed in range(300, 320):
        found, wanted, _, _ = land.answers(seed, EFFECTS, COUNTS)
        for name, (answer, _) in found.items():
            inside = answer.low[:2] <= [wanted[name], 0]
            hits.append(inside & (answer.high[:2] >= [wanted[name], 0]))
        ordered.append(sorted(found, key=lambda name: -found[name][0].value[0]) == list(EFFECTS))
    effect, pre_trend = np.mean(hits, axis=0)
    assert effect >= 0.9 and pre_trend >= 0.9
    assert all(ordered)


def hidden_trend(seed, plain=land.world):
    """Treated land gains 1 g C m-2 yr-2 that only the years before could tell."""
    rng = np.random.default_rng(seed)
    cubes, projects = plain(seed, {"grass": 0.0}, {"grass": 24}, side=60)
    land_trend = land.smooth(rng, 60, 3) + (cubes["project"] > 0)
    cubes["nep"] += land_trend * (land.YEARS - land.YEARS[0])[:, None, None]
    return cubes, projects


@pytest.mark.slow
def test_a_hidden_trend_is_what_the_second_number_is_for(monkeypatch):
    """The plain effect takes it for one; beyond the pre-trend the interval holds zero."""
    monkeypatch.setattr(land, "world", lambda seed, *_, **__: hidden_trend(seed))
    found = [land.answers(seed, {"grass": 0.0}, {"grass": 24})[0] for seed in range(3000, 3100)]
    ends = np.array([[a["grass"][0].low[[0, 2]], a["grass"][0].high[[0, 2]]] for a in found])
    plain, beyond = 100 * ((ends[:, 0] <= 0) & (ends[:, 1] >= 0)).mean(axis=0)
    assert plain < 85 and 90 <= beyond <= 99


@pytest.mark.slow
def test_an_interval_is_as_wide_as_estimates_spread_where_projects_take_little_land(monkeypatch):
    """Trends differ smoothly in space, nothing was done; 2.07 is the t of 24 projects."""
    plain = land.world

    def smooth_trends(seed, *given, **options):
        cubes, projects = plain(seed, *given, **options)
        field = land.smooth(np.random.default_rng(90_000 + seed), 108, 16)
        cubes["nep"] += 1.5 * field * (land.YEARS - land.YEARS[0])[:, None, None]
        return cubes, projects

    monkeypatch.setattr(land, "world", smooth_trends)
    found = [
        land.answers(seed, {"grass": 0.0}, {"grass": 24}, side=108)[0]["grass"][0]
        for seed in range(1000, 1040)
    ]
    value, half = np.array([(a.value[0], (a.high[0] - a.low[0]) / 2) for a in found]).T
    assert half.mean() / value.std(ddof=1) == pytest.approx(2.07, rel=0.25)
    assert (np.abs(value) <= half).mean() >= 0.9


def test_few_projects_are_tested_by_placebos():
    counts = {"closing": 6, "grass": 6}
    found, wanted, _, _ = land.answers(3, {"closing": 45.0, "grass": 0.0}, counts)
    for name, (answer, how) in found.items():
        assert how == results.RANDOMISED
        assert answer.low[0] < wanted[name] < answer.high[0], name
    assert found["closing"][0].p[0] < 0.05 < found["grass"][0].p[0]


def test_ranks_by_hand():
    noise = np.array([[0.0, 0, 0], [-20, 0, 0], [0, 0, 0], [0, 0, 0]])
    rank, low, high, best = effects.ranks(np.array([30.0, 20, 5]), noise, 50)
    assert rank.tolist() == [1, 2, 3] and best.tolist() == [75, 25, 0]
    assert low.tolist() == [1, 2, 3] and high.tolist() == [1, 2, 3]


def test_a_measure_without_draws_has_no_rank_and_counts_in_no_other():
    noise = np.column_stack([np.zeros(4), np.full(4, np.nan)])
    rank, _, _, best = effects.ranks(np.array([5.0, 9.0]), noise, 95)
    assert rank[0] == 1 and best[0] == 100
    assert np.isnan(rank[1]) and np.isnan(best[1])


def test_measures_are_drawn_independently_of_each_other():
    rng = np.random.default_rng(1)
    one = np.ones((20, 1))
    parts = SimpleNamespace(
        sums=rng.normal(size=(20, 1)), weights=one, control_sums=0 * one, control_weights=one
    )
    noise = [effects.resampled(parts, 500, 95, 1, place).noise for place in (0, 1)]
    assert abs(np.corrcoef(noise[0][:, 0], noise[1][:, 0])[0, 1]) < 0.2


def test_years_before_and_land_enough_are_demanded():
    years = np.arange(2001, 2021)
    settings = {"base_years": 2, "match_years": 3}
    assert matching.effective_starts([2003, 2006, 2006, 2021], years, settings) == [2006]
    with pytest.raises(matching.TooLittleLand, match=r"min_controls is 50.*buffer_km"):
        matching.cohort(toy(), 2008, land.SETTINGS | {"min_controls": 50})


def study(**changes):
    rule = {
        "file": "p.gpkg",
        "stages": [[2001, 2005]],
        "base_years": 2,
        "match_years": 3,
        "window": [-10, 10],
        "match_landcover": True,
    }
    return {
        "restoration": rule | changes,
        "climate": {"source": "stations", "time_step": "daily"},
        "figures": [{"name": "events", "kind": "event_study"}],
    }


def test_a_table_of_numbers_without_their_raster_is_refused():
    alone = study(file=None, table="p.csv") | {"figures": []}
    with pytest.raises(restoration.BadStudy, match=r"table says.*file is null.*raster"):
        restoration.check(alone, list(range(2001, 2021)), "x.yaml")
    restoration.check(study(file=None) | {"figures": []}, [2001], "x.yaml")


@pytest.mark.parametrize(
    ("changes", "years", "said"),
    [
        ({"file": None}, 20, "figure events shows effects of restoration"),
        ({}, 5, "the study has 5 years. Lengthen `period` to 6"),
        ({"stages": [[2005, 2001]]}, 20, "2005-2001 has 0 years"),
        ({"window": [-3, 10]}, 20, "must begin 5 years before"),
    ],
)
def test_what_cannot_be_compared_is_refused(changes, years, said):
    restoration.check(study(), list(range(2001, 2021)), "x.yaml")
    with pytest.raises(restoration.BadStudy, match=said):
        restoration.check(study(**changes), list(range(2001, 2001 + years)), "x.yaml")
