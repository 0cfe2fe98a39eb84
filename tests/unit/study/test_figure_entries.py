"""What a figure reads, and entries that cannot be drawn."""

import pytest
from nepflow.study import figures, settings_file

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
        (STUDY | {"figures": [{"name": "c", "kind": "specification"}]}, "Say which"),
    ],
)
def test_what_cannot_be_drawn_is_refused(study, said):
    with pytest.raises(settings_file.BadStudy, match=said):
        figures.check(study, "x.yaml")
