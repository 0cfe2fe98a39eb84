"""What a study says of soil respiration: variants, refusals, warnings and the methods text."""

import re

import pages
import pytest
from nepflow.report import notes, page
from nepflow.report.methods import text as methods_text
from nepflow.study import load, respiration

CARBON = {"file": "soc.tif", "unit": "kg C m-2", "depth_cm": [0, 20]}
SOIL = {
    "model": "gsmsr",
    "time_step": "monthly",
    "reason": "a test",
    "rh_relation": "bond_lamberty2004",
    "rh_relation_step": "year",
    "compare": ["raich2002", "chen2010"],
    "gsmsr": {"status": "unconfirmed", "rate": 0.588, "rate_per_carbon": 0.118},
}


def settings(**changes):
    return {"respiration": SOIL | changes, "soil_carbon": CARBON}


def test_pei_alone_keeps_its_readings():
    alone = {"model": "pei2009", "time_step": "annual", "rh_relation": "bond_lamberty2004"}
    assert respiration.variants(alone) == ["monthly", "annual"]
    assert respiration.chosen(alone) == "annual"
    assert respiration.unconfirmed(alone) == []
    beside = respiration.variants(alone | {"compare": ["raich2002"]})
    assert beside[-1] == "raich2002_bond_lamberty2004"


def test_the_study_comes_first_and_the_others_beside_it():
    assert respiration.variants(SOIL) == [
        "gsmsr_bond_lamberty2004",
        "raich2002_bond_lamberty2004",
        "chen2010_bond_lamberty2004",
    ]
    label = respiration.label("chen2010_bond_lamberty2004")
    assert label == "Chen et al. (2010), Rh by Bond-Lamberty et al. (2004)"


@pytest.mark.parametrize(
    ("changes", "without", "said"),
    [
        (
            {"rh_relation_step": "month"},
            None,
            "rh_relation_step is month: bond_lamberty2004 is a power law",
        ),
        (
            {"rh_relation": "quadratic"},
            None,
            "rh_relation_step is year: quadratic is fitted to monthly sums",
        ),
        (
            {"rh_relation": "quadratic", "rh_relation_step": "month"},
            None,
            "chen2010 gives annual respiration and quadratic needs months",
        ),
        ({}, "soil_carbon", "gsmsr needs soil organic carbon. Say which: soil_carbon"),
    ],
)
def test_impossible_combinations_are_refused(changes, without, said):
    wrong = {key: value for key, value in settings(**changes).items() if key != without}
    with pytest.raises(load.BadStudy, match=re.escape(said)):
        respiration.check(wrong, "config/studies/own.yaml")


def test_possible_combinations_pass():
    respiration.check(settings(), "own.yaml")
    respiration.check(
        settings(compare=["raich2002"], rh_relation="quadratic", rh_relation_step="month"),
        "own.yaml",
    )
    respiration.check({"respiration": SOIL | {"model": "raich2002", "compare": []}}, "a")


def test_unconfirmed_constants_are_said_in_the_report():
    assert respiration.unconfirmed(SOIL) == [
        "GSMSR (Yu et al. 2010)",
        "Chen et al. (2010)",
    ]
    confirmed = SOIL | {"gsmsr": {"status": "confirmed"}, "compare": []}
    assert respiration.unconfirmed(confirmed) == []
    small = pages.STUDY | settings() | {"simulated": False, "npp_year_folder": {}}
    small["climate"] = small["climate"] | {"source": "stations"}
    said = [text for topic, text in notes.warnings(small) if topic == "respiration"]
    assert len(said) == 2 and "GSMSR (Yu et al. 2010) are unconfirmed" in said[0]
    assert "soc.tif (kg C m-2, 0-20 cm): a test" in notes.respiration_choice(small)


@pytest.mark.parametrize("model", ["gsmsr", "raich2002", "chen2010"])
def test_methods_tell_the_model(model):
    small = pages.STUDY | settings(model=model)
    made = dict(methods_text.sections(small))
    html = " ".join(text for _, text in made["Net ecosystem productivity"])
    assert "Bond-Lamberty et al., 2004" in html and "46.5" not in html
    assert ("unconfirmed" in html) == (model != "raich2002")
    references = methods_text.references(made.items())
    assert any("soil respiration" in text.lower() for text in references)


def test_headline_has_the_other_models():
    tables = pages.tables()
    table = tables["respiration_variants"]
    names = {"monthly": "gsmsr_bond_lamberty2004", "annual": "raich2002_bond_lamberty2004"}
    tables["respiration_variants"] = table.assign(variant=table["variant"].map(names))
    chosen, other = page.cards(tables, pages.STUDY)[0]["values"]
    assert chosen["name"].startswith("GSMSR") and chosen["value"] == "100.3"
    assert other["name"] == "Raich et al. (2002), Rh by Bond-Lamberty et al. (2004)"
    assert other["value"] == "200.5"


def test_methods_tell_the_attribution():
    rule = {
        "variables": ["nep"],
        "main_method": "joint",
        "significance_p": 0.05,
        "dominance_percent": 55,
        "calibration": [2001, 2015],
        "null_draws": 50,
        "null_pixels": 2000,
        "seed": 1,
        "confidence_percent": 90,
    }
    made = dict(methods_text.sections(pages.STUDY | {"attribution": rule}))
    html = " ".join(text for _, text in made["Climate and the residual"])
    for said in ("drivers and the year", "2001–2015", "more than 55 %", "Intervals (90 %)", "CO₂"):
        assert said in html
    assert "Climate and the residual" not in dict(methods_text.sections(pages.STUDY))


def test_methods_give_the_formula_of_the_bias_only_where_it_holds():
    """Slope of residuals = h (1 - R2) for coefficients of all years, in every cell its own."""
    rule = {
        "variables": ["nep"],
        "main_method": "joint",
        "significance_p": 0.05,
        "dominance_percent": 50,
        "calibration": None,
        "pooling": "none",
        "null_draws": 50,
        "null_pixels": 2000,
        "seed": 1,
        "confidence_percent": 90,
    }

    def said(**changes):
        made = dict(methods_text.sections(pages.STUDY | {"attribution": rule | changes}))
        return " ".join(text for _, text in made["Climate and the residual"])

    formula = "−<var>h</var> <var>R</var><sup>2</sup>"
    assert formula in said()
    for changes in ({}, {"pooling": "landcover"}):
        other = said(calibration=[2001, 2010], **changes)
        assert formula not in other and "less that by the second" in other
        assert ("land-cover class" in other) == bool(changes)
        assert ("Intervals" in other) != bool(changes), "pooled coefficients have none"
