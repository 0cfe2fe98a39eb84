"""A raw file that changes, whatever its date, reruns its users and no others."""

import os
import re

import geopandas
import numpy as np
import pytest
import rasterio
from copies import Workflow
from shapely.geometry import box

STUDY = {
    "title": "A small box",
    "citation": "test",
    "period": [2001, 2001],
    "tiles": ["h25v05", "h26v05"],
    "area": {"file": "area.geojson"},
    "grid": {"crs": "+proj=aea +lat_1=25 +lat_2=47 +lon_0=105 +datum=WGS84", "resolution_m": 20000},
    "climate": {"variables": ["temperature", "precipitation"]},
    "zones": [{"name": "box", "kind": "area"}],
    "figures": [],
}


def write_elevation(path, metres):
    transform = rasterio.transform.from_origin(99, 41, 0.1, 0.1)
    profile = {"driver": "GTiff", "count": 1, "dtype": "float32", "crs": "EPSG:4326"}
    heights = np.full((60, 60), metres, "float32")
    heights[::2] += 100
    with rasterio.open(path, "w", height=60, width=60, transform=transform, **profile) as raster:
        raster.write(heights, 1)


@pytest.fixture
def small(root, tmp_path):
    workflow = Workflow(root, tmp_path / "copy", small=STUDY)
    workflow.raw = workflow.folder / "data/small"
    workflow.raw.mkdir(parents=True)
    area = geopandas.GeoDataFrame({"name": ["a"]}, geometry=[box(100, 36, 103, 39)], crs=4326)
    area.to_file(workflow.raw / "area.geojson")
    write_elevation(workflow.raw / "dem.tif", 1000)
    return workflow


def test_an_older_file_of_another_content_reruns_its_users(small):
    target, dem = "results/small/dem.tif", small.raw / "dem.tif"
    small.run(target)
    lock = small.result("small/inputs.lock").read_text()
    assert "data/small/dem.tif" in lock and "data/small/area.geojson" in lock
    assert "Nothing to be done" in small.run(target)
    write_elevation(dem, 2000)
    os.utime(dem, (1e9, 1e9))  # 2001: Snakemake compares dates only
    said = small.run(target)
    assert "data/small/dem.tif: was another one on" in said
    assert "elevation on the study grid" in said and "study grid and zones" not in said
    with rasterio.open(small.result("small/dem.tif")) as raster:
        assert np.nanmedian(raster.read(1, masked=True).filled(np.nan)) >= 2000
    said = small.run(target)
    assert "Nothing to be done" in said and "another one" not in said


RAW = (
    r'setting\("files/|files\.(raw|stations|npp_raster|carbon_raster)|evaluation\.field_file'
    r"|climate\.grid_files|restoration\.(file|number_table)|detector\.factor_file|zones\.sources"
    r"|downloads\.(ndvi_)?granules"
)


def test_whoever_reads_raw_files_watches_over_them(root):
    """What the functions of these inputs give may lie in a raw folder."""
    seen = set()
    for path in (root / "workflow/rules").glob("*.smk"):
        rules = re.split(r"^rule ", path.read_text(encoding="utf-8"), flags=re.M)[1:]
        for rule in rules:
            inputs = re.search(r"    input:\n((?:        .*\n)+)", rule)
            if inputs and re.search(RAW, inputs[1]):
                script = re.search(r'"\.\./(scripts/.*\.py)"', rule)[1]
                text = (root / "workflow" / script).read_text(encoding="utf-8")
                assert "watched(snakemake.params.raw" in text, script
                seen.add(script)
    assert len(seen) == 16
