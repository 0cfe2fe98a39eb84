"""What the text says of the study itself, and that every published number has one of ours."""

from pathlib import Path

import pytest
import yaml
from nepflow.evaluation import numbers
from nepflow.study import load

LISTED = "shared/design/published_numbers.yaml"
# of the list of the paper's numbers: no choice of a study, or fixed by the product or the code
NOT_SETTINGS = {
    "nwc_intro_21c",  # rhetorical
    "nwc_area_share",  # of China
    "nwc_precip_max",
    "nwc_decades",
    "nwc_npp_step",
    "nwc_climate_step",
    "nwc_pei_year",
    "nwc_h_min",
    "nwc_h_max",
}


@pytest.fixture(scope="module")
def northwest(root):
    schema = Path(root, "workflow/schemas/study.schema.yaml")
    return load.load_study("northwest_china", Path(root, "config"), schema, "data", "results")


def test_settings_are_those_of_the_paper(northwest):
    found = {
        (quantity, of): (value, unit)
        for quantity, of, value, unit, _ in numbers.setting_numbers(northwest, 350, "p")
    }
    settings = [
        entry
        for entry in northwest["published"]
        if entry.get("setting") and entry["quantity"] != "zones"
    ]
    assert len(settings) > 30
    for entry in settings:
        value, unit = found[entry["quantity"], entry.get("of", "all")]
        assert unit == entry["unit"], entry["id"]
        if entry["id"] not in ("nwc_lc_start", "nwc_p_fig9"):  # the text contradicts itself
            assert value == pytest.approx(entry["value"], abs=entry["tolerance"]), entry["id"]


def test_lines_and_cuts_follow_the_study(northwest):
    lines = {"layer": "pixel/precipitation_mean", "levels": [250, 500]}
    figure = {"name": "m", "kind": "map", "layer": "pixel/nep_mean", "contours": lines}
    zones = [{"name": "s", "kind": "sink", "cuts": [-10, 10]}]
    changed = northwest | {"figures": [figure], "zones": zones, "landcover_dates": {}}
    found = list(numbers.setting_numbers(changed, 1, "p"))
    assert ("isohyet", "2", 500, "mm yr-1", "p") in found
    assert ("sink_cut", "1", -10, "g C m-2 yr-1", "p") in found
    assert not [row for row in found if row[0].startswith(("landcover_date", "landcover_periods"))]


def test_every_listed_number_is_in_the_scorecard(northwest, root):
    path = root.parent / LISTED
    if not path.exists():
        pytest.skip("list of the paper's numbers not found")
    listed = {entry["id"] for entry in yaml.safe_load(path.read_text(encoding="utf-8"))}
    listed = {name for name in listed if name.startswith("nwc")}
    assert listed - {entry["id"] for entry in northwest["published"]} <= NOT_SETTINGS
