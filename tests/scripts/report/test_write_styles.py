"""Styles beside rasters: which get one, and with what settings."""

import csv
import xml.etree.ElementTree as xml

import numpy as np
import pytest
from affine import Affine
from nepflow.io import raster
from pyproj import CRS
from write_styles import write_styles

GRID = raster.Grid(CRS.from_epsg(6933).to_wkt(), Affine(5000, 0, 0, 0, -5000, 0), 4, 3)
CLASSES = {1: "forest", 2: "water"}
COLOURS = {1: "#1b5e20", 2: "#1565c0"}


@pytest.fixture
def rasters(tmp_path):
    """A field that is drawn, one that is not, and two rasters of classes."""
    values = np.arange(12, dtype="float64").reshape(3, 4)
    for name in ("pixel/nep_mean", "climate/temperature"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        output = raster.Output(tmp_path / f"{name}.tif", "g C m-2 yr-1", "mean NEP")
        raster.write(values, output, GRID)
    for name in ("pixel/nep_trend_class", "landcover_2001"):
        output = raster.Output(
            tmp_path / f"{name}.tif",
            "1",
            "classes",
            dtype="uint8",
            classes=CLASSES,
            colours=COLOURS,
        )
        raster.write(1 + values % 2, output, GRID)
    return sorted(tmp_path.rglob("*.tif"))


FIGURES = [
    {
        "name": "both",
        "kind": "panels",
        "panels": [
            {"kind": "map", "layer": "pixel/nep_mean", "limits": [-5, 20], "palette": "vik"},
            {"kind": "classes", "layer": "pixel/nep_trend_class", "palette": "batlow"},
        ],
    },
    {"name": "again", "kind": "map", "layer": "pixel/nep_mean", "limits": [0, 1]},
    {"name": "points", "kind": "scatter", "layer": "climate/temperature", "against": "dem"},
]


def test_styles_of_a_study(tmp_path, rasters):
    before = [path.read_bytes() for path in rasters]
    write_styles(map(str, rasters), FIGURES, tmp_path, tmp_path / "styles.csv")
    with open(tmp_path / "styles.csv", encoding="utf-8") as file:
        rows = [tuple(row.values()) for row in csv.DictReader(file)]
    assert rows == [
        ("landcover_2001.qml", "classes", ""),
        ("pixel/nep_mean.qml", "map", "both"),
        ("pixel/nep_trend_class.qml", "classes", "both"),
    ]
    assert sorted(tmp_path.rglob("*.qml")) == sorted(tmp_path / row[0] for row in rows)
    ramp = xml.parse(tmp_path / "pixel/nep_mean.qml").find(".//colorrampshader")
    assert (ramp.get("minimumValue"), ramp.get("maximumValue")) == ("-5", "20")
    entries = xml.parse(tmp_path / "landcover_2001.qml").findall(".//paletteEntry")
    assert {int(e.get("value")): e.get("label") for e in entries} == CLASSES
    assert {int(e.get("value")): e.get("color") for e in entries} == COLOURS
    assert [path.read_bytes() for path in rasters] == before


def test_a_study_without_anything_to_style(tmp_path, rasters):
    path = next(path for path in rasters if path.name == "temperature.tif")
    write_styles([str(path)], [], tmp_path, tmp_path / "styles.csv")
    assert (tmp_path / "styles.csv").read_text() == "file,kind,figure\n"
    assert list(tmp_path.rglob("*.qml")) == []
