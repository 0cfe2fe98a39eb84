"""NPP of 2000 brought to the level of collection 061: from tiles to NEP, and what it needs.

The study has no radiation, which is the one driver that a study may leave out.
"""

import csv

import numpy as np
import pytest
from copies import TINY, Workflow
from nepflow.io import raster
from nepflow.study import modis

OVERLAP = [2001, 2004]
CLIMATE = {"variables": ["precipitation", "temperature"]}
NPP = {
    "year_2000": "collection_006_harmonised",
    "overlap": OVERLAP,
    "min_overlap_years": 3,
}


@pytest.fixture(scope="module")
def harmonised(root, tmp_path_factory):
    study = TINY | {"npp": NPP, "climate": CLIMATE}
    workflow = Workflow(root, tmp_path_factory.mktemp("harmonised") / "copy", tiny=study)
    workflow.run(
        "results/tiny/nep/nep.tif",
        "results/tiny/specification/year_2000.csv",
        "results/tiny/tables/warnings.csv",
        "results/tiny/tables/choices.csv",
        "results/tiny/tables/correlation_nep.csv",
    )
    return workflow


def npp_of(workflow, source, year):
    return raster.read(workflow.result(f"tiny/npp/{source}/npp_{year}.tif"))


@pytest.mark.slow
def test_2000_is_shifted_by_the_mean_difference_of_the_collections(harmonised):
    years = range(OVERLAP[0], OVERLAP[1] + 1)
    both = [npp_of(harmonised, "061", y) - npp_of(harmonised, "006", y) for y in years]
    enough = np.isfinite(both).sum(axis=0) >= 3
    old, found = npp_of(harmonised, "006", 2000), npp_of(harmonised, "harmonised", 2000)
    shift = np.nansum(both, axis=0) / np.maximum(np.isfinite(both).sum(axis=0), 1)
    wanted = np.where(enough, old + shift, np.nan)
    assert np.array_equal(np.isnan(found), np.isnan(wanted))
    assert found == pytest.approx(wanted, rel=1e-5, nan_ok=True)
    known = np.isfinite(found)
    assert known.sum() > 100 and np.abs(found - old)[known].max() > 1


@pytest.mark.slow
def test_nep_of_2000_is_that_of_the_harmonised_npp(harmonised):
    nep = raster.read(harmonised.result("tiny/nep/nep.tif"), 1)
    rh = raster.read(harmonised.result("tiny/nep/rh_annual.tif"), 1)
    npp = npp_of(harmonised, "harmonised", 2000)
    assert raster.years_of(harmonised.result("tiny/nep/nep.tif"))[0] == 2000
    assert nep == pytest.approx(npp - rh, abs=1e-3, nan_ok=True)
    tags = raster.tags_of(harmonised.result("tiny/npp/harmonised/npp_2000.tif"))
    assert tags["simulated"] == "simulated" and "006, shifted to 061" in tags["source"]


@pytest.mark.slow
def test_the_choice_offers_the_collection_as_it_is_and_no_2000(harmonised):
    path = harmonised.result("tiny/specification/year_2000.csv")
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    chosen = {row["option"]: row["chosen"] for row in rows}
    own = "collection_006_harmonised"
    assert chosen == {"drop": "False", "collection_006": "False", own: "True"}
    found = {row["option"]: float(row["value"]) for row in rows if row["quantity"] == "nep_mean"}
    nep = harmonised.result("tiny/nep/nep.tif")
    cube = np.array([raster.read(nep, band) for band in range(1, 10)])
    assert found[own] == pytest.approx(np.nanmean(cube, axis=(1, 2)).mean(), rel=1e-6)
    assert found["drop"] == pytest.approx(np.nanmean(cube[1:], axis=(1, 2)).mean(), rel=1e-6)
    rh = raster.read(harmonised.result("tiny/nep/rh_annual.tif"), 1)
    cube[0] = npp_of(harmonised, "006", 2000) - rh
    assert found["collection_006"] == pytest.approx(np.nanmean(cube, axis=(1, 2)).mean(), rel=1e-6)
    assert len(set(found.values())) == 3


@pytest.mark.slow
def test_correlations_without_radiation_hold_the_other_driver_fixed(harmonised):
    """Of one pixel, from what is left of both series when precipitation is taken out."""
    cubes = {"nep": "nep/nep", "rain": "climate/precipitation", "warmth": "climate/temperature"}
    cubes = {
        name: np.array(
            [raster.read(harmonised.result(f"tiny/{path}.tif"), b) for b in range(1, 10)]
        )
        for name, path in cubes.items()
    }
    path = harmonised.result("tiny/pixel/nep_partial_temperature.tif")
    found = raster.read(path)
    at = tuple(np.argwhere(np.isfinite(found) & np.isfinite(cubes["nep"]).all(axis=0))[100])
    nep, rain, warmth = (cubes[name][:, *at] for name in ("nep", "rain", "warmth"))
    base = np.column_stack([np.ones(9), rain])
    left = [y - base @ np.linalg.lstsq(base, y, rcond=None)[0] for y in (nep, warmth)]
    assert found[at] == pytest.approx(np.corrcoef(*left)[0, 1], abs=1e-5)
    assert raster.tags_of(path)["held_fixed"] == "precipitation"
    assert not path.with_name("partial_radiation.tif").exists()


def files_of_study(folder, tiles):
    """A plan opens nothing: files of a byte stand where a user's would."""
    raw = folder / "data/tiny"
    (raw / "modis").mkdir(parents=True)
    for name in ("area.gpkg", "dem.tif", "stations.csv"):
        (raw / name).write_bytes(b"x")
    years = {("MOD17A3HGF", "061"): range(2001, 2009), ("MCD12Q1", "061"): range(2001, 2009)}
    years["MOD17A3HGF", "006"] = range(2000, OVERLAP[1] + 1)
    for (product, collection), span in years.items():
        for year in span:
            for tile in tiles:
                name = f"{product}.A{year}001.{tile}.{collection}.2024001000000.hdf"
                assert modis.FILE_NAME.match(name)
                (raw / "modis" / name).touch()
    return raw / "modis"


@pytest.mark.parametrize("chosen", [True, False])
def test_a_missing_tile_of_the_overlap_is_refused_by_name(root, tmp_path, chosen):
    """As the study's choice, and as an option beside it."""
    npp = NPP if chosen else NPP | {"year_2000": "collection_006"}
    specification = {"harmonised": True, "choices": ["year_2000"]}
    tiles = ["h25v04", "h26v04"]
    study = TINY | {"inputs": "files", "npp": npp, "tiles": tiles, "specification": specification}
    study = {key: value for key, value in study.items() if key != "simulation"}
    workflow = Workflow(root, tmp_path / "copy", tiny=study)
    folder = files_of_study(workflow.folder, tiles)
    said = workflow.run("-n")
    assert "npp/harmonised/npp_2000.tif" in said
    next(folder.glob("MOD17A3HGF.A2003001.h26v04.006.*")).unlink()
    said = workflow.run("-n", fails=True)
    assert "MissingTiles" in said and "h26v04" in said and "2003" in said and "006" in said
    kept = study | {"npp": npp | {"year_2000": "collection_006"}, "specification": {}}
    workflow.study(tiny=kept)
    assert "npp/harmonised" not in workflow.run("-n")
