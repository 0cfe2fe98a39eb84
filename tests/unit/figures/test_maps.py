"""Maps: the mark, map elements, colours and shares."""

import warnings

import numpy as np
import pictures
import pytest
from matplotlib.offsetbox import AnchoredText
from nepflow import labels
from nepflow.figures import base_map, class_map, layout, maps, palettes, series, study_area
from nepflow.figures.chance import Chance
from pyproj import Transformer

TRUTHS = (False, True)


def values():
    rows, columns = np.indices((pictures.ROWS, pictures.COLUMNS))
    cells = 20.0 * columns - 10 * rows
    cells[pictures.inside() != 1] = np.nan
    cells[9, 9] = np.nan
    return cells


def npp(simulated=False, **attributes):
    attributes = {"unit": "g C m-2 yr-1", "long_name": "mean NPP"} | attributes
    return pictures.field(values(), simulated, **attributes)


def classes(simulated=False):
    cells = np.where(pictures.inside() == 1, 1.0, np.nan)
    cells[2:4, 2:4] = 3.0
    named = {1: "forest", 2: "grassland", 3: "cropland"}
    return pictures.field(cells, simulated, classes=named)


def draw_map(simulated, width_mm=180, **options):
    heading = {key: options.pop(key) for key in ("title", "letter") if key in options}
    panel = maps.MapPanel(npp(simulated), pictures.grid(), pictures.outlines(), **options)
    return layout.panel_sheet(panel, width_mm=width_mm, **heading)


def draw_classes(simulated, width_mm=180, **options):
    layer = classes(simulated)
    counts = class_map.class_counts(layer.values, pictures.inside())
    outlines = pictures.outlines()
    return class_map.class_map(
        layer, pictures.grid(), outlines, counts, width_mm=width_mm, **options
    )


def draw_study_area(simulated, width_mm=180, **options):
    elevation = pictures.field(values() + 1000, simulated, unit="m", long_name="elevation")
    outlines = options.pop("outlines", pictures.outlines())
    return study_area.study_area_map(
        elevation, pictures.grid(), outlines, pictures.stations(), width_mm=width_mm, **options
    )


def draw_series(simulated, width_mm=180, **options):
    table, trends = pictures.series()
    curves = series.Series(table, "nep", "province", trends, simulated=simulated)
    return series.annual_series(curves, width_mm=width_mm, **options)


KINDS = (draw_map, draw_classes, draw_study_area, draw_series)


@pytest.mark.parametrize("draw", KINDS)
@pytest.mark.parametrize("width_mm", [85, 180])
def test_simulated_inputs_are_named_inside_the_picture(draw, width_mm):
    figure = draw(True, width_mm)
    pictures.drawn(figure)
    (mark,) = (art for art in figure.findobj(AnchoredText) if art.txt.get_text())
    assert mark.txt.get_text() == "simulated"
    box, axes = mark.get_window_extent(), mark.axes.get_window_extent()
    assert axes.x0 <= box.x0 < box.x1 <= axes.x1
    assert axes.y0 <= box.y0 < box.y1 <= axes.y1
    assert mark.zorder > max(art.zorder for art in mark.axes.get_children() if art is not mark)


@pytest.mark.parametrize("draw", KINDS)
def test_real_inputs_are_not_called_simulated(draw):
    assert not any("simulated" in text for text in pictures.texts(draw(False)))


def test_a_simulated_grid_is_enough_for_the_mark():
    panel = maps.MapPanel(npp(), pictures.grid(simulated=True), pictures.outlines())
    figure = layout.panel_sheet(panel)
    assert labels.SIMULATED in pictures.texts(figure)


@pytest.mark.parametrize("draw", KINDS)
@pytest.mark.parametrize("width_mm", [85, 180])
def test_size_is_that_of_a_journal_column_and_no_text_leaves_it(draw, width_mm):
    figure = draw(True, width_mm, title="A title that is long enough to need more lines " * 2)
    assert figure.get_figwidth() * 25.4 == pytest.approx(width_mm)
    drawn = pictures.drawn(figure).get_tightbbox()  # inches
    width, height = figure.get_size_inches()
    assert 0 <= drawn.x0 < drawn.x1 <= width
    assert 0 <= drawn.y0 < drawn.y1 <= height


@pytest.mark.parametrize("draw", KINDS)
def test_figures_leave_no_settings_behind(draw):
    import matplotlib

    before = dict(matplotlib.rcParams)
    draw(True)
    assert dict(matplotlib.rcParams) == before


def test_degree_labels_stand_where_the_meridians_meet_the_frame():
    axes = draw_map(False).axes[0]
    to_degrees = Transformer.from_crs(pictures.CRS, "EPSG:4326", always_xy=True)
    south, west = axes.get_ylim()[0], axes.get_xlim()[0]
    ticks = [
        (x, label.get_text())
        for x, label in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
    ]
    assert len(ticks) >= 3
    for x, text in ticks:
        longitude, _ = to_degrees.transform(x, south)
        assert text.endswith("°E")
        assert longitude == pytest.approx(float(text[:-2]), abs=0.01)
    ticks = [
        (y, label.get_text())
        for y, label in zip(axes.get_yticks(), axes.get_yticklabels(), strict=True)
    ]
    assert len(ticks) >= 3
    for y, text in ticks:
        _, latitude = to_degrees.transform(west, y)
        assert text.endswith("°N")
        assert latitude == pytest.approx(float(text[:-2]), abs=0.01)


def test_north_arrow_leans_against_the_meridian():
    """West of the central meridian 105 E, true north is to the right of the page's up."""
    figure = draw_map(False)
    arrow = next(art for art in figure.axes[0].texts if getattr(art, "arrow_patch", None))
    tip, base = np.array(arrow.xy), np.array(arrow.get_position())
    to_degrees = Transformer.from_crs(pictures.CRS, "EPSG:4326", always_xy=True)
    longitude, latitude = to_degrees.transform(*base)
    assert longitude < 105
    assert tip[0] > base[0]
    at_tip = to_degrees.transform(*tip)
    assert at_tip[1] > latitude
    assert at_tip[0] == pytest.approx(longitude, abs=0.01)


def test_zero_has_the_middle_colour_however_limits_lie():
    middle = palettes.palette("bam")(0.5)
    for limits in ((-100.0, 600.0), (-10.0, 10.0), (-600.0, 100.0)):
        colours, norm = palettes.colours_for(np.zeros(1), "g C m-2 yr-2", limits)
        assert colours(norm(0.0)) == pytest.approx(middle, abs=0.03)


def test_equal_distances_from_zero_look_equally_strong():
    colours, norm = palettes.colours_for(np.zeros(1), "g C m-2 yr-2", (-100.0, 400.0))
    whole = palettes.palette("bam")
    assert colours(norm(400.0)) == pytest.approx(whole(1.0), abs=0.03)
    assert colours(norm(-100.0)) == pytest.approx(whole(0.5 - 100 / 400 / 2), abs=0.03)


def test_few_sources_stand_out_among_sinks():
    """Zero is where the colours change from purple to the palette of sinks, not a pale middle."""
    colours, norm = palettes.colours_for(np.zeros(1), "g C m-2 yr-1", (-100.0, 600.0))
    sinks = palettes.palette("bamako_r")
    assert colours(norm(5.0)) == pytest.approx(sinks(5 / 600), abs=0.03)
    assert colours(norm(600.0)) == pytest.approx(sinks(1.0), abs=0.03)
    red, green, blue, _ = colours(norm(-5.0))
    assert green < min(red, blue)  # purple
    darker = colours(norm(-95.0))
    assert sum(darker[:3]) < red + green + blue


def test_a_field_of_one_sign_is_not_diverging():
    colours, _ = palettes.colours_for(np.arange(1.0, 9.0), "g C m-2 yr-1", (0.0, 600.0))
    assert colours.name == palettes.palette("bamako_r").name


def test_limits_are_round_and_hold_nearly_all_values():
    known = np.append(np.linspace(3.0, 987.0, 1000), np.nan)
    assert palettes.nice_limits(known) == (0.0, 1000.0)
    assert palettes.nice_limits(np.array([np.nan])) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("limits", "arrows"),
    [((0, 600), "both"), ((-500, 300), "max"), ((100, 900), "min"), ((-500, 900), "neither")],
)
def test_colour_bar_has_arrows_where_values_are_clipped(limits, arrows):
    _, norm = palettes.colours_for(np.zeros(1), "m", limits)
    assert palettes.extension(np.array([-200.0, np.nan, 700.0]), norm) == arrows


def test_absence_is_in_the_legend_only_where_there_is_some():
    assert labels.NO_DATA in pictures.texts(draw_map(False))
    full = npp()
    full.values[9, 9] = 7.0
    figure = layout.panel_sheet(maps.MapPanel(full, pictures.grid(), pictures.outlines()))
    assert labels.NO_DATA not in pictures.texts(figure)


def test_unit_of_the_colour_bar_is_typeset():
    assert "Mean NPP (g C m⁻² yr⁻¹)" in pictures.texts(draw_map(False))


def test_shares_of_classes_are_counted_by_cell_and_close():
    """18 x 24 cells less 7 x 10 and 5 x 8 outside = 322, of which 4 are cropland."""
    counts = class_map.class_counts(classes().values, pictures.inside())
    assert counts == {1: 318, 3: 4, None: 0}
    legend = " ".join(pictures.texts(draw_classes(False)))
    assert "forest  98.8 %" in legend  # 318 / 322 = 98.76 %
    assert "grassland  0.0 %" in legend
    assert "cropland  1.2 %" in legend
    assert "no data" not in legend


def test_a_legend_names_the_largest_of_many_classes():
    classes = {code: f"county {code}" for code in range(1, 401)}
    field = pictures.field(np.full(pictures.inside().shape, 400.0), classes=classes)
    counts = dict.fromkeys(range(1, 401), 4) | {7: 2, 400: 406}  # 2,000 cells
    figure = class_map.class_map(field, pictures.grid(), pictures.outlines(), counts)
    found = pictures.texts(figure)
    assert len([text for text in found if text.startswith("county")]) == 60
    assert "county 400  20.3 %" in found and "county 1  0.2 %" in found
    assert not [text for text in found if text.startswith("county 7 ")]
    assert "340 smaller classes  67.9 %" in found  # 339 x 4 + 2 cells


def test_cells_without_class_are_told_of_the_whole_area():
    layer = classes()
    layer.values[0, :7] = np.nan
    counts = class_map.class_counts(layer.values, pictures.inside())
    assert counts[None] == 7
    figure = class_map.class_map(layer, pictures.grid(), pictures.outlines(), counts)
    assert "no data (2.2 % of the whole area)" in pictures.texts(figure)  # 7 / 322


@pytest.mark.parametrize("width_mm", [180, 85])
def test_shares_stand_beside_those_of_chance(width_mm):
    chance = {"forest": (20.04, 35.0), "grassland": (0.0, 1.25), "cropland": (79.96, 63.75)}
    chance = Chance(chance, "In brackets: share in noise of the same lengths, %.")
    figure = pictures.drawn(draw_classes(False, width_mm, chance=chance, mark="Built in."))
    found = pictures.texts(figure)
    assert any(text.startswith("forest") and text.endswith("%  (20.0, 35.0)") for text in found)
    said = " ".join(found).replace("\n", " ")
    assert "Built in. In brackets: share in noise of the same lengths, %." in said
    assert "In brackets" not in " ".join(pictures.texts(draw_classes(False, width_mm)))


def test_stations_are_counted():
    found = pictures.texts(draw_study_area(False))
    assert "Station used (2)" in found
    assert "Station dropped (1)" in found


def test_zone_names_stay_inside_the_frame_and_may_be_chinese():
    named = pictures.outlines(("新疆维吾尔自治区", "A very long name of a zone in the far east"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a machine without such letters says so
        figure = draw_study_area(False, 85, outlines=named)
        pictures.drawn(figure)
    frame = figure.axes[0].get_window_extent()
    for text in figure.axes[0].texts:
        if text.get_text() in list(named["name"]):
            box = text.get_window_extent()
            assert frame.x0 <= box.x0 < box.x1 <= frame.x1


def test_furniture_goes_where_the_area_is_not():
    corners = base_map.places(
        pictures.inside() == 1, {"inset": (0.3, 0.3, "upper"), "scale": (0.3, 0.2, "lower")}
    )
    assert corners == {"inset": "upper right", "scale": "lower left"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"palette": "jet"}, "palette 'jet' is unknown"),
        ({"limits": (5, 1)}, "first must be below the second"),
        ({"width_mm": 120}, "85 or 180"),
    ],
)
def test_bad_entries_are_named(options, words):
    with pytest.raises(palettes.BadFigure, match=words):
        draw_map(False, **options)


def test_layers_of_another_shape_are_refused():
    with pytest.raises(palettes.BadFigure, match="differ in shape"):
        layout.panel_sheet(maps.MapPanel(npp()[:-1], pictures.grid(), pictures.outlines()))


def test_classes_without_names_are_refused():
    with pytest.raises(palettes.BadFigure, match="tag `classes`"):
        class_map.class_map(npp(), pictures.grid(), pictures.outlines(), {})
