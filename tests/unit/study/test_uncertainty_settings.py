"""Errors of a study: every default has a unit and a source, and what cannot be is refused."""

import csv

import pytest
import yaml
from nepflow.study import landcover, load, respiration, settings_file, uncertainty

LAND = {"key": "igbp7"}


@pytest.fixture
def defaults(root):
    return yaml.safe_load((root / "config/defaults.yaml").read_text(encoding="utf-8"))


def checked(defaults, uses_landcover=True, land=LAND, **own):
    """Check settings of a study file over the defaults."""
    study = load.overlaid(defaults, {"uncertainty": own, "landcover": land})
    uncertainty.check(study, "config/studies/mine.yaml", uses_landcover)
    return uncertainty.errors(study | {"uses_landcover": uses_landcover, "years": [2001]})


def refused(defaults, words, **own):
    with pytest.raises(settings_file.BadStudy, match=words) as raised:
        checked(defaults, **own)
    assert "config/studies/mine.yaml" in str(raised.value)


def test_every_default_has_a_unit_and_a_source(root):
    for row in uncertainty.rows(root / "config/uncertainty.csv"):
        assert row["source"] in uncertainty.SOURCES
        assert float(row["value"]) >= 0 and row["unit"], row
        assert "own choice" in row["reference"] or any(map(str.isdigit, row["reference"])), row
    codes = uncertainty.defaults()["npp"]["sd_percent"]
    assert set(codes) == {uncertainty.ANY, *map(str, range(1, 18))}


def test_every_model_and_relation_has_a_refit():
    for name in (*respiration.TIME_STEPS, *respiration.SOIL_MODELS, *respiration.RELATIONS):
        found = uncertainty.refit(name)
        assert set(uncertainty.OF_REFIT) <= set(found)
        level, both, response = (found[key] for key in uncertainty.OF_REFIT[:3])
        assert level > 0 and response > 0 and level * response > both**2, name


def test_defaults_serve_a_study_without_settings(defaults):
    found = checked(defaults)
    names = [entry["name"] for entry in landcover.KEYS["igbp7"]]
    by_class = dict(zip(["any", *names], found["npp"]["sd_percent"].values(), strict=True))
    assert by_class["forest"] == 26 and by_class["grassland"] == 34
    assert sum(found["npp"]["shares"].values()) == pytest.approx(1)
    assert set(found) == {"npp", "temperature", "precipitation", "respiration"}
    assert checked(defaults, uses_landcover=False)["npp"]["sd_percent"] == {0: 34}


def test_a_study_sets_its_own(defaults):
    found = checked(
        defaults,
        npp={"sd_percent": {"forest": 12}, "random_percent": 0, "regional_percent": 0,
             "common_percent": 100},
        temperature={"sd": 0.2},
        respiration={"covariance": [[0.01, 0], [0, 1e-6]], "place_sd": 0},
    )  # fmt: skip
    assert found["npp"]["sd_percent"][1] == 12
    assert found["npp"]["shares"] == {"random": 0, "regional": 0, "common": 1}
    assert found["temperature"]["sd"] == 0.2
    assert found["respiration"]["place_sd"] == 0
    assert found["respiration"]["covariance"] == [[0.01, 0], [0, 1e-6]]


def test_own_classes_take_the_error_of_their_codes(defaults):
    land = {"classes": [{"name": "karst forest", "codes": [1, 8]}, {"name": "rock", "codes": [16]}]}
    assert checked(defaults, land=land)["npp"]["sd_percent"] == {0: 34, 1: 34, 2: 50}


@pytest.mark.parametrize(
    "covariance, words",
    [
        ([[0.01, 0.1], [0.1, 0.01]], "not positive definite.*between -0.01 and 0.01"),
        ([[-0.01, 0.0], [0.0, 0.01]], "not positive definite"),
        ([[0.0, 0.0], [0.0, 0.0]], "not positive definite"),
        ([[0.01, 0.001], [0.002, 0.01]], "not symmetric"),
    ],
)
@pytest.mark.parametrize("name", ["respiration", "rh_relation"])
def test_no_covariance(defaults, name, covariance, words):
    refused(
        defaults, rf"uncertainty\.{name}\.covariance.*{words}", **{name: {"covariance": covariance}}
    )


@pytest.mark.parametrize(
    "npp",
    [{"random_percent": 50}, {"random_percent": 50, "regional_percent": 50, "common_percent": 50}],
)
def test_shares_that_are_no_whole(defaults, npp):
    refused(defaults, "must be given together and add to 100", npp=npp)


def test_a_class_that_is_none(defaults):
    refused(defaults, "names forrest.*Did you mean forest", npp={"sd_percent": {"forrest": 20}})


def test_a_class_without_error(defaults):
    land = {"classes": [{"name": "lava", "codes": [99]}]}
    refused(defaults, "class lava .*sd_percent: {lava: 30}", land=land)
    found = checked(defaults, land=land, npp={"sd_percent": {"lava": 80}})
    assert found["npp"]["sd_percent"][1] == 80


def test_switched_off_nothing_is_checked_or_made(defaults):
    study = load.overlaid(defaults, {"uncertainty": {"estimate": False}, "zones": [{"name": "a"}]})
    uncertainty.check(study, "x", True)
    assert uncertainty.tables(study) == uncertainty.map_names(study) == []


@pytest.mark.parametrize(
    "own, words",
    [
        ({"npp": {"sd_percent": {"forest": -5}}}, "forest.*-5"),
        ({"npp": {"range_km": -1}}, "range_km.*-1"),
        ({"temperature": {"sd": -0.5}}, "temperature.*-0.5"),
        ({"precipitation": {"sd_percent": -0.5}}, "precipitation.*-0.5"),
        ({"respiration": {"place_sd": -0.5}}, "place_sd.*-0.5"),
        ({"npp": {"filled_factor": -1}}, "filled_factor.*-1"),
        ({"nnp": {}}, "nnp"),
        ({"npp": {"sd_percent": 20}}, "sd_percent"),
        ({"respiration": {"covariance": [0.1, 0.2]}}, "covariance"),
    ],
)
def test_negative_errors_and_unknown_keys(root, defaults, own, words):
    study = load.overlaid(
        defaults, {"uncertainty": own, "title": "t", "citation": "c", "period": [2001, 2010]}
    )
    schema = root / "workflow/schemas/study.schema.yaml"
    with pytest.raises(settings_file.BadStudy, match=words):
        load.check_schema(study, schema, "config/studies/mine.yaml")


def test_error_rows_say_where_each_number_comes_from(defaults):
    study = load.overlaid(
        defaults,
        {"uncertainty": {"npp": {"range_km": 120}}, "landcover": LAND},
    ) | {"uses_landcover": True}
    rows = {row[:3]: row[3:] for row in uncertainty.error_rows(study)}
    assert rows["npp", "range_km", ""] == (120, "km", "the study")
    assert "Neumann" in rows["npp", "sd_percent", "forest"][2]
    assert "Sun et al." in rows["npp", "sd_percent", "grassland"][2]
    assert "stations left out" in rows["temperature", "sd", ""][2]
    assert all(row[2] for row in rows.values())


def test_the_refit_is_remade_from_the_plots(root, tmp_path):
    """By the committed program, where the table of plots is."""
    import os
    import subprocess
    import sys

    folder = os.environ.get("NEPFLOW_REFERENCE_DATA")
    if not folder:
        pytest.skip("NEPFLOW_REFERENCE_DATA names no folder")
    plots = f"{folder}/carbon/srdb-data_3d7fdf3.csv.gz"
    made = tmp_path / "refit.csv"
    program = root / "resources/refit_respiration.py"
    subprocess.run([sys.executable, program, plots, "--output", made], check=True)
    new, old = (
        list(csv.DictReader(path.open(encoding="utf-8")))
        for path in (made, root / "config/respiration_refit.csv")
    )
    assert [row["quantity"] for row in new] == [row["quantity"] for row in old]
    for one, other in zip(new, old, strict=True):
        assert float(one["value"]) == pytest.approx(float(other["value"]), rel=1e-4), other
