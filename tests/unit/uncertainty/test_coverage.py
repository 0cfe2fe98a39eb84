"""Intervals of NEP hold the truth of simulated worlds: of some, and of the 200 in the table."""

import csv
from pathlib import Path

import coverage_of_worlds as worlds
import pytest

STORED = Path(worlds.__file__).with_suffix(".csv")


def rows():
    with open(STORED, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_stored_worlds_are_held_in_most_cases():
    found = [row for row in rows() if row["form"] == worlds.RIGHT]
    assert {(row["zone"], row["quantity"]) for row in found} == {
        (zone, quantity) for zone in worlds.NAMES.values() for quantity in worlds.QUANTITIES
    }
    for row in found:
        assert row["worlds"] == "200"
        assert float(row["inside_percent"]) >= 88, row


def test_a_wrong_form_breaks_means_and_no_trends():
    inside = {
        (row["form"], row["quantity"]): float(row["inside_percent"])
        for row in rows()
        if row["zone"] == "all"
    }
    assert inside[worlds.WRONG, "nep_mean"] < inside[worlds.RIGHT, "nep_mean"]
    assert inside[worlds.WRONG, "nep_slope"] >= 88


def test_some_worlds_anew():
    """Of 30 worlds; with 95 % inside fewer than 80 % have a chance below 1 in 1000."""
    for form, _, quantity, _, inside, *_ in worlds.coverage(30, (worlds.RIGHT,)):
        assert float(inside) >= 76, (form, quantity)


@pytest.mark.slow
def test_the_stored_table_is_remade():
    made = [dict(zip(worlds.COLUMNS, map(str, row), strict=True)) for row in worlds.coverage(200)]
    for new, old in zip(made, rows(), strict=True):
        assert float(new["inside_percent"]) == pytest.approx(float(old["inside_percent"]), abs=1)
