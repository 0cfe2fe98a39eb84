"""What is built in: from the settings alone."""

import pytest
from nepflow.study import circularity

STUDY = {
    "respiration": {"model": "pei2009"},
    "npp": {"source": "mod17"},
    "climate": {"variables": ["temperature", "precipitation", "radiation"]},
}


@pytest.mark.parametrize(
    ("variable", "driver", "how"),
    [
        ("rh", "temperature", "same layer"),
        ("rh", "precipitation", "same layer"),
        ("rh", "radiation", "no"),
        ("npp", "temperature", "own source"),
        ("npp", "precipitation", "no"),
        ("npp", "radiation", "own source"),
        ("nep", "temperature", "same layer"),
        ("nep", "precipitation", "same layer"),
        ("nep", "radiation", "own source"),
    ],
)
def test_how_a_driver_entered(variable, driver, how):
    assert circularity.shared_inputs_how(STUDY, variable, driver) == how


@pytest.mark.parametrize(
    ("rasters", "driver", "how"),
    [
        ({}, "radiation", "unknown"),
        ({}, "temperature", "same layer"),
        ({"drivers": ["radiation"]}, "radiation", "own source"),
        ({"drivers": []}, "radiation", "no"),
    ],
)
def test_drivers_of_npp_brought_in_are_declared_or_unknown(rasters, driver, how):
    study = STUDY | {"npp": {"source": "rasters", "rasters": rasters}}
    assert circularity.shared_inputs_how(study, "nep", driver) == how


def test_a_figure_of_a_driver_says_what_is_built_in():
    mark = circularity.mark_of(STUDY, "pixel/nep_partial_temperature")
    assert mark == (
        "Built in: Rh is computed from this temperature; "
        "MOD17 NPP is driven by temperature of a reanalysis."
    )
    for end in ("_class", "_p", "_fdr"):
        assert circularity.mark_of(STUDY, f"pixel/nep_partial_temperature{end}") == mark
    assert circularity.mark_of(STUDY, "pixel/npp_partial_precipitation") == ""


@pytest.mark.parametrize(
    ("layer", "how"),
    [
        ("pixel/nep_partial_temperature_class", "same layer"),
        ("pixel/npp_partial_radiation", "own source"),
        ("pixel/npp_partial_precipitation", "no"),
        ("pixel/npp_dominant_class", "temperature: own source; radiation: own source"),
        ("pixel/nep_trend_class", None),
        ("pixel/nep_mann_kendall", None),
        ("", None),
    ],
)
def test_tables_of_a_layer_say_how_its_drivers_entered(layer, how):
    assert circularity.how_of(STUDY, layer) == how


def test_figures_of_all_drivers_say_what_is_built_in():
    assert circularity.mark_of(STUDY, "pixel/npp_dominant_class") == (
        "Built in: MOD17 NPP is driven by temperature of a reanalysis; "
        "MOD17 NPP is driven by radiation of a reanalysis."
    )
    two = STUDY | {"climate": {"variables": ["temperature", "precipitation"]}}
    assert "radiation" not in circularity.mark_of(two, "pixel/npp_multiple_r2")
    one, classes = "pixel/rh_partial_temperature", "pixel/rh_partial_temperature_class"
    assert circularity.mark_of(STUDY, classes) == circularity.mark_of(STUDY, one)


@pytest.mark.parametrize(
    "layer", ["pixel/nep_mean", "pixel/temperature_mean", "landcover/landcover_2022"]
)
def test_other_figures_say_nothing(layer):
    assert circularity.mark_of(STUDY, layer) == ""


def test_table_has_a_row_for_each_variable_and_driver():
    rows = list(circularity.rows(STUDY))
    assert len(rows) == 9
    assert ("npp", "precipitation", "no", "–", "does not enter") in rows


def test_an_unknown_model_is_refused():
    with pytest.raises(ValueError, match=r"respiration\.model: other"):
        circularity.all_links(STUDY | {"respiration": {"model": "other"}})
