"""What a figure reads, and entries that cannot be drawn."""

import importlib
import inspect

import pytest
from nepflow.study import figures, landcover, settings_file

PANELS = {
    "name": "both",
    "kind": "panels",
    "panels": [
        {
            "kind": "map",
            "layer": "a",
            "contours": {"layer": "b", "levels": [1]},
            "stipple": {"layer": "c", "below": 0.05},
        },
        {"kind": "classes", "layer": "a"},
        {"kind": "series", "quantity": "nep", "zones": "province"},
    ],
}
SCATTER = {"name": "s", "kind": "panels", "panels": [{"kind": "scatter", "layer": "a"}]}
DOTS = {"name": "d", "kind": "map", "layer": "a"}
NO_ZONES = {"zones": []}
STUDY = {
    "zones": [{"name": "province"}],
    "landcover": {"years": [2001, 2022], "substitute": [{"year": 2000, "by": 2001}]},
    "figures": [PANELS],
    "specification": {},
    "climate": {"variables": ["temperature"]},
}


def with_dates(*dates):
    return STUDY | {"landcover": STUDY["landcover"] | {"transitions": list(dates)}}


def test_layers_and_zones_of_panels():
    assert figures.layers_of(PANELS) == ["a", "b", "c"]
    assert figures.zones_of(PANELS) == ["province"]
    assert figures.layers_of({"kind": "map", "layer": "x"}) == ["x"]
    assert figures.layers_of({"kind": "sankey"}) == []


def test_dates_follow_the_substitutes():
    assert figures.dates_of(with_dates(2000, 2011)) == {2000: 2001, 2011: 2011}
    figures.check(with_dates(2000, 2011, 2022), "x.yaml")


@pytest.mark.parametrize(
    ("study", "said"),
    [
        (with_dates(2000, 2023), "has 2001-2022, not 2023"),
        (with_dates(2000, 2001), "must follow each other and differ"),
        (with_dates(2011, 2005), "must follow each other and differ"),
        (STUDY | {"figures": [{"name": "s", "kind": "sankey"}]}, "landcover: {transitions"),
        (STUDY | {"figures": [{"name": "m", "kind": "map"}]}, "a map needs the key `layer`"),
        (STUDY | {"zones": []}, "wants zones province"),
        (STUDY | {"figures": [DOTS | {"stipple": {"layer": "a_fdr", "below": 0.05}}]}, "have none"),
        (STUDY | {"figures": [DOTS | {"stipple": {"layer": "a_p"}}]}, "need a level"),
        (STUDY | {"figures": [SCATTER]}, "a scatter needs the key `against`"),
        (STUDY | {"figures": [{"name": "c", "kind": "specification"}]}, "Say which"),
    ],
)
def test_what_cannot_be_drawn_is_refused(study, said):
    with pytest.raises(settings_file.BadStudy, match=said):
        figures.check(study, "x.yaml")


@pytest.mark.parametrize("kind", figures.KINDS)
def test_a_kind_is_drawn_by_a_function_that_takes_what_it_is_told(kind):
    """Files, entry and the options by name; without its keys no study gets through."""
    module, function = figures.KINDS[kind].drawing.split(".")
    draw = getattr(importlib.import_module(f"nepflow.figures.{module}"), function)
    every = {"layer": "pixel/nep_mean", "zones": "z", "of": "plots", "detector": "d"}
    entry = every | {"name": "f", "kind": kind, "quantity": "nep", "caption": "c"}
    if kind == "panels":
        entry["panels"] = PANELS["panels"]
    study = NO_ZONES | {
        "results": "results/x",
        "figures": [entry],
        "simulated": True,
        "landcover_dates": {},
        "landcover_classes": [],
        "detector": {"significance_p": 0.05},
        "restoration": {"base_years": 2},
        "climate": {"source": "stations"},
    }
    files, options = figures.files(study, "f"), figures.options(study, "f")
    assert all(
        str(path).startswith(("results/x/", "['results/x/", "[]")) for path in files.values()
    )
    assert list(inspect.signature(draw).parameters)[:2] == ["files", "entry"]
    assert set(inspect.signature(draw).parameters) == {"files", "entry", *options}
    assert all(f'files["{name}"]' in inspect.getsource(draw) for name in files)
    assert figures.caption(study, "f") == f"c {figures.caption_of(entry, study)}"
    assert f"nepflow/figures/{module}.py" in " ".join(figures.code(study, "f"))


def test_sentences_of_panels_follow_what_they_show():
    said = figures.caption_of(PANELS, NO_ZONES)
    assert said.startswith("Each panel has its own legend. Grey: ") and "Dots stand" in said
    assert "Text in red" not in said
    (series,) = PANELS["panels"][2:]
    alone = PANELS | {"panels": [series]}
    assert figures.caption_of(alone, NO_ZONES) == "Each panel has its own legend."
    driver = {"kind": "map", "layer": "pixel/nep_partial_radiation"}
    assert "Text in red" in figures.caption_of(PANELS | {"panels": [driver]}, NO_ZONES)


def test_figures_of_changes_say_what_these_are_worth():
    for kind, about in figures.KINDS.items():
        said = figures.caption_of({"kind": kind, "panels": []}, NO_ZONES)
        assert about.shows_changes == (kind in ("sankey", "matrix", "land_use"))
        assert (landcover.changes_text() in said) == about.shows_changes


def test_series_of_zones_that_change_say_which_years_they_leave_out():
    zones = [{"name": "land", "kind": "landcover"}, {"name": "province", "kind": "area"}]
    study = {"zones": zones, "landcover_year": {2000: 2001, 2001: 2001, 2002: 2002}}
    entry = {"kind": "series", "zones": "land"}
    assert "2000 (map of 2001)." in figures.caption_of(entry, study)
    assert "map of" not in figures.caption_of(entry | {"zones": "province"}, study)
    assert "map of" not in figures.caption_of(entry, study | {"landcover_year": {2001: 2001}})
