"""Study files: merging, the closed schema, and every fault with its remedy."""

import re
import shutil

import pytest
import yaml
from nepflow import study

NORTHWEST = "northwest_china"


@pytest.fixture
def config(root, tmp_path):
    """A copy of the configuration that a test may spoil."""
    shutil.copytree(root / "config", tmp_path / "config")
    return tmp_path / "config"


def load(root, config, name):
    schema = root / "workflow/schemas/study.schema.yaml"
    return study.load_study(name, config, schema, "data", "results")


def write(config, name, **keys):
    path = config / "studies" / f"{name}.yaml"
    path.write_text(yaml.safe_dump(keys, allow_unicode=True), encoding="utf-8")


def test_every_study_is_valid(root):
    for path in (root / "config/studies").glob("*.yaml"):
        assert load(root, root / "config", path.stem)["years"]


def test_lists_are_replaced_and_dictionaries_merged(root, config):
    write(config, "own", based_on=NORTHWEST, tiles=["h25v05"], grid={"resolution_m": 1000})
    loaded = load(root, config, "own")
    assert loaded["tiles"] == ["h25v05"]
    assert loaded["grid"]["resolution_m"] == 1000
    assert loaded["grid"]["crs"].startswith("+proj=aea")


def test_the_ledger_of_substitutes(root):
    """What is always computed stands in the paper's study, public data too; a twin has none."""

    def ledger(name):
        return load(root, root / "config", name).get("substitutes")

    paper, public = ledger(NORTHWEST), ledger(f"{NORTHWEST}_public")
    assert [entry["input"] for entry in paper] == ["dry-wet zones"]
    assert paper[0] in public, "a list replaces that of the study below: it must be there again"
    assert {entry["input"] for entry in public} == {
        "dry-wet zones", "stations", "radiation", "elevation",
    }  # fmt: skip
    words = " ".join(entry["instead_of"] for entry in public)
    assert all(word in words for word in ("drawn by hand", "350 CMA stations", "RESDC"))
    assert ledger(f"{NORTHWEST}_twin") is None


def test_a_ledger_in_a_twin_is_dropped_and_one_below_it_stays(root, config):
    entry = {"input": "stations", "instead_of": "CMA", "by": "GSOD", "reason": "not public"}
    twin = {"region": "northwest_china", "pixels_per_tile": 30, "stations": 60, "seed": 1}
    own = {"based_on": NORTHWEST, "substitutes": [entry]}
    write(config, "own", **own)
    write(config, "own_twin", **own, inputs="twin", twin=twin)
    assert load(root, config, "own")["substitutes"] == [entry]
    assert "substitutes" not in load(root, config, "own_twin")


def test_year_2000_is_explicit(root, config):
    write(config, "own", based_on=NORTHWEST, npp={"year_2000": "drop"})
    assert load(root, config, "own")["years"][0] == 2001
    assert load(root, config, NORTHWEST)["npp_year_folder"][2000] == "006"
    write(config, "own", based_on=NORTHWEST, npp={"year_2000": "collection_006_harmonised"})
    assert load(root, config, "own")["npp_year_folder"][2000] == "harmonised"


def test_short_study_leaves_trend_figures_out(root, config):
    write(config, "own", based_on=NORTHWEST, period=[2021, 2022])
    loaded = load(root, config, "own")
    assert not loaded["has_trend"]
    assert "nep_trend" in loaded["figures_left_out"]
    assert "nep_mean" in [figure["name"] for figure in loaded["figures"]]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"perido": [2001, 2002]}, "perido"),
        ({"grid": {"resolution_m": "500"}}, "grid.resolution_m: '500' is not of type 'number'"),
        ({"npp": {"resampling": "cubic"}}, "npp.resampling"),
        ({"period": [2020, 2001]}, "period: [2020, 2001] do not ascend. Write [2001, 2020]"),
        ({"period": [1990, 2001]}, "MOD17A3HGF in 2000"),
        ({"landcover": {"substitute": []}}, "MCD12Q1 has land cover 2001-2022, not 2000"),
        ({"figures": [{"name": "a", "kind": "map", "title": "a", "caption": "a"}] * 2}, "twice"),
        ({"tiles": ["h99v99"]}, "tiles.0"),
        ({"contrast": {"block_ranges": 1}}, "contrast.block_ranges: 1 is less than the minimum"),
        ({"contrast": {"minimum_blocks": 5}}, "contrast.minimum_blocks: 5 is less than"),
    ],
)
def test_faults_name_file_and_key(root, config, keys, message):
    write(config, "own", based_on=NORTHWEST, **keys)
    with pytest.raises(study.BadStudy, match=re.escape(message)) as error:
        load(root, config, "own")
    assert "config/studies/own.yaml" in str(error.value)


def test_circles_and_missing_files_are_refused(root, config):
    write(config, "one", based_on="two")
    write(config, "two", based_on="one")
    with pytest.raises(study.BadStudy, match="circle"):
        load(root, config, "one")
    with pytest.raises(study.BadStudy, match="no such file"):
        load(root, config, "nowhere")
    (config / "studies/broken.yaml").write_text("a: [1")
    with pytest.raises(study.BadStudy, match="not valid YAML"):
        load(root, config, "broken")


@pytest.mark.parametrize(
    ("climate", "fault"),
    [
        ({"model": "trivariate", "evaluator": "coarse"}, "Set the evaluator to exact"),
        ({"smoothing": "known_variance"}, "needs a value of temperature"),
        ({"smoothing": "fixed_rho", "smoothing_value": {"temperature": 1}}, "of precipitation"),
        ({"standard_error_years": [1999]}, "not a year of the study"),
        ({"variables": ["temperature", "precipitation"]}, "residuals of radiation"),
    ],
)
def test_climate_that_makes_no_sense(root, config, climate, fault):
    write(config, "own", based_on=NORTHWEST, climate=climate)
    with pytest.raises(study.BadStudy, match=fault):
        load(root, config, "own")
