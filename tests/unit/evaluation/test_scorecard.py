"""Verdicts on published numbers, and what arithmetic finds in the text of Northwest China."""

import math

import pytest
import yaml
from nepflow.evaluation import published

ENTRY = {"id": "a", "quantity": "q", "value": 10, "unit": "%", "section": "1", "tolerance": 1}
CHANCE = {"white_noise": 79.0, "autoregression": 93.5}
OF_CORRELATION = {"_of_surrogates": 33.2, "_detrended": 2.4}
OURS = {("q", "all", "2001-2010"): (10.5, "%")}


def verdict(entry=ENTRY, numbers=OURS, contradicted=(), simulated=False):
    (row,) = published.compare([entry], numbers, set(contradicted), "2001-2010", simulated)
    return dict(zip(published.PUBLISHED, row, strict=True))


def test_verdicts():
    assert verdict()["verdict"] == published.AGREES
    assert verdict()["difference"] == 0.5
    assert verdict(ENTRY | {"tolerance": 0.4})["verdict"] == published.DIFFERS
    assert verdict(simulated=True)["verdict"] == published.NOT_COMPARABLE
    assert verdict(ENTRY | {"setting": True}, simulated=True)["verdict"] == published.AGREES
    assert verdict(ENTRY | {"setting": True})["kind"] == published.SETTING
    assert verdict()["kind"] == published.RESULT
    assert verdict(contradicted=["a"], simulated=True)["verdict"] == published.CONTRADICTS
    assert verdict(numbers={})["verdict"] == published.NOT_COMPUTED
    assert math.isnan(verdict(numbers={})["ours"])
    with pytest.raises(published.BadPublished, match="Convert it"):
        verdict(numbers={("q", "all", "2001-2010"): (10.5, "km2")})


def test_what_chance_gives_and_what_is_built_in_stand_beside_a_share():
    key = ("q", "all", "2001-2010")
    noise = {(f"q_of_{name}", *key[1:]): (value, "%") for name, value in CHANCE.items()}
    row = verdict(ENTRY | {"note": "printed so"}, OURS | noise)
    assert row["note"] == "printed so; chance alone: white noise 79.0 %, AR(1) 93.5 %"
    beside = {(f"q{end}", *key[1:]): (v, "%") for end, v in OF_CORRELATION.items()}
    text = "chance alone: surrogates with each pixel's trend and memory 33.2 %; detrended 2.4 %"
    assert verdict(numbers=OURS | beside)["note"] == text
    assert verdict()["note"] == "" and verdict()["shared_inputs"] == ""
    (row,) = published.compare([ENTRY], OURS, set(), "2001-2010", False, {key: "same layer"})
    assert dict(zip(published.PUBLISHED, row, strict=True))["shared_inputs"] == "same layer"


@pytest.fixture(scope="module")
def paper(root):
    study = root / "config/studies/northwest_china.yaml"
    return yaml.safe_load(study.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def checked(paper):
    return list(published.check(paper["consistency"], paper["published"]))


def failed(checked, verdict):
    return {row[0] for row, _ in checked if row[7] == verdict}


def test_arithmetic_contradictions_are_found(checked):
    assert failed(checked, "contradiction") == {
        "mean NEP of Shaanxi in 3.1 and in 4.1",
        "mean of the region from its provinces by area",
        "shares of the study area beside barren land",
        "first land-cover year and that of the product",
        "first year and that of MOD17A3HGF v061",
        "last year of land cover and of NEP",
        "persistent and anti-persistent are the whole",
        "continuous increase within persistent",
        "classes of trend and persistence are the whole",
        "classes with an increase first make the increase",
        "level of significance, T_neg and T_pos",
        "level of significance, P_pos and T_pos",
        "level of significance, P_neg and T_pos",
        "level of significance, R_pos and T_pos",
        "level of significance, R_neg and T_pos",
        "precipitation correlates more often positively than temperature",
    }
    assert failed(checked, "not implied") == {"unchanged land cover from the changes"}


def test_numbers_of_the_contradictions(checked):
    row = {row[0]: row for row, _ in checked}
    assert row["mean NEP of Shaanxi in 3.1 and in 4.1"][5] == pytest.approx(431.75 - 428.44)
    assert row["persistent and anti-persistent are the whole"][2] == pytest.approx(99.5)
    assert row["classes of trend and persistence are the whole"][2] == pytest.approx(86.43)
    assert row["classes with an increase first make the increase"][2] == pytest.approx(85.16)
    assert row["continuous decrease by difference"][2] == pytest.approx(6.73)
    assert row["unchanged land cover from the changes"][2] == pytest.approx(88.06)
    assert row["mean of the region from its provinces by area"][2] == pytest.approx(194.9, abs=0.1)


def test_blame_is_named(checked):
    blamed = set().union(*(ids for _, ids in checked))
    assert {"nwc_nep_sn", "nwc41_nep_sn", "nwc_hurst_anti", "nwc_cpl_incdec"} <= blamed
    assert not {"nwc_nep_mean", "nwc_inc_area", "nwc_r_P_pos"} & blamed


def test_units_of_rates(paper):
    found = {row[0].removeprefix("unit of ") for row in published.check_units(paper["published"])}
    assert len(found) == 13 and "nwc_nep_slope_sn" in found and "nwc_dP" in found


def test_every_published_number_is_unique(paper):
    ids = [entry["id"] for entry in paper["published"]]
    assert len(ids) == len(set(ids)) == 125


def test_values_are_those_of_the_paper(paper, root):
    path = root.parent / "shared/design/published_numbers.yaml"
    if not path.exists():
        pytest.skip("list of the paper's numbers not found")
    listed = {entry["id"]: entry for entry in yaml.safe_load(path.read_text(encoding="utf-8"))}
    for entry in paper["published"]:
        assert entry["value"] == listed[entry["id"]]["value"], entry["id"]


def test_unknown_id_is_named():
    check = {"name": "n", "section": "1", "left": ["-b"], "relation": "=", "right": [1]}
    with pytest.raises(published.BadPublished, match="no b"):
        list(published.check([check], [ENTRY]))
