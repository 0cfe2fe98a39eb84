"""The tiny study again with its grid in three bands: the same content under the same names."""

import csv
import os

import pytest
import rasterio
from copies import TINY
from nepflow.io import raster

pytestmark = pytest.mark.slow
# the rest of the study reads these, and some that stay one job
TARGETS = (
    "landcover/landcover_2004.tif",
    "pixel/nep_trend_class.tif",
    "pixel/nep_trend_persistence_class.tif",
    "pixel/nep_cv_class.tif",
    "pixel/nep_mean.tif",
    "pixel/nep_partial_radiation_fdr.tif",
    "npp/061/npp_2004.tif",
    "tables/precipitation_floored.csv",
)
AGAIN = (
    "npp/061/*2004*",
    "landcover/landcover_2004.tif",
    "nep/*",
    "pixel/*_*",
    "climate/*.tif",
)


@pytest.fixture(scope="module")
def banded(tiny):
    """A copy of the tiny study without some pixel products, which are made again in bands."""
    workflow = tiny.in_bands("tiny", TINY, 3, AGAIN)
    targets = [f"results/tiny/{target}" for target in TARGETS]
    workflow.said = workflow.run("--rerun-triggers", "mtime", "--", *targets)
    return workflow


def test_bands_give_the_digests_of_the_manifest(tiny, banded):
    with open(tiny.result("tiny/manifest.csv"), encoding="utf-8", newline="") as file:
        wanted = {row["file"]: row["sha256"] for row in csv.DictReader(file)}
    gathered = []
    for path in sorted(banded.result("tiny").rglob("*.tif")):
        name = path.relative_to(banded.result("tiny")).as_posix()
        if name.startswith("bands/") or name not in wanted:
            continue
        assert raster.digest(path) == wanted[name], name
        with rasterio.open(path) as source:
            gathered += [name] if source.driver == "VRT" else []
    assert len(gathered) > 15
    for part in ("npp/061/npp_2004.tif", "nep/nep.tif", "climate/radiation.tif"):
        assert part in gathered
    assert "pixel/nep_cv_class.tif" not in gathered and "dem.tif" not in gathered


def test_lists_and_tables_of_bands_are_those_of_the_whole(tiny, banded):
    names = ["npp/061/counts_2004.csv", "npp/061/granules_2004.csv"]
    names += ["landcover/granules_2004.csv", "tables/precipitation_floored.csv"]
    for name in names:
        assert (
            banded.result(f"tiny/{name}").read_bytes() == tiny.result(f"tiny/{name}").read_bytes()
        )


def test_one_band_leaves_no_trace(tiny, banded):
    assert "bands/" not in tiny.said and "gather_" not in tiny.said
    assert not tiny.result("tiny/bands").exists()
    assert "tiny/bands/3-of-3: NEP" in banded.said and "gather_estimate_nep" in banded.said
    assert len(os.listdir(banded.result("tiny/bands"))) == 3
