"""Series: what is drawn is what the tables say; and the text that figures share."""

import numpy as np
import pictures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nepflow import labels
from nepflow.figures import series
from nepflow.figures.palettes import BadFigure


def draw(zones=("West", "East"), change=None, **options):
    table, trends = pictures.series(zones)
    if change:
        table = change(table)
    shown = {
        name: options.pop(name) for name in ("label", "limits", "simulated") if name in options
    }
    curves = series.Series(table, "nep", "province", trends, **shown)
    return series.annual_series(curves, **options)


def test_line_is_that_of_the_table():
    """Start 100 in 2001 and 2 a year: 118 in 2010."""
    line = next(line for line in draw().axes[0].lines if line.get_linestyle() == "--")
    assert list(line.get_xdata()) == [2001, 2010]
    assert list(line.get_ydata()) == [100, 118]


def test_points_are_those_of_the_table():
    points = draw().axes[0].lines[0]
    assert list(points.get_xdata()) == list(range(2001, 2011))
    assert list(points.get_ydata()) == [100 + 2 * year for year in range(10)]


def test_four_zones_share_a_panel_and_differ_without_colour():
    figure = draw(("a", "b", "c", "d"))
    assert len(figure.axes) == 2
    curves = [line for line in figure.axes[1].lines if line.get_label()[0] != "_"]
    assert len({line.get_marker() for line in curves}) == 4


def test_five_zones_become_panels_with_one_axis_of_years():
    figure = draw(tuple("abcde"))
    assert len(figure.axes) == 6
    assert len({axes.get_xlim() for axes in figure.axes[1:]}) == 1
    assert sum("+2.00 g C m⁻² yr⁻², p < 0.001" in text for text in pictures.texts(figure)) == 6


def test_a_zone_without_values_says_so():
    def change(table):
        table.loc[table["zone"] == "c", "value"] = np.nan
        return table

    figure = draw(tuple("abcde"), change)
    assert "Not drawn, less than 3 years with data: c." in pictures.texts(figure)
    assert "c" not in pictures.texts(figure)


def test_more_zones_than_a_page_holds():
    """The first 60 are drawn, the others counted: a picture of 400 would be 5 m tall."""
    figure = draw(tuple(f"z{n}" for n in range(70)))
    assert len(figure.axes) == 61
    said = " ".join(pictures.texts(figure)).replace("\n", " ")
    assert "Not drawn, beyond 60 zones: z60, z61, z62 and 7 more." in said
    assert "z59" in said and labels.some(["a", "b"], 2) == "a, b"


def test_the_mark_hides_no_value():
    figure = draw(simulated=True)
    pictures.drawn(figure)
    axes = figure.axes[0]
    mark = next(art for art in axes.artists if art.zorder == 50)
    box = mark.get_window_extent()
    heights = axes.transData.transform([(2010, 118)])[:, 1]
    assert heights.max() < box.y0


def test_without_trends_there_is_no_line():
    table, _ = pictures.series()
    figure = series.annual_series(series.Series(table, "nep", "province"))
    assert all(line.get_linestyle() == "-" for line in figure.axes[0].lines)


def test_unknown_quantities_and_zones_are_named():
    table, _ = pictures.series()
    with pytest.raises(BadFigure, match=r"no npp_mean\. It has: nep_mean"):
        series.curves_of(table, "npp", "province")
    with pytest.raises(BadFigure, match="nep of biome"):
        series.curves_of(table, "nep", "biome")
    table.loc[0, "unit"] = "t C ha-1 yr-1"
    with pytest.raises(BadFigure, match="several units"):
        series.curves_of(table, "nep", "province")


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("g C m-2 yr-1", "g C m⁻² yr⁻¹"),
        ("g C m-2 yr-2", "g C m⁻² yr⁻²"),
        ("degC yr-1", "°C yr⁻¹"),
        ("km2", "km²"),
        ("g CO2 m-2", "g CO₂ m⁻²"),
        ("%", "%"),
        ("1", ""),
    ],
)
def test_units_are_typeset(unit, text):
    assert labels.unit_text(unit) == text


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (-3.14159, 2, "−3.14"),
        (-0.001, 2, "0.00"),
        (3079000.4, 0, "3\u202f079\u202f000"),
        (1234.5, 1, "1234.5"),
        (float("nan"), 1, "–"),
        (None, 1, "–"),
    ],
)
def test_numbers_are_typeset(value, decimals, text):
    assert labels.number(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0°"), (87.5, "87.5°E"), (-30.0, "30°W"), (100.0, "100°E")]
)
def test_degrees_are_typeset(value, text):
    assert labels.degrees(value, "E", "W") == text


def test_percentages_close_by_largest_remainders():
    """Thirds: 33.3 each leaves 0.1, which goes to the first."""
    assert labels.closing_percentages([1, 1, 1]) == [33.4, 33.3, 33.3]
    assert labels.closing_percentages([0, 0]) == [0, 0]


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=20))
def test_percentages_always_close_and_stay_near(counts):
    shares = labels.closing_percentages(counts)
    if sum(counts):
        assert sum(round(10 * share) for share in shares) == 1000
        exact = [100 * count / sum(counts) for count in counts]
        assert all(abs(a - b) < 0.1 + 1e-9 for a, b in zip(shares, exact, strict=True))


def test_what_rounds_to_nothing_is_not_called_nothing():
    assert labels.percent(0.0, 3) == "< 0.1 %"
    assert labels.percent(0.0, 0) == "0.0 %"
