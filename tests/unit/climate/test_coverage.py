"""Stored coverage of 95 % intervals, and the program that made it."""

import csv
from pathlib import Path

import coverage_of_seeds as program
import pytest

FLIPPED = 1.0  # %: two of 200 seeds, where the last digit of another machine decides


@pytest.fixture(scope="module")
def stored():
    """{(method, quantity, units): row}."""
    with open(Path(program.__file__).with_suffix(".csv"), encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert tuple(table[0]) == program.COLUMNS
    return {tuple(row[name] for name in program.COLUMNS[:3]): row for row in table}


def test_stored_intervals_hold_the_truth_and_those_of_cells_do_not(stored):
    trends = len(program.TRENDS) * 2
    assert len(stored) == 2 * len(program.PROJECTS) + len(program.MAPS) + trends
    for key, row in stored.items():
        assert int(row["seeds"]) == program.SEEDS >= 200, key
        assert 90 <= float(row["coverage_percent"]) <= 99, key
        assert not row["naive_percent"] or float(row["naive_percent"]) < 60, key


@pytest.mark.slow
@pytest.mark.parametrize(("method", "projects"), program.PROJECTS.items())
def test_intervals_of_projects_hold_zero_without_an_effect(stored, method, projects):
    covered, naive, joint = program.projects_hold_zero(projects)
    for quantity, percent in zip(("effect", "pre_trend"), covered, strict=True):
        row = stored[f"restoration, {method}", quantity, f"{projects} projects"]
        assert percent == pytest.approx(float(row["coverage_percent"]), abs=FLIPPED)
        assert 90 <= percent <= 99
    effect = stored[f"restoration, {method}", "effect", f"{projects} projects"]
    assert naive == pytest.approx(float(effect["naive_percent"]), abs=FLIPPED)
    assert joint < 10


@pytest.mark.slow
@pytest.mark.parametrize(("units", "world"), program.MAPS.items())
def test_intervals_of_zones_hold_zero_without_an_effect(stored, units, world):
    covered, naive, blocks = program.zones_hold_zero(*world)
    row = stored["contrast, blocks", "matched_difference", units]
    assert covered == pytest.approx(float(row["coverage_percent"]), abs=FLIPPED)
    assert naive == pytest.approx(float(row["naive_percent"]), abs=FLIPPED)
    assert 90 <= covered <= 99
    assert blocks == pytest.approx(int(units.split()[1]), rel=0.15)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["joint", "first_difference"])
def test_intervals_of_trends_hold_what_is_planted(stored, method):
    covered, naive = program.trends_hold_the_planted(method)
    for quantity, percent, beside in zip(program.TRENDS, covered, [*naive, None], strict=True):
        row = stored[f"attribution, {method}", quantity, "20 years"]
        assert percent == pytest.approx(float(row["coverage_percent"]), abs=FLIPPED)
        assert beside is None or beside == pytest.approx(float(row["naive_percent"]), abs=FLIPPED)
        assert 90 <= percent <= 99
