"""Climate of Colorado from genuine monthly stations and their elevation grid, raw to maps.

Data sets COmonthlyMet and RMelevation of the R package fields (Debian r-cran-fields): 376 stations
as they come, precipitation in centimetres although their page says millimetres.
"""

import csv
import shutil
import subprocess

import geopandas
import numpy as np
import pytest
import rasterio
from copies import Workflow
from rasterio.transform import from_origin
from shapely.geometry import box

YEARS = [1983, 1997]
STUDY = {
    "title": "Climate of Colorado",
    "citation": "none",
    "inputs": "files",
    "period": YEARS,
    "npp": {"source": "none"},
    "area": {"file": "colorado.geojson", "buffer_km": 100},
    "grid": {
        "crs": "+proj=aea +lat_1=37.5 +lat_2=40.5 +lat_0=39 +lon_0=-105.5 +datum=WGS84 +units=m",
        "resolution_m": 10000,
    },
    "climate": {
        "variables": ["temperature", "precipitation"],
        "time_step": "monthly",
        "station_table": {
            "columns": {"station": "COOP", "temperature": "tmean", "precipitation": "ppt"},
            "units": {"elevation": "ft", "precipitation": "cm"},
        },
    },
    "figures": [
        {"name": "study_area", "kind": "study_area", "title": "Colorado", "caption": "Stations."},
        *(
            {
                "name": f"{name}_mean",
                "kind": "map",
                "layer": f"pixel/{name}_mean",
                "title": f"Mean annual {name}",
                "caption": "Mean of the years.",
            }
            for name in ("temperature", "precipitation")
        ),
        {
            "name": "nep",
            "kind": "map",
            "layer": "pixel/nep_mean",
            "title": "Left out",
            "caption": "There is no NPP.",
        },
        {
            "name": "residuals",
            "kind": "residuals",
            "quantity": "precipitation",
            "title": "Stations left out",
            "caption": "One by one.",
        },
    ],
}
EXPORT = """
suppressMessages(library(fields)); data(COmonthlyMet); data(RMelevation)
k <- CO.years >= %d & CO.years <= %d
d <- expand.grid(year = CO.years[k], month = 1:12, n = seq_len(nrow(CO.loc)))
d$COOP <- rownames(CO.loc)[d$n]
d$Longitude <- CO.loc[d$n, 1]; d$Latitude <- CO.loc[d$n, 2]; d$Elev <- round(CO.elev / 0.3048)[d$n]
d$tmean <- (as.vector(CO.tmax[k, , ]) + as.vector(CO.tmin[k, , ])) / 2
d$ppt <- as.vector(CO.ppt[k, , ])
write.table(d[!is.na(d$tmean) | !is.na(d$ppt), -3], "stations.txt", sep = "\\t", row.names = FALSE)
write.table(RMelevation$z, "z.txt", row.names = FALSE, col.names = FALSE)
"""


def export(folder):
    """Write the stations, elevation and border that a study of Colorado names."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["Rscript", "-e", EXPORT % tuple(YEARS)], cwd=folder, check=True)
    z = np.loadtxt(folder / "z.txt").T[::-1]  # from 111 to 99 W, 34.96 to 45 N, by 1/24 degree
    (folder / "z.txt").unlink()
    (folder / "stations.txt").rename(folder / "stations.csv")
    transform = from_origin(-111 - 1 / 48, 45 + 1 / 48, 1 / 24, 1 / 24)
    profile = {"driver": "GTiff", "dtype": "float32", "crs": "EPSG:4326", "count": 1}
    height, width = z.shape
    with rasterio.open(
        folder / "dem.tif", "w", height=height, width=width, transform=transform, **profile
    ) as target:
        target.write(z.astype("float32"), 1)
    border = [box(-109.05, 37, -105.5, 41), box(-105.5, 37, -102.05, 41)]
    frame = geopandas.GeoDataFrame({"name": ["West", "East"]}, geometry=border, crs="EPSG:4326")
    frame.to_file(folder / "colorado.geojson")


@pytest.fixture(scope="module")
def colorado(root, tmp_path_factory):
    command = ["Rscript", "-e", "library(fields)"]
    if not shutil.which("Rscript") or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("Rscript with fields is missing")
    folder = tmp_path_factory.mktemp("colorado") / "copy"
    workflow = Workflow(root, folder, colorado=STUDY)
    export(folder / "data/colorado")
    return workflow


def values(path):
    with rasterio.open(path) as source:
        bands = source.read(masked=True).astype(float).filled(np.nan)
        return bands, source.transform


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_genuine_stations_run_raw_to_maps(colorado):
    """Denver, 8.7 to 10.5 degC and 340 to 420 mm (NOAA normals 1981-2010: 10.3 degC, 363 mm)."""
    folder = colorado.folder / "results/colorado"
    colorado.run()
    assert (folder / "manifest.csv").is_file()
    page = (folder / "report.html").read_text(encoding="utf-8")
    for words in ("NEP, NPP and respiration: needs NPP", "figure nep: needs NPP", "Mean annual"):
        assert words in page
    said = next(r for r in rows(folder / "tables/checked_inputs.csv") if r["input"] == "stations")
    for words in ("1983-01 to 1997-12, tab, UTF-8", "cm becomes precipitation_mm", "ft becomes m"):
        assert words in said["understood"]
    means = {}
    for name in ("temperature", "precipitation"):
        bands, transform = values(folder / f"climate/{name}.tif")
        years = bands.reshape(-1, 12, *bands.shape[1:])
        means[name] = (years.mean(axis=1) if name == "temperature" else years.sum(axis=1)).mean(0)
    x, y = 52_000, 82_000  # Denver in the CRS of the study
    column, row = (int(part) for part in ~transform @ (x, y))
    assert 8.7 < means["temperature"][row, column] < 10.5
    assert 330 < means["precipitation"][row, column] < 460
    assert 5 < np.nanmean(means["temperature"]) < 9  # the state: 7.3 degC (NOAA)
    assert np.nanmin(means["temperature"]) < 1 < 11 < np.nanmax(means["temperature"])
    for figure in (figure for figure in STUDY["figures"] if figure["name"] != "nep"):
        assert (folder / f"figures/{figure['name']}.png").stat().st_size > 20_000
