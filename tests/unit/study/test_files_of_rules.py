"""What rules read and write of a study: the functions of nepflow/study that give files."""

import re

import pytest
from nepflow.study import (
    attribution,
    climate,
    detector,
    downloads,
    evaluation,
    figures,
    landcover,
    layers,
    load,
    modis,
    npp,
    pixel,
    products,
    respiration,
    restoration,
    variables,
    zones,
)
from nepflow.study import files as study_files

NORTHWEST, INDOCHINA, GUANGXI = (
    f"{name}_simulated" for name in ("northwest_china", "indochina_karst", "guangxi_karst")
)


@pytest.fixture(scope="module")
def studies(root):
    datasets = {}
    loaded = {name: load.study(name, root) for name in (NORTHWEST, INDOCHINA, GUANGXI)}
    return {name: downloads.completed(s, False, datasets) for name, s in loaded.items()}


@pytest.fixture
def northwest(studies):
    return studies[NORTHWEST]


@pytest.fixture
def indochina(studies):
    return studies[INDOCHINA]


@pytest.fixture
def guangxi(studies):
    return studies[GUANGXI]


R = f"results/{NORTHWEST}"


def test_files_of_each_year(northwest):
    """2000 is of collection 006, and its map of land cover that of 2001."""
    files = layers.yearly(northwest, "npp/{npp}/npp_{year}.tif")
    assert files[:2] == [f"{R}/npp/006/npp_2000.tif", f"{R}/npp/061/npp_2001.tif"]
    assert len(files) == len(northwest["years"]) == 24
    maps = layers.yearly(northwest, "landcover/landcover_{landcover_year}.tif")
    assert maps[0] == maps[1] == f"{R}/landcover/landcover_2001.tif"


def test_cubes_of_the_balance_lie_beside_nep(northwest):
    assert layers.cube(northwest, "rh") == f"{R}/nep/rh.tif"
    assert layers.cube(northwest, "temperature") == f"{R}/climate/temperature.tif"
    own = northwest["respiration_variant"]
    assert layers.respiration(northwest) == f"{R}/nep/rh_{own}.tif"
    assert layers.respiration(northwest) in layers.all_respiration(northwest)
    without = northwest | {"climate": northwest["climate"] | {"variables": ["temperature"]}}
    assert layers.if_in_climate(northwest, "radiation") == f"{R}/climate/radiation.tif"
    assert layers.if_in_climate(without, "radiation") == []
    assert layers.trend_if_estimated(northwest | {"has_trend": False}) == []
    assert layers.min_years(northwest | {"has_trend": False}) == 1


def test_months_come_from_fits_or_from_grids(northwest):
    gridded = northwest | {"climate": northwest["climate"] | {"source": "grids"}}
    names = ["temperature", "precipitation"]
    assert layers.months(northwest, names)[0] == f"{R}/climate/temperature_fit.npz"
    assert layers.months(gridded, names)[1] == f"{R}/climate/native/precipitation.tif"
    assert climate.fits(gridded) == []
    assert climate.if_stations(gridded, "stations/sites.csv") == []
    assert climate.if_stations(northwest, "stations/sites.csv") == f"{R}/stations/sites.csv"
    assert climate.studies_with_stations({"a": northwest, "b": gridded}) == ["a"]
    assert "station_defects" in climate.tables(northwest)
    assert climate.fit_products(gridded) == []


def test_npp_by_light_use(indochina, northwest):
    own, *others = npp.fpar_limits(indochina)
    assert own == indochina["casa"]["limits"] and set(others) | {own} == set(npp.FPAR_LIMITS)
    files = npp.by_fpar_limits(indochina)
    assert files[own] == layers.yearly(indochina, "npp/{npp}/npp_{year}.tif")
    assert f"npp/casa_{others[0]}/" in files[others[0]][0]
    assert npp.casa_settings(indochina, "_zhu2007")["limits"] == "zhu2007"
    assert npp.casa_settings(indochina, "") == indochina["casa"]
    assert npp.casa_table(northwest) == [] and "casa" in npp.tables(indochina)
    years = npp.comparison_years(indochina)
    assert 2000 not in years and len(npp.comparison(indochina)["other"]) == len(years)


def test_tiles_of_a_simulation_are_named_before_they_are_there(northwest, indochina):
    folder = f"results/simulated/{NORTHWEST}"
    listed = downloads.granules(northwest, 2005, product="MCD12Q1")
    assert listed == f"{folder}/granules/MCD12Q1.061_2005.csv"
    names = downloads.files_of_tiles(northwest, 2000, "006", product="MOD17A3HGF")
    assert len(names) == len(northwest["tiles"])
    assert names[0].endswith(f"MOD17A3HGF.A2000001.{northwest['tiles'][0]}.006.2024001000000.hdf")
    months = downloads.ndvi_months(indochina, "2003")
    assert len(months) == 12 and all(len(dates) == 1 for dates in months)
    assert downloads.ndvi_months(indochina, 2000)[0] == []  # the product begins in February
    assert downloads.tiles_read(northwest | {"reads_tiles": False}) == []
    assert f"{R}/landcover/granules_2001.csv" in downloads.digest_lists(northwest)


def test_zones_are_made_of_what_their_kind_needs(northwest, guangxi):
    assert zones.area(northwest) == "province"
    assert zones.raster(northwest, "province") == f"{R}/zones/area.tif"
    made = {entry["kind"]: entry["name"] for entry in northwest["zones"]}
    assert zones.sources(northwest, made["sink"]) == [f"{R}/pixel/nep_mean.tif"]
    assert zones.sources(northwest, made["aridity"])[1] == f"{R}/climate/pet.tif"
    yearly = zones.rasters_by_name(northwest)[made["landcover"]]
    assert yearly == layers.yearly(northwest, "landcover/landcover_{landcover_year}.tif")
    assert len(zones.rasters(northwest)) == len(set(zones.rasters(northwest)))
    karst = next(entry for entry in guangxi["zones"] if entry["kind"] == "file")
    assert zones.sources(guangxi, karst["name"]).endswith(karst["file"])
    assert zones.class_layer(northwest, "trend_class_nep") == "pixel/nep_trend_class"
    assert zones.class_layer(northwest, made["sink"]) == ""
    found = zones.persistence_of_classes(northwest, "trend_persistence_class_nep")
    assert found == [f"{R}/tables/persistence_nep.csv"]
    with pytest.raises(load.BadStudy, match="no entry of kind area"):
        zones.area(northwest | {"zones": []})


def test_crossings_are_made_of_the_rasters_that_they_cross(indochina):
    crossing = next(entry for entry in indochina["zones"] if entry["kind"] == "crossing")
    sources = zones.sources(indochina, crossing["name"])
    assert sources == [zones.raster(indochina, name) for name in crossing["of"]]
    assert layers.table(indochina, f"series_{crossing['name']}") in zones.products(indochina)


def test_truth_of_a_detector(indochina):
    own = next(
        entry for entry in indochina["detectors"] if entry["name"] in detector.with_truth(indochina)
    )
    files = detector.layer_files(indochina, own["name"])
    truth = detector.truth_files(indochina, own["name"])
    assert len(truth) == len(files) == 1 + len(own["factors"])
    assert truth[0].startswith(f"results/simulated/{INDOCHINA}/truth/")
    years, classes = (
        f(indochina, own["name"]) for f in (detector.truth_years, detector.truth_classes)
    )
    for path, year, named in zip(truth, years, classes, strict=True):
        assert (year is not None) == (named is not None) == path.endswith("truth/landcover.tif")
    assert detector.pattern({}) == "no_such_detector"


def test_choices_that_a_study_cannot_make_otherwise(northwest):
    assert {"respiration", "year_2000"} <= set(evaluation.choices(northwest))
    assert "fpar_limits" not in evaluation.choices(northwest)
    later = northwest | {"years": northwest["years"][1:]}
    assert "year_2000" not in evaluation.choices(later)
    assert evaluation.choices(northwest | {"has_trend": False}) == []
    options = evaluation.options_of_2000(northwest)
    assert options["drop"] is None and options["collection_006"] == "006"
    assert northwest["npp"]["year_2000"] not in evaluation.npp_of_2000(northwest)
    keys = evaluation.landcover_keys(northwest)
    assert keys[0] == northwest["landcover"]["key"] and len(keys) == len(set(keys))
    read = evaluation.choice_layers(northwest, "landcover")["landcover"]
    assert len(read) == len(keys)


def test_what_only_some_studies_have(northwest, guangxi):
    assert restoration.tables(northwest) == [] and not restoration.is_wanted(northwest)
    assert restoration.file(guangxi).startswith(f"results/simulated/{GUANGXI}/")
    assert restoration.projects_if_wanted(guangxi).endswith("restoration/projects.csv")
    assert "recovery_management" in evaluation.recovery_tables(guangxi)
    assert "recovery_management" not in evaluation.recovery_tables(northwest)
    assert evaluation.recovery_tables(northwest | {"simulated": False}) == []
    soil = respiration.soil_variants(guangxi)
    assert soil and not set(soil) & set(respiration.TIME_STEPS)
    assert attribution.attributed(guangxi | {"has_trend": False}) == []
    assert landcover.substituted(northwest)[2000] == 2001
    assert pixel.variation_breaks(northwest) == f"{R}/tables/cv_breaks_nep.csv"
    assert evaluation.plots_if_compared(northwest) == []


def test_figures_read_what_their_entries_name(northwest):
    series = next(entry for entry in northwest["figures"] if entry["kind"] == "series")
    files = figures.files(northwest, series["name"])
    assert files["trends"] == f"{R}/zones/trends_{series['zones']}.csv"
    panels = next(entry for entry in northwest["figures"] if entry["kind"] == "panels")
    names = figures.options(northwest, panels["name"])["layers"]
    files = figures.files(northwest, panels["name"])
    assert files["layers"] == [f"{R}/{name}.tif" for name in names]
    assert figures.pattern({}) == "no_such_figure"
    assert panels["name"] in figures.pattern({"a": northwest}).split("|")
    caption = figures.caption(northwest, panels["name"])
    assert caption.startswith(f"{panels['caption']} Each panel has its own legend.")


def test_a_figure_of_tables_reads_no_raster_and_is_told_what_is_simulated(studies):
    """Maps ask the tags of what they draw."""
    maps = {"map", "classes", "study_area", "panels", "residuals"}
    for study in studies.values():
        for name, kind in ((entry["name"], entry["kind"]) for entry in study["figures"]):
            files, options = figures.files(study, name), figures.options(study, name)
            assert ("grid" in files) == (kind in maps), kind
            assert options.get("simulated") is (None if kind in maps - {"panels"} else True), kind


@pytest.mark.parametrize("name", [NORTHWEST, INDOCHINA, GUANGXI])
def test_products_are_listed_once_below_the_results(studies, name):
    """But for the page of the report everything is in the manifest that is made."""
    study = studies[name]
    found = products.products(study)
    assert len(found) == len(set(found)) > 150
    assert all(path.startswith(f"results/{name}/") for path in found)
    assert set(products.tables(study)) <= set(found)
    assert f"results/{name}/study.yaml" in found


def test_nothing_is_downloaded_where_the_site_says_so(northwest):
    assert downloads.lists(northwest) == [] and northwest["brings"] == []
    assert downloads.everything({"a": northwest}) == []
    assert downloads.list_of_tiles(northwest, "MCD12Q1", "061", 2005) is None


def test_downloads_have_their_places(root):
    study = load.study("northwest_china_public", root)
    from nepflow.study import datasets

    made = downloads.completed(study, True, datasets.load())
    assert downloads.brings(made, "dem") and made["files"]["dem"].endswith("acquired/dem.tif")
    assert made["dem"]["missing"] == []  # zeros of downloaded elevation are the sea
    assert made["climate"]["station_format"] == "tidy"
    listed = downloads.list_of_tiles(made, "MOD17A3HGF", "061", 2005)
    assert listed == "results/northwest_china_public/acquired/MOD17A3HGF.061_2005.csv"
    assert downloads.list_of_tiles(made, "MOD17A3HGF", "006", 2000) is None
    assert listed in downloads.everything({"a": made})
    assert {row["input"] for row in made["sources"]} >= {"tiles", "dem"}


def test_a_study_in_bands_has_no_whole_file_of_a_banded_rule():
    """Names may end alike: a in bands, xa and b on the whole grid."""
    studies = {name: {"grid": {"blocks": 3 if name == "a" else 1}} for name in ("a", "xa", "b")}
    band = study_files.folder_of_band(studies)
    pattern = re.compile(rf"out/(?P<study>a|xa|b)(?P<band>{band})/nep\.tif")
    fits = [name for name in studies if pattern.fullmatch(f"out/{name}/nep.tif")]
    assert fits == ["xa", "b"]
    assert pattern.fullmatch("out/a/bands/2-of-3/nep.tif")["band"] == "/bands/2-of-3"


def test_zones_of_each_year_have_values_of_the_years_with_a_map_of_their_own(northwest):
    """2000 and 2023 have the maps of 2001 and 2022; zones that do not change have all years."""
    assert zones.own_years(northwest, "landcover") == list(range(2001, 2023))
    own = zones.own_years_by_name(northwest)
    assert own["stable_landcover"] == own["province"] == northwest["years"]
    said = landcover.left_out_text(northwest)
    assert "2000 (map of 2001), 2023 (map of 2022)." in said
    assert zones.summary(northwest) == {
        "mean_years": 20,
        "trend_years": 20,
        "autocorrelation": "none",
        "confidence_percent": 95,
    }
    assert zones.summary(northwest | {"has_trend": False})["mean_years"] == 1


def test_truth_is_read_of_simulations_alone(northwest):
    assert layers.truth(northwest, "rh") == f"results/simulated/{NORTHWEST}/truth/rh.tif"
    assert layers.truth(northwest | {"simulated": False}, "rh") == []


def test_what_a_study_does_unless_it_is_told_otherwise(studies, northwest, indochina):
    """Each of these was, or would be, wrong without an error; a study file may still choose it."""
    assert {climate.method_of(s, s["has_trend"]) for s in studies.values()} == {"anomaly"}
    of_stations = northwest["climate"]
    assert of_stations["unreported_rain"]["rule"] == "weather"
    assert of_stations["smoothing_fallback"] == "gml"
    assert of_stations["standard_error"] == "calibrated"
    assert variables.pet_method(northwest) == "priestley_taylor"
    assert northwest["min_years"] == 20  # of 24
    assert indochina["casa"]["limits"] == "own_upper"
    of_detectors = indochina["detector"]
    assert of_detectors["outside"] and of_detectors["min_cover_percent"] == 50
    coarse = northwest | {"simulated": False}
    assert coarse["grid"]["resolution_m"] == 5000  # m; ten native cells
    assert modis.resampling_of(coarse, "MOD17A3HGF") == "average"
    assert modis.resampling_of(coarse, "MCD12Q1") == "mode"
    assert modis.resampling_of_ndvi(coarse) == "average"
