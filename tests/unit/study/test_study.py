"""Study files: merging, the closed schema, and every fault with its remedy."""

import re
import shutil

import pytest
import yaml
from nepflow.study import checks, downloads
from nepflow.study import climate as study_climate
from nepflow.study import load as study_load

NORTHWEST = "northwest_china"


@pytest.fixture
def config(root, tmp_path):
    """A copy of the configuration that a test may spoil."""
    shutil.copytree(root / "config", tmp_path / "config")
    return tmp_path / "config"


def load(root, config, name):
    schema = root / "workflow/schemas/study.schema.yaml"
    return study_load.load_study(name, config, schema, "data", "results")


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
    """What is always computed stands in the paper's study, public data too, no simulation's."""

    def ledger(name):
        return load(root, root / "config", name).get("substitutes")

    paper, public = ledger(NORTHWEST), ledger(f"{NORTHWEST}_public")
    assert [entry["input"] for entry in paper] == ["dry-wet zones"]
    assert paper[0] in public, "a list replaces that of the study below: it must be there again"
    assert {entry["input"] for entry in public} == {
        "dry-wet zones",
        "stations",
        "radiation",
        "elevation",
    }
    words = " ".join(entry["instead_of"] for entry in public)
    assert all(word in words for word in ("drawn by hand", "350 CMA stations", "RESDC"))
    assert ledger(f"{NORTHWEST}_simulated") is None


def test_a_ledger_in_a_simulated_is_dropped_and_one_below_it_stays(root, config):
    entry = {"input": "stations", "instead_of": "CMA", "by": "GSOD", "reason": "not public"}
    simulation = {"region": "northwest_china", "pixels_per_tile": 30, "stations": 60, "seed": 1}
    own = {"based_on": NORTHWEST, "substitutes": [entry]}
    write(config, "own", **own)
    write(config, "own_simulated", **own, inputs="simulated", simulation=simulation)
    assert load(root, config, "own")["substitutes"] == [entry]
    assert "substitutes" not in load(root, config, "own_simulated")


def test_year_2000_is_explicit(root, config):
    write(config, "own", based_on=NORTHWEST, npp={"year_2000": "drop"})
    assert load(root, config, "own")["years"][0] == 2001
    assert load(root, config, NORTHWEST)["npp_year_folder"][2000] == "006"
    write(config, "own", based_on=NORTHWEST, npp={"year_2000": "collection_006_harmonised"})
    assert load(root, config, "own")["npp_year_folder"][2000] == "harmonised"


def test_min_years_is_a_share_of_the_years_or_a_number_of_them(root, config):
    cases = (("80 %", 24, 20), ("80 %", 25, 20), ("80%", 23, 19), ("62.5 %", 24, 15))
    cases += (("100 %", 24, 24), ("80 %", 9, 8), ("80 %", 5, 8), ("10 %", 40, 8), (5, 24, 5))
    for given, years, least in cases:
        assert study_load.whole_years(given, years) == least, given
    assert load(root, config, NORTHWEST)["min_years"] == 20
    write(config, "own", based_on=NORTHWEST, min_years=12, npp={"year_2000": "drop"})
    assert load(root, config, "own")["min_years"] == 12
    write(config, "own", based_on=NORTHWEST, period=[2001, 2007])
    assert not load(root, config, "own")["has_trend"]


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
        (
            {"figures": [{"name": "a", "kind": "scatter", "title": "a", "caption": "a"}]},
            "figures.0.kind: 'scatter' is not one of ['map', 'classes'",
        ),
        ({"tiles": ["h99v99"]}, "tiles.0"),
        ({"contrast": {"block_ranges": 1}}, "contrast.block_ranges: 1 is less than the minimum"),
        ({"contrast": {"min_blocks": 5}}, "contrast.min_blocks: 5 is less than"),
        ({"min_years": 2}, "min_years: 2 is less than the minimum of 3"),
        ({"min_years": "80 percent"}, "min_years: '80 percent'"),
        ({"min_years": "120 %"}, "min_years: '120 %'"),
        ({"min_years": 0.8}, "min_years: 0.8 is not of type 'integer', 'string'"),
    ],
)
def test_faults_name_file_and_key(root, config, keys, message):
    write(config, "own", based_on=NORTHWEST, **keys)
    with pytest.raises(study_load.BadStudy, match=re.escape(message)) as error:
        load(root, config, "own")
    assert "config/studies/own.yaml" in str(error.value)


GRID = {"variable": "temperature", "file": "t.nc", "unit": "K", "first_month": "2001-01"}
RASTERS = {"file": "npp_{year}.tif", "unit": "g C m-2 yr-1"}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"period": [2001.0, 2005.0]}, "period.0: 2001.0 is not of type 'integer'"),
        ({"period": [2001, 1000000000]}, "period.1: 1000000000 is greater than the maximum"),
        ({"period": [201, 2010]}, "period.0: 201 is less than the minimum of 1800"),
        ({"grid": {"resolution_m": True}}, "grid.resolution_m"),
        ({"casa": {"limit_percentiles": [95, 5]}}, "casa.limit_percentiles: [95, 5] do not ascend"),
        ({"npp": {"overlap": [2019, 2001]}}, "npp.overlap"),
        ({"climate": {"elevation_limits_m": [8850, -430]}}, "Write [-430, 8850]"),
        ({"climate": {"limits": {"daily": {"temperature": [60, -90]}}}}, "daily.temperature: [60"),
        ({"climate": {"quality": {"neighbours": {"min": 9}}}}, "min 9 is above max 8"),
        ({"trend": {"significant_z": 3}}, "significant_z 3 is above extremely_significant_z 2.58"),
        ({"variability": {"fixed_breaks": [0.1, 0.05, 0.2, 0.3]}}, "variability.fixed_breaks"),
        ({"plots": {"box_deg": [120, 30, 100, 40]}}, "plots.box_deg"),
        ({"landcover": {"transitions": [2022, 2011]}}, "landcover.transitions"),
        ({"zones": [{"name": "s", "kind": "sink", "cuts": [200, 0]}]}, "zones.0.cuts"),
        ({"climate": {"grids": [GRID | {"file": "{tile}.nc"}]}}, "{tile} is no placeholder here"),
        ({"climate": {"grids": [GRID | {"file": "a{.nc"}]}}, "{.nc is no placeholder here"),
        ({"climate": {"grids": [GRID | {"first_month": "2001-19"}]}}, "first_month: '2001-19'"),
        ({"climate": {"grids": [GRID | {"first_month": "2001-00"}]}}, "first_month: '2001-00'"),
        ({"npp": {"rasters": RASTERS | {"file": "{year.__class__}{year}"}}}, "is no placeholder"),
        ({"npp": {"rasters": RASTERS | {"file": "{0}{year}.tif"}}}, "{0} is no placeholder"),
        ({"area": {"file": "{province}.gpkg"}}, "area.file: '{province}.gpkg'"),
        ({"raw": {"tiles": "{year}"}}, "raw.tiles"),
        ({"title": 2001}, "title: 2001 is not of type 'string'. Put it in quotes"),
        (
            {
                "detectors": [
                    {
                        "name": "d",
                        "of": "pixel/nep_mean",
                        "factors": [{"name": "a"}, {"name": "b", "layer": "dem"}],
                    }
                ]
            },
            "factor a needs `layer`",
        ),
    ],
)
def test_what_would_fail_deep_is_refused_at_loading(root, config, keys, message):
    write(config, "own", based_on=NORTHWEST, **keys)
    with pytest.raises(study_load.BadStudy, match=re.escape(message)) as error:
        load(root, config, "own")
    assert "config/studies/own.yaml" in str(error.value)


def test_a_file_for_all_years_has_a_first_month_of_its_own(root, config):
    grids = [
        GRID
        | {
            "variable": name,
            "first_month": "{year}-01",
            "unit": {"temperature": "K", "precipitation": "mm d-1", "radiation": "W m-2"}[name],
        }
        for name in ("temperature", "precipitation", "radiation")
    ]
    write(config, "own", based_on=NORTHWEST, climate={"source": "grids", "grids": grids})
    with pytest.raises(
        study_load.BadStudy, match=r"t\.nc begins in first_month .year.-01; either both say"
    ):
        load(root, config, "own")


@pytest.mark.parametrize(
    "name",
    ["../up", "a/b", "{x}", "a|b", "$(id)", "*", "a b", "a\n", "simulated", ".", "", 2001, None],
)
def test_names_that_are_no_name_of_a_study(root, config, name):
    with pytest.raises(study_load.BadStudy, match="names no study"):
        load(root, config, name)
    write(config, "own", based_on=name)
    with pytest.raises(study_load.BadStudy, match="names no study"):
        load(root, config, "own")


@pytest.mark.parametrize("encoding", ["gbk", "utf-16-le", "latin-1"])
def test_a_study_in_another_encoding_is_named(root, config, encoding):
    text = "title: Zürich\n" if encoding == "latin-1" else "title: 宁夏碳汇\n"
    (config / "studies/own.yaml").write_bytes(text.encode(encoding))
    with pytest.raises(study_load.BadStudy, match=r"own\.yaml: .*UTF-8"):
        load(root, config, "own")


def test_a_key_that_stands_twice_is_named(root, config):
    text = f"based_on: {NORTHWEST}\nclimate: {{order: 3}}\ngrid: {{}}\nclimate: {{block_km: 1}}\n"
    (config / "studies/own.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(
        study_load.BadStudy, match=r"own\.yaml: climate stands twice, in lines 2 and 4"
    ):
        load(root, config, "own")


def test_circles_and_missing_files_are_refused(root, config):
    write(config, "one", based_on="two")
    write(config, "two", based_on="one")
    with pytest.raises(study_load.BadStudy, match="circle"):
        load(root, config, "one")
    with pytest.raises(study_load.BadStudy, match="no such file"):
        load(root, config, "nowhere")
    (config / "studies/broken.yaml").write_text("a: [1")
    with pytest.raises(study_load.BadStudy, match="not valid YAML"):
        load(root, config, "broken")


@pytest.mark.parametrize(
    ("has_trend", "asked", "time_step", "method"),
    [
        (True, None, "daily", "anomaly"),
        (False, None, "daily", "absolute"),
        (False, "anomaly", "monthly", "anomaly"),
        (True, "annual", "monthly", "annual"),
        (True, None, "normals", "absolute"),
    ],
)
def test_method_of_the_climate(has_trend, asked, time_step, method):
    study = {"climate": {"method": asked, "time_step": time_step}}
    assert study_climate.method_of(study, has_trend) == method


def test_long_studies_have_departures_and_a_constant_network(root, config):
    loaded = load(root, config, NORTHWEST)
    assert loaded["climate"]["method"] == "anomaly"
    names = study_climate.networks(loaded)
    assert names == [f"{name}_networks" for name in loaded["climate"]["variables"]]
    assert study_climate.networks(loaded | {"has_trend": False}) == []


@pytest.mark.parametrize(
    ("source", "first", "mixed"),
    [("nasa_power", 2000, True), ("nasa_power", 2001, False), ("none", 2000, False)],
)
def test_radiation_of_nasa_power_before_2001(source, first, mixed):
    climate = {"variables": ["temperature", "radiation"]}
    study = {"acquire": {"radiation": source}, "climate": climate, "years": range(first, 2011)}
    assert downloads.mixes_power_sources(study) == mixed


@pytest.mark.parametrize(
    ("climate", "fault"),
    [
        ({"model": "trivariate", "evaluator": "coarse"}, "Set the evaluator to exact"),
        ({"smoothing": "known_variance"}, "needs a value of temperature"),
        ({"bias_correction": "surface"}, "is one of climate.method absolute"),
        ({"method": "anomaly", "time_step": "normals"}, "normals has no years"),
        ({"method": "annual", "evaluator": "coarse"}, "keeps a tolerance of months"),
        (
            {"method": "absolute", "homogeneity": {"policy": "split"}},
            "Choose exclude or report",
        ),
        (
            {
                "smoothing": "known_variance",
                "smoothing_value": dict.fromkeys(["temperature", "precipitation", "radiation"], 1),
            },
            "Choose gcv or gml",
        ),
        ({"smoothing": "fixed_rho", "smoothing_value": {"temperature": 1}}, "of precipitation"),
        ({"standard_error_years": [1999]}, "not a year of the study"),
        ({"variables": ["temperature", "precipitation"]}, "residuals of radiation"),
    ],
)
def test_climate_that_makes_no_sense(root, config, climate, fault):
    write(config, "own", based_on=NORTHWEST, climate=climate)
    with pytest.raises(study_load.BadStudy, match=fault):
        load(root, config, "own")


def test_a_variable_without_a_value_is_named_with_its_block():
    """A new variable that a block of the defaults forgot."""
    climate = {"variables": ["temperature", "vpd"], "kriging": {"lags": 3}}
    climate["quality"] = {"step": {"temperature": 1}}
    with pytest.raises(study_load.BadStudy, match=r"climate\.quality\.step has no value of vpd"):
        checks._check_values_of_variables(climate, "f")
    climate["quality"]["step"]["vpd"] = None
    checks._check_values_of_variables(climate, "f")
