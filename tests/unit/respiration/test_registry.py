"""The registry of respiration models: formulas, works, defaults and equations agree with it."""

import pytest
from nepflow.report.methods import equations, references
from nepflow.respiration import formulas
from nepflow.study import respiration, settings_file

ENTRIES = respiration.SOIL_MODELS | respiration.DIRECT_MODELS | respiration.RELATIONS


def test_every_entry_has_its_formula():
    assert formulas.RESPONSES.keys() == respiration.SOIL_MODELS.keys()
    needs = {name for name, about in respiration.SOIL_MODELS.items() if about.needs_carbon}
    assert formulas.FACTORS.keys() == needs
    assert formulas.SHARES.keys() == respiration.RELATIONS.keys()
    assert formulas.TIME_STEPS.keys() == respiration.TIME_STEPS.keys()
    assert [*respiration.DIRECT_MODELS] == [formulas.pei2009.__name__]


@pytest.mark.parametrize("name", ENTRIES)
def test_equation_and_work_of_an_entry(name):
    about = ENTRIES[name]
    for constant in about.constants:
        assert f"<{constant}>" in about.equation
    text = equations.html(respiration.equation(about))
    assert not set("\\{}_^") & set(text) and "<sub>" in text
    assert not about.reference or references.cited(about.reference)


def test_constants_that_the_study_says_are_those_of_the_defaults(root):
    settings = settings_file.read(root / "config/defaults.yaml")["respiration"]
    for name, about in respiration.SOIL_MODELS.items():
        said = {key for key, constant in about.constants.items() if constant.value is None}
        assert said == set(settings.get(name, {})) - {"status"}


def test_equation_as_html():
    assert equations.html(r"R_{s} = -2 e^{0.1 T} \frac{P}{P + 3}") == (
        "<var>R</var><sub>s</sub> = −2 e<sup>0.1 <var>T</var></sup> "
        '<span class="fraction"><span><var>P</var></span><span><var>P</var> + 3</span></span>'
    )


def test_labels():
    assert respiration.label("quadratic") == "the quadratic relation"
    assert respiration.label("pei2009") == "Pei et al. (2009)"
    assert respiration.label("monthly") == "equation summed over months"
    name = "GSMSR (Yu et al. 2010), Rh by the quadratic relation"
    assert respiration.label("gsmsr_quadratic") == name
    assert respiration.label("anything") == "anything"


def test_constants_of_a_study_stand_over_the_published():
    chen = respiration.SOIL_MODELS["chen2010"]
    assert respiration.published(chen, {"rate": 2.0}) == {
        "rate": 2.0,
        "per_k": 0.031,
        "half_rain_m": 0.68,
        "half_carbon": 2.23,
    }
