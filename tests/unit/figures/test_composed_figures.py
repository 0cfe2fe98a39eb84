"""Sankey, matrix, panels, lines, stipples and the specification curve."""

import itertools

import numpy as np
import pandas as pd
import pictures
import pytest
from matplotlib.colors import to_hex
from matplotlib.offsetbox import AnchoredText
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.text import Text
from nepflow.figures import (
    class_map,
    layout,
    maps,
    palettes,
    panels,
    sankey,
    series,
    specification,
    transition_matrix,
)
from nepflow.landcover import transitions as landcover_transitions
from nepflow.pixel.persistence import BESIDE

NAMES = ["forest", "grass", "barren"]
COLOURS = {"forest": "#1b7837", "grass": "#a6d96a", "barren": "#d9c9b0"}
FIRST = [[0, 0, 0, 0], [0, 300, 20, 0], [0, 0, 400, 1], [0, 60, 0, 219]]  # one cell barely moves
SECOND = [[0, 0, 0, 0], [0, 350, 0, 10], [0, 40, 380, 0], [0, 0, 0, 220]]


def transitions(dates=(2000, 2011, 2022)):
    rows = []
    for number, pair in enumerate(itertools.pairwise(dates)):
        cells = np.array(SECOND if number % 2 else FIRST)
        rows += landcover_transitions.pair_rows(cells, NAMES, pair, 1.0)
    return pd.DataFrame(rows, columns=landcover_transitions.COLUMNS)


def draw_sankey(simulated=False, **options):
    return sankey.sankey(transitions(), COLOURS, simulated=simulated, **options)


def draw_heat(simulated=False, **options):
    return transition_matrix.heat_table(transitions(), simulated=simulated, **options)


def specifications():
    rows = [
        ("reading", "monthly", False, "nep_mean", 60.0, "g C m-2 yr-1"),
        ("reading", "annual", True, "nep_mean", 170.0, "g C m-2 yr-1"),
        ("year 2000", "drop", False, "nep_mean", 172.0, "g C m-2 yr-1"),
        ("year 2000", "keep", True, "nep_mean", 170.0, "g C m-2 yr-1"),
        ("year 2000", "drop", False, "rising_share", np.nan, "%"),
        ("year 2000", "keep", True, "rising_share", 80.0, "%"),
    ]
    return pd.DataFrame(rows, columns=specification.COLUMNS[: len(rows[0])])


def draw_specification(simulated=False, **options):
    return specification.specification_curve(specifications(), simulated=simulated, **options)


def values():
    rows, columns = np.indices((pictures.ROWS, pictures.COLUMNS))
    cells = 20.0 * columns - 10 * rows
    cells[pictures.inside() != 1] = np.nan
    return cells


def map_panel(simulated=False, **options):
    field = pictures.field(values(), simulated, unit="g C m-2 yr-1", long_name="mean NEP")
    return maps.MapPanel(field, pictures.grid(), pictures.outlines(), **options)


def class_panel(simulated=False):
    cells = np.where(pictures.inside() == 1, 1.0, np.nan)
    layer = pictures.field(cells, simulated, classes={1: "rising", 2: "falling"})
    counts = class_map.class_counts(layer.values, pictures.inside())
    return class_map.ClassPanel(layer, pictures.grid(), pictures.outlines(), counts)


def draw_panels(simulated=False, width_mm=180, **options):
    table, trends = pictures.series()
    curve = series.RegionPanel(table, "nep", "province", trends, simulated=simulated)
    parts = [map_panel(simulated), class_panel(simulated), curve]
    columns = {180: 2, 85: 1}[width_mm]
    return panels.panel_figure(
        parts, ["Mean", "Trend", "NEP"], columns=columns, width_mm=width_mm, **options
    )


KINDS = (draw_sankey, draw_heat, draw_specification, draw_panels)


@pytest.mark.parametrize("draw", KINDS)
@pytest.mark.parametrize("width_mm", [85, 180])
def test_simulated_inputs_are_named_inside_the_picture(draw, width_mm):
    figure = draw(simulated=True, width_mm=width_mm, title="A title")
    pictures.drawn(figure)
    marks = [art for art in figure.findobj(AnchoredText) if art.txt.get_text()]
    assert len(marks) == (3 if draw is draw_panels else 1)
    for mark in marks:
        assert mark.txt.get_text() == "simulated"
        box, axes = mark.get_window_extent(), mark.axes.get_window_extent()
        assert axes.x0 <= box.x0 < box.x1 <= axes.x1
        assert axes.y0 <= box.y0 < box.y1 <= axes.y1


@pytest.mark.parametrize("draw", KINDS)
@pytest.mark.parametrize("width_mm", [85, 180])
def test_text_stays_on_the_sheet(draw, width_mm):
    figure = pictures.drawn(draw(width_mm=width_mm, title="A title"))
    sheet = figure.bbox
    ticks = [axis.get_ticklabels() for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)]
    ticks = {label for labels in ticks for label in labels}
    for text in figure.findobj(Text):
        if text in ticks or not text.get_text().strip():  # a tick beyond the axes is not drawn
            continue
        box = text.get_window_extent()
        assert box.x0 >= sheet.x0 - 1 and box.x1 <= sheet.x1 + 1, text.get_text()
        assert box.y0 >= sheet.y0 - 1 and box.y1 <= sheet.y1 + 1, text.get_text()


@pytest.mark.parametrize("draw", KINDS)
def test_real_inputs_bear_no_mark(draw):
    assert "simulated" not in pictures.texts(draw())


def test_bars_are_as_tall_as_the_shares():
    figure = draw_sankey()
    bars = [art for art in figure.axes[0].patches if isinstance(art, Rectangle)]
    tall = np.reshape([bar.get_height() for bar in bars], (3, 3))
    assert tall[0] / tall[0].sum() == pytest.approx([0.32, 0.401, 0.279])
    assert tall[2] / tall[2].sum() == pytest.approx([0.39, 0.38, 0.23])


def test_a_ribbon_has_the_colour_of_the_class_left_and_the_height_of_its_share():
    figure = draw_sankey(smallest_percent=0)
    axes = figure.axes[0]
    ribbons = [art for art in axes.patches if isinstance(art, PathPatch)]
    assert len(ribbons) == 6 + 5  # flows above zero of the two steps
    grass = [art for art in axes.patches if isinstance(art, Rectangle)][1]
    changed = [art for art in ribbons if art.get_alpha() > 0.5]
    assert len(changed) == 3 + 2
    six = [art for art in changed if to_hex(art.get_facecolor()) == COLOURS["barren"]]
    height = six[0].get_path().vertices[7, 1] - six[0].get_path().vertices[0, 1]
    assert height == pytest.approx(60 / 401 * grass.get_height())


def test_what_is_too_small_to_draw_is_counted():
    figure = draw_sankey(smallest_percent=0.5)
    text = " ".join(pictures.texts(figure)).replace("\n", " ")
    assert "Not drawn: 1 changes below 0.5 %, together 0.10 % and 0.00 % of the area." in text
    ribbons = [art for art in figure.axes[0].patches if isinstance(art, PathPatch)]
    assert len(ribbons) == 10


@pytest.mark.parametrize("dates", [(2001, 2002), (2001, 2006, 2011, 2016, 2022)])
def test_any_number_of_dates(dates):
    found = pictures.texts(sankey.sankey(transitions(dates), COLOURS))
    assert {str(date) for date in dates} <= set(found)
    assert sum(text.startswith("changed: ") for text in found) == len(dates) - 1


def test_substituted_dates_say_so():
    names = {2000: "2000 (map of 2001)"}
    assert names[2000] in pictures.texts(draw_sankey(date_names=names))


def test_labels_keep_their_distance():
    places = sankey.apart([10, 10.5, 11, 40], 3, 0, 41)
    assert np.diff(places).min() >= 3 - 1e-9 and places[-1] == 40
    assert sankey.apart([39, 40], 3, 0, 41)[-1] <= 41


def test_matrix_shows_the_last_pair_with_gains_and_losses():
    found = pictures.texts(draw_heat())
    assert {"35.00", "4.00", "1.00", "38.00", "22.00", "changed: 5.00", "+3.00"} <= set(found)
    first = pictures.texts(draw_heat(year="2000-2011"))
    assert "rows: from 2000" in first and "30.00" in first


def test_shares_of_ranges_close():
    shares = maps.range_shares(np.array([-1, 0, 199, 200, 500, np.nan]), [0, 200, 400])
    assert [share for _, _, share, _ in shares] == [20, 40, 20, 20]
    assert maps.share_texts(shares)[0] == "< 0:  20.0 %"
    names = [name for name, *_ in shares]
    assert names == ["< 0", "0–200", "200–400", "≥ 400"]


def test_shares_of_signs_name_what_is_significant():
    r = np.array([0.5, 0.4, -0.3, -0.6, np.nan])
    p = np.array([0.01, 0.2, 0.3, 0.05, np.nan])
    shares = maps.range_shares(r, [0], p, 0.05)
    texts = maps.share_texts(shares, "p < 0.05")
    assert texts == [
        "negative:  50.0 %  (p < 0.05:  0.0 %)",
        "positive:  50.0 %  (p < 0.05:  25.0 %)",
    ]


def test_blocks_are_significant_by_majority_of_cells_with_a_p():
    p = np.full((4, 8), 0.5)
    p[:2, :2] = 0.01  # all of the first block
    p[:2, 2:4] = [[0.01, 0.01], [0.5, 0.5]]  # half: no majority
    p[2:, :2] = [[0.01, np.nan], [0.01, 0.5]]  # two of three
    p[2:, 2:4] = [[0.01, np.nan], [np.nan, np.nan]]  # too few cells
    row, column = maps.significant_blocks(p, np.ones(p.shape, bool), 0.05, 2)
    assert list(zip(row, column, strict=True)) == [(0.5, 0.5), (2.5, 0.5)]


def test_stipples_lie_where_the_test_is_significant():
    p = pictures.field(np.where(np.indices((18, 24))[1] < 8, 0.01, 0.9), unit="1")
    panel = map_panel(stipple=(p, 0.05))
    figure = pictures.drawn(layout.panel_sheet(panel))
    dots = next(line for line in figure.axes[0].lines if line.get_marker() == "o")
    assert len(dots.get_xdata()) > 5
    assert dots.get_xdata().max() < pictures.WEST + 8.5 * pictures.CELL


def test_lines_lie_where_the_other_field_has_the_value():
    rain = pictures.field(np.indices((18, 24))[1] * 50.0, unit="mm yr-1", long_name="precipitation")
    figure = pictures.drawn(layout.panel_sheet(map_panel(contours=(rain, [200, 400]))))
    found = pictures.texts(figure)
    assert {"Precipitation 200 mm yr⁻¹", "Precipitation 400 mm yr⁻¹", "200", "400"} <= set(found)


def test_smoothing_keeps_a_plane_and_the_missing_reason():
    plane = np.indices((40, 40))[1].astype("float64")
    inside = np.ones((40, 40), bool)
    inside[:5] = False
    found = maps.smoothed(plane, inside, 2.0)
    assert np.isnan(found[:5]).all()
    assert found[20, 12:28] == pytest.approx(plane[20, 12:28], abs=1e-9)


def test_a_mark_of_what_is_built_in_stands_below_the_map():
    figure = layout.panel_sheet(map_panel(mark="Built in: Rh is computed from this."))
    assert "Built in: Rh is computed from this." in pictures.texts(figure)


def test_panels_have_letters_and_a_last_row_in_the_middle():
    figure = pictures.drawn(draw_panels())
    assert {"(a)", "(b)", "(c)", "Mean", "Trend"} <= set(pictures.texts(figure))
    curve = next(axes for axes in figure.axes if axes.get_ylabel())
    place = curve.get_position()
    assert place.x0 > 0.3 and place.x1 < 0.75


def test_panels_that_would_be_too_narrow_are_refused():
    with pytest.raises(palettes.BadFigure, match="needs 50 mm"):
        panels.panel_figure([map_panel()] * 2, ["a", "b"], columns=2, width_mm=85)


def test_specification_marks_the_chosen_option_and_absent_values():
    figure = draw_specification()
    axes = figure.axes[0]
    chosen = [line for line in axes.lines if line.get_marker() == "D"]
    assert [float(line.get_xdata()[0]) for line in chosen] == [170.0, 170.0]
    found = pictures.texts(figure)
    assert {"reading", "annual", "year 2000", "NEP, mean", "n/a"} <= set(found)


def test_shares_of_persistence_have_marks_of_chance():
    plain = draw_specification(quantities=["rising_share"])
    rows = [
        ("year 2000", option, option == "keep", f"rising_share{end}", value, "%")
        for option, white in (("drop", 40.0), ("keep", 47.0))
        for end, value in zip(BESIDE, (white, white + 55), strict=True)
    ]
    table = specifications()
    table = pd.concat([table, pd.DataFrame(rows, columns=table.columns)], ignore_index=True)
    figure = specification.specification_curve(table, ["rising_share"])
    marks = {"|": [], "x": []}
    for line in figure.axes[0].lines:
        if line.get_marker() in marks:
            marks[line.get_marker()].append(float(line.get_xdata()[0]))
    assert marks == {"|": [40.0, 47.0], "x": [95.0, 102.0]}
    low, high = figure.axes[0].get_xlim()
    assert low < 40 and high > 102
    text = "white noise as long as the series"
    assert text in pictures.texts(figure) and text not in pictures.texts(plain)
    shown = specification.specification_curve(table)
    assert not [text for text in pictures.texts(shown) if "of white noise" in text]


def test_shares_of_correlation_have_a_mark_of_surrogates():
    rows = [
        ("correlation", option, option == "plain", f"rising_share{end}", value, "%")
        for option, own, null in (("plain", 34.0, 33.0), ("detrended", 2.0, 2.5))
        for end, value in (("", own), ("_of_surrogates", null))
    ]
    table = specifications()
    table = pd.concat([table, pd.DataFrame(rows, columns=table.columns)], ignore_index=True)
    figure = specification.specification_curve(table, ["rising_share"])
    marked = [line for line in figure.axes[0].lines if line.get_marker() == "+"]
    assert [float(line.get_xdata()[0]) for line in marked] == [33.0, 2.5]
    found = pictures.texts(figure)
    assert "surrogates with each pixel's own trend and memory" in found
    assert "white noise as long as the series" not in found


def test_only_quantities_that_are_wanted_and_their_options_are_shown():
    table = specifications()
    figure = specification.specification_curve(table, ["rising_share"])
    found = pictures.texts(figure)
    assert "reading" not in found and "year 2000" in found
    with pytest.raises(palettes.BadFigure, match="no option gives other_share"):
        specification.specification_curve(table, ["other_share"])


def test_an_empty_specification_is_refused():
    with pytest.raises(palettes.BadFigure, match="empty"):
        specification.specification_curve(specifications().iloc[:0])
