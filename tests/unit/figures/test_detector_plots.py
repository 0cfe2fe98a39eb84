"""Figures of the detectors: what they say, from tables worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from nepflow.detector import detector, results
from nepflow.figures import detector as figures_detector
from nepflow.figures import palettes


def factors():
    """Three factors, one of which entered the variable."""
    rng = np.random.default_rng(0)
    y, codes = rng.normal(size=300), rng.integers(0, 4, (3, 300))
    y += codes[0]
    names = ["rain", "land_cover", "slope"]
    strata = {name: detector.strata_of(y, code) for name, code in zip(names, codes, strict=True)}
    marks = {"rain": "same layer", "land_cover": "", "slope": ""}
    tested = {"rain": (0.5, 0.01, 0.1), "land_cover": (0.1, 0.3, 0.2), "slope": (0, 0.6, 0.1)}
    one = [("nep", *row) for row in results.factor_rows(strata, tested, marks, 10)]
    pairs = results.interaction_rows(y, dict(zip(names, codes, strict=True)), strata, marks, 10)
    other = [("nep", *row) for row in pairs]
    return (
        pd.DataFrame(one, columns=results.COLUMNS["factors"]),
        pd.DataFrame(other, columns=results.COLUMNS["interactions"]),
    )


def texts(figure):
    found = [text.get_text() for axes in figure.axes for text in axes.texts]
    found += [text.get_text() for text in figure.texts]
    found += [
        t.get_text() for a in figure.axes for t in (*a.get_yticklabels(), *a.get_xticklabels())
    ]
    return found


@pytest.mark.parametrize("width", [180, 85])
def test_bars(width):
    table, _ = factors()
    figure = figures_detector.q_bars(table, width_mm=width, simulated=True)
    bars = figure.axes[0].patches
    assert [bar.get_hatch() for bar in bars] == ["////", None, None]
    colours = [to_hex(bar.get_facecolor()) for bar in bars]
    assert colours[0] == palettes.LINES[0] and colours[1] == colours[2] != colours[0]
    q = table[table["quantity"] == "q_statistic"].set_index("factor")["value"]
    assert [bar.get_width() for bar in bars] == sorted(q, reverse=True)
    said = " ".join(texts(figure))
    assert "Built in: rain (same layer)" in said and "p = 0.300" in said and "land cover" in said


@pytest.mark.parametrize("width", [180, 85])
def test_heat_map(width):
    _, table = factors()
    figure = figures_detector.interaction_map(table, width_mm=width, simulated=False)
    said = texts(figure)
    q = table[table["quantity"] == "q_both"]
    for value in q["value"]:
        assert any(text.startswith(f"{value:.2f} ") for text in said)
    assert sum(text.endswith((" B", " N")) for text in said) == 3
    red = [t for t in figure.axes[0].get_yticklabels() if t.get_color() == palettes.ACCENT]
    assert [text.get_text() for text in red] == ["rain"]


def test_a_table_without_q_is_refused():
    table, _ = factors()
    with pytest.raises(palettes.BadFigure, match="q_statistic"):
        figures_detector.q_bars(table[table["quantity"] == "cells"])
