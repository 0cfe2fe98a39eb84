"""Detectors of a study: faults with their remedy, what was built in, companions."""

import copy

import pytest
from nepflow.study import detector
from nepflow.study.settings_file import BadStudy

STUDY = {
    "respiration": {"model": "pei2009"},
    "npp": {"source": "mod17"},
    "detectors": [
        {
            "name": "mean",
            "of": "pixel/nep_mean",
            "factors": [
                {"name": "rain", "layer": "pixel/precipitation_mean"},
                {"name": "warmth", "layer": "climate/temperature"},
                {"name": "height", "layer": "dem"},
                {"name": "karst", "file": "karst.gpkg", "name_field": "kind", "layer": "k"},
            ],
        }
    ],
    "figures": [{"name": "f", "kind": "detector", "detector": "mean"}],
}


def study(**changes):
    made = copy.deepcopy(STUDY)
    made["detectors"][0] |= changes
    return made


def test_what_entered_nep():
    entry = STUDY["detectors"][0]
    how = [detector.shared_inputs_how(STUDY, entry, factor) for factor in entry["factors"]]
    assert how == ["same layer", "same layer", "", ""]


def test_a_file_that_says_what_it_is_a_map_of_is_marked_but_never_as_the_same_layer():
    casa = STUDY | {"npp": {"source": "casa"}}
    entry = STUDY["detectors"][0]
    own = {"name": "green", "file": "ndvi.tif", "quantity": "ndvi"}
    assert detector.shared_inputs_how(casa, entry, own) == "own source"
    assert detector.shared_inputs_how(STUDY, entry, own) == "", "MOD17 takes no NDVI of ours"
    assert detector.shared_inputs_how(casa, entry, own | {"quantity": "radiation"})
    layer = {"name": "cover", "layer": "ndvi/ndvi_mean"}
    assert detector.shared_inputs_how(casa, entry, layer) == "same layer"


def test_companion_of_npp_alone():
    first, second = detector.detectors_of(STUDY)
    assert (second["name"], second["of"]) == ("mean_npp", "pixel/npp_mean")
    assert second["factors"] == first["factors"]
    how = [detector.shared_inputs_how(STUDY, second, factor) for factor in second["factors"]]
    assert how == ["", "own source", "", ""]
    plain = study(factors=[{"name": "height", "layer": "dem"}, {"name": "s", "layer": "slope"}])
    assert len(detector.detectors_of(plain)) == 1, "nothing entered"
    assert len(detector.detectors_of(study(of="pixel/npp_mean"))) == 1
    own = study()
    own["detectors"].append({**own["detectors"][0], "name": "mean_npp", "of": "pixel/npp_cv"})
    assert [entry["of"] for entry in detector.detectors_of(own)][1] == "pixel/npp_cv"


def test_layers():
    assert detector.layers_of(STUDY["detectors"][0]) == [
        "pixel/nep_mean",
        "pixel/precipitation_mean",
        "climate/temperature",
        "dem",
        "factors/karst",
    ]


def test_faults_are_named():
    detector.check(STUDY, "a.yaml")
    other = study()
    other["figures"][0]["detector"] = "none"
    with pytest.raises(BadStudy, match=r"a\.yaml: figure f wants the detector none.*mean_npp"):
        detector.check(other, "a.yaml")
    with pytest.raises(BadStudy, match="factor a needs `layer`"):
        detector.check(study(factors=[{"name": "a"}]), "a.yaml")
    with pytest.raises(BadStudy, match=r"factor a has `outside`, .* and no classes"):
        detector.check(study(factors=[{"name": "a", "layer": "dem", "outside": "b"}]), "a.yaml")
    different = study()
    changed = [{"name": "karst", "file": "other.gpkg", "name_field": "kind"}]
    different["detectors"].append({"name": "two", "of": "dem", "factors": changed})
    with pytest.raises(BadStudy, match="factor karst is another file in another detector"):
        detector.check(different, "a.yaml")


def test_cells_outside_of_polygons_are_a_class():
    """By the setting of all detectors, that of a factor, or none; only of polygons."""
    own = study() | {"detector": {"outside": "outside"}}
    polygons = own["detectors"][0]["factors"][-1]
    assert detector.factor(own, "karst")["outside"] == "outside"
    for named in ("non-karst", None):
        polygons["outside"] = named
        assert detector.factor(own, "karst")["outside"] == named
    own["detectors"][0]["factors"].append({"name": "rock", "file": "rock.tif", "classes": True})
    assert "outside" not in detector.factor(own, "rock")


def test_layers_that_a_simulated_has_the_truth_of():
    truth = detector.truth_of
    assert truth("pixel/nep_mean") == ("nep", None, None)
    assert truth("pixel/temperature_mean") == ("temperature", None, None)
    assert truth("landcover/landcover_2010") == ("landcover", 2010, None)
    assert truth("landcover/keys/igbp17/landcover_2002") == ("landcover", 2002, "igbp17")
    assert truth("dem") is truth("pixel/nep_cv") is truth("factors/karst") is None
