"""The registry of pixel statistics: names of layers, options, texts and works agree with it."""

import re

import pytest
from nepflow.pixel import persistence, trend
from nepflow.report.methods import pixel as methods
from nepflow.study import circularity, load, pixel

GIVEN = {
    "name": "NEP {x}",
    "unit": "g",
    "driver": "rain",
    "drivers": "rain, sun",
    "confidence": 95.0,
    "percent": 5.0,
}


@pytest.mark.parametrize("layer", pixel.LAYERS)
def test_every_layer_says_what_it_is(layer):
    unit, name, bands = pixel.about(layer, **GIVEN)
    assert unit in ("1", "g", "yr") and len(bands) == 1
    assert layer == "valid_years" or "NEP {x}" in name  # what a study says is no template
    assert "{" not in name.replace("NEP {x}", "")


def test_names_by_what_they_need():
    assert pixel.PARTS_OF_DRIVER == ("", "_p", "_class", "_fdr")
    assert pixel.TESTS[:2] == ("mann_kendall", "partial_temperature")
    assert pixel.JOINT_LAYERS == ("multiple_r2", "multiple_p", "dominant_class")
    assert "mean" not in pixel.SERIES_LAYERS and "hurst" in pixel.SERIES_LAYERS
    series = load.LAYERS_OF_SERIES.fullmatch
    assert all(map(series, ("pixel/nep_sd", "pixel/rh_partial_radiation_fdr", "attribution/nep_x")))
    assert not any(map(series, ("pixel/nep_mean", "pixel/nep_valid_years", "nep/nep")))


def test_outputs_of_a_rule():
    assert pixel.outputs("variation") == {
        "sd": "<banded>/pixel/{variable}_sd.tif",
        "cv": "<banded>/pixel/{variable}_cv.tif",
    }
    assert list(pixel.partial_files(["sun"])) == ["sun", "sun_p", "sun_class"]


@pytest.mark.parametrize("options", [pixel.AUTOCORRELATION, pixel.HURST])
def test_every_option_has_its_works(options):
    for name in options:
        assert "{" not in methods._option(options, name)


def test_codes_of_the_compiled_code():
    """Branches of the kernels count from 0 in this order."""
    assert trend.CODES == {"none": 0, "tfpw": 1, "hamed_rao": 2}
    assert list(persistence.METHODS) == [
        "prefix",
        "prefix_from_2",
        "blocks",
        "anis_lloyd",
        "differenced",
    ]


def test_titles_are_patterns():
    for pattern, title in pixel.TITLES:
        assert re.compile(pattern).groups == len(set(re.findall(r"\{\d\}", title)))


def test_p_of_all_drivers_is_marked_as_their_r2(root):
    study = load.study("northwest_china", root)
    marks = {circularity.mark_of(study, f"pixel/nep_{name}") for name in pixel.JOINT_LAYERS}
    assert len(marks) == 1 and marks.pop().startswith("Built in: Rh is computed from")
