"""Titles and names of people in every kind of figure: nothing is TeX, nothing is left out."""

import geopandas
import numpy as np
import pandas as pd
import pictures
import pytest
import test_composed_figures as composed
import test_detector_plots
import test_field_data
import test_land_use
import test_maps
from matplotlib.figure import Figure
from matplotlib.text import Text
from nepflow.figures import (
    density_scatter,
    detector,
    event_study,
    field_scatter,
    land_use,
    layout,
    residuals,
    sankey,
    series,
    specification,
    transition_matrix,
)
from nepflow.restoration import results
from nepflow.study import figures

TITLE = r"$x^{2$ 100 % {a} \frac $y$ #1_b & ~ 宁夏"
NAMES = ["$a$", r"\alpha_{2$", "_hidden", "{0}%s", "NA", "a $ b", "50 %"]


def renamed(table, columns, own=None):
    """A table whose texts in some columns are hostile names; ``own``: only these texts."""
    found = own or list(dict.fromkeys(name for column in columns for name in table[column]))
    new = {name: name for column in columns for name in table[column]}
    new |= dict(zip([name for name in found if name not in ("all", "total")], NAMES, strict=False))
    return table.assign(**{column: table[column].map(new) for column in columns})


def draw_sankey(**options):
    table = renamed(composed.transitions(), ["zone", "to"], composed.NAMES)
    colours = dict(zip(NAMES, composed.COLOURS.values(), strict=False))
    return sankey.sankey(table, colours, **options)


def draw_heat(**options):
    return transition_matrix.heat_table(
        renamed(composed.transitions(), ["zone", "to"], composed.NAMES), **options
    )


def draw_specification(**options):
    table = renamed(composed.specifications(), ["choice", "option"])
    return specification.specification_curve(table, **options)


def draw_few_series(**options):
    table, trends = pictures.series(NAMES[:4])
    return series.annual_series(series.Series(table, "nep", "province", trends), **options)


def draw_many_series(**options):
    table, trends = pictures.series(NAMES)
    return series.annual_series(series.Series(table, "nep", "province", trends), **options)


def draw_study_area(**options):
    return test_maps.draw_study_area(True, outlines=pictures.outlines(NAMES[:2]), **options)


def draw_map(**options):
    return test_maps.draw_map(True, label=NAMES[0], **options)


def draw_classes(**options):
    cells = np.where(pictures.inside() == 1, 1.0, np.nan)
    cells[2:4, 2:4] = 2.0
    layer = pictures.field(cells, True, classes=dict(enumerate(NAMES, 1)), long_name=NAMES[1])
    counts = test_maps.class_map.class_counts(layer.values, pictures.inside())
    return test_maps.class_map.class_map(
        layer, pictures.grid(), pictures.outlines(NAMES[:2]), counts, **options
    )


def draw_panels(**options):
    part = density_scatter.ScatterPanel(
        pictures.field(composed.values(), True, long_name=NAMES[0], unit="$"),
        pictures.field(composed.values() * 2, True, long_name=NAMES[1], unit="%"),
    )
    return composed.panels.panel_figure(
        [composed.map_panel(label=NAMES[2]), part],
        NAMES[:2],
        columns=2 if options["width_mm"] == 180 else 1,
        **options,
    )


def draw_detector(**options):
    return detector.q_bars(renamed(test_detector_plots.factors()[0], ["factor"]), **options)


def draw_interaction(**options):
    table = renamed(test_detector_plots.factors()[1], ["first", "second"])
    return detector.interaction_map(table, **options)


def draw_field_scatter(**options):
    return field_scatter.scatter_panels(renamed(test_field_data.pairs(), ["group"]), **options)


def draw_land_use(**options):
    table = renamed(test_land_use.planted()[-1], ["from_class", "to_class"])
    return land_use.effect_matrix(table, **options)


def draw_event_study(**options):
    unit, names = "g C m-2 yr-1", NAMES[:3]
    events = [
        (name, "all", year, quantity, value, unit)
        for name in names
        for year in range(-3, 4)
        for quantity, value in (
            ("effect", 1.0 * year),
            ("effect_low", year - 1.0),
            ("effect_high", year + 1.0),
        )
    ]
    quantities = [
        *(
            f"{name}{end}"
            for name in ("effect", "effect_beyond_pre_trend", "rank")
            for end in ("", "_low", "_high")
        ),
        "projects_compared",
        "projects",
        "pre_years_joint_p",
        "pre_trend",
        "pre_trend_p",
    ]
    effects = [(name, quantity, "$x^{2$", 0.5, unit) for name in names for quantity in quantities]
    return event_study.event_panels(
        pd.DataFrame(events, columns=results.EVENTS),
        pd.DataFrame(effects, columns=results.COLUMNS),
        **options,
    )


def draw_residuals(**options):
    rng = np.random.default_rng(1)
    table = pictures.stations().drop(columns="used").assign(station=["$a", "b$", "_c"])
    table = pd.concat([table] * 400, ignore_index=True)
    table["observed"] = rng.normal(size=len(table))
    table["predicted"] = table["observed"].round(0)
    outlines = geopandas.GeoDataFrame(pictures.outlines(NAMES[:2]))
    return residuals.residual_figure(table, pictures.grid(), outlines, (NAMES[0], "$"), **options)


KINDS = {
    name.removeprefix("draw_"): draw for name, draw in globals().items() if name.startswith("draw_")
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width_mm", [85, 180])
def test_no_text_of_a_user_is_tex(kind, width_mm, tmp_path):
    figure = KINDS[kind](title=TITLE, width_mm=width_mm)
    layout.write(figure, tmp_path / "a.png", tmp_path / "a.pdf")
    assert (tmp_path / "a.png").stat().st_size > 5000
    texts = [text for text in figure.findobj(Text) if text.get_text().strip()]
    assert not any(text.get_parse_math() for text in texts)
    shown = " ".join(" ".join(text.get_text().split()) for text in texts)
    assert TITLE.split()[0] in shown and r"\mathdefault" not in shown
    if kind == "few_series":
        assert all(name in shown for name in NAMES[:4])


def test_a_new_kind_cannot_forget_it(tmp_path):
    figure = Figure()
    figure.text(0.1, 0.5, TITLE)  # drawn outside of every style
    layout.write(figure, tmp_path / "a.png", tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").exists()


def test_every_kind_of_figure_is_here():
    names = {"heat": "matrix", "few_series": "series"}
    assert set(figures.KINDS) <= {names.get(name, name) for name in KINDS}
