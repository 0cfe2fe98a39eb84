"""The registry of the kinds of zones: makers, texts and names of classes agree with it."""

import pytest
from nepflow.report.methods import zones as methods_zones
from nepflow.study.settings_file import BadStudy
from nepflow.study.zones import KINDS, check, class_names, cuts_of
from nepflow.zones import kinds

ENTRY = {"name": "my_zones", "cuts": [1000, 2500], "file": "a.shp", "of": ["one_a", "two"]}

STUDY = {
    "climate": {
        "variables": ["temperature", "precipitation"],
        "evapotranspiration": {"method": "auto", "dew_point_depression_k": 8},
    }
}


def test_every_kind_that_is_made_has_a_maker():
    made = {name for name, kind in KINDS.items() if kind.made}
    assert made == {*kinds.KINDS, "file"}  # polygons are made by `define_zones` itself


@pytest.mark.parametrize("kind", KINDS)
def test_every_sentence_is_filled(kind):
    found = methods_zones.section(STUDY | {"zones": [ENTRY | {"kind": kind}]})
    if kind == "area":
        assert found is None
        return
    text = found[1][0][1]
    assert "my zones" in text and "{" not in text and text.endswith(".")


def test_all_other_cells_are_told():
    karst = ENTRY | {"kind": "file", "outside": "non-karst", "weighting": "centre"}
    text = methods_zones.section(STUDY | {"zones": [karst]})[1][0][1]
    assert text == (
        "Zones of my zones are polygons of a.shp; all other cells of the area are non-karst."
    )


def test_names_of_classes():
    sink = {"kind": "sink", "cuts": [0, 100, 200]}
    assert kinds.names_of(sink) == ("source", "low sink", "medium sink", "high sink")
    assert kinds.names_of(sink | {"cuts": [0]}) == ("source", "sink")
    assert class_names(sink | {"cuts": [5]}) is None
    assert kinds.names_of(sink | {"cuts": [5]}) == [
        "below 5 g C m-2 yr-1",
        "from 5 g C m-2 yr-1",
    ]
    dry = {"kind": "aridity"}
    assert cuts_of(dry) == [0.05, 0.2, 0.5, 0.65]
    assert kinds.names_of(dry)[-2:] == ("humid", "cold") and len(kinds.names_of(dry)) == 6
    rain = {"kind": "isohyets"}
    assert cuts_of(rain) == [200, 400, 800] and cuts_of(rain | {"cuts": [300]}) == [300]
    assert kinds.names_of(rain) == ("arid", "semi-arid", "sub-humid", "humid")
    assert kinds.names_of(rain | {"cuts": [300]}) == ["below 300 mm yr-1", "from 300 mm yr-1"]
    assert kinds.names_of({"kind": "elevation", "cuts": [10]}) == ["below 10 m", "from 10 m"]


@pytest.mark.parametrize(
    ("zones", "contrasts", "fault"),
    [
        ([{"name": "a", "kind": "sink"}], [], r"zones a \(sink\) lack `cuts`"),
        ([{"name": "a", "kind": "file", "name_field": "n"}], [], r"a \(file\) lack `file`"),
        ([{"name": "a", "kind": "landcover"}], [{"name": "c", "zones": "a"}], "that do not change"),
        ([], [{"name": "c", "zones": "a"}], "a is unknown"),
        (
            [{"name": "a", "kind": "landcover"}, {"name": "b", "kind": "crossing", "of": ["a"]}],
            [],
            "zones b cross a, which is landcover",
        ),
        (
            [{"name": "a", "kind": "sink", "cuts": [0], "outside": "rest"}],
            [],
            r"zones a \(sink\) have `outside`",
        ),
        (
            [{"name": "a", "kind": "file", "file": "f", "name_field": "n", "outside": "all"}],
            [],
            "`outside: all` is the name of the whole area",
        ),
    ],
)
def test_zones_that_make_no_sense(zones, contrasts, fault):
    with pytest.raises(BadStudy, match=fault):
        check({"zones": zones, "contrasts": contrasts}, "own.yaml")
