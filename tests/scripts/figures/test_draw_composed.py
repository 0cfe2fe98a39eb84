"""The scripts of composed figures: files that a journal takes, the same every time."""

import drawn_files
import pytest
from draw_matrix import draw_matrix
from draw_panels import draw_panels
from draw_sankey import draw_sankey
from draw_specification import draw_specification
from nepflow.io import tables
from nepflow.landcover import transitions
from summarise_transitions import summarise_transitions

CLASSES = [
    {"name": "forest", "codes": [1], "colour": "#1b7837"},
    {"name": "grassland", "codes": [10], "colour": "#a6d96a"},
]


@pytest.fixture
def folder(tmp_path):
    drawn_files.make(tmp_path)
    maps = [str(tmp_path / "landcover.tif")] * 2
    grid, table = str(tmp_path / "grid.tif"), tmp_path / "transitions.csv"
    summarise_transitions(maps, grid, table, [2000, 2010], 100, simulated=True)
    return tmp_path


def test_transitions_of_a_map_with_itself(folder):
    """146 cells of forest and 176 of grassland, 50 km wide, that stay what they are."""
    table = tables.read(folder / "transitions.csv", transitions.COLUMNS)
    areas = table[table["quantity"] == "transition_area"].set_index(["zone", "to"])["value"]
    assert areas["forest", "forest"] == 146 * 2500
    assert areas["grassland", "grassland"] == 176 * 2500
    assert areas.sum() == (146 + 176) * 2500
    assert set(table["source"]) == {"simulated (twin)"}
    unchanged = table[table["quantity"] == "unchanged_share"]["value"]
    assert unchanged.tolist() == [100]


def test_sankey(folder):
    files = folder / "transitions.csv", folder / "grid.tif"
    figure = {"name": "x", "kind": "sankey", "title": "Change"}
    substitutes = {2000: 2001}
    drawn_files.check(
        lambda png, pdf: draw_sankey(*files, png, pdf, figure, CLASSES, substitutes), folder
    )


def test_matrix(folder):
    files = folder / "transitions.csv", folder / "grid.tif"
    figure = {"name": "x", "kind": "matrix", "dates": [2000, 2010]}
    drawn_files.check(lambda png, pdf: draw_matrix(*files, png, pdf, figure, {}), folder)


def test_specification(folder):
    rows = [("reading", "monthly", True, "nep_mean", 60.0, "g C m-2 yr-1")]
    columns = ["choice", "option", "chosen", "quantity", "value", "unit"]
    tables.write(rows, folder / "specification.csv", columns)
    files = folder / "specification.csv", folder / "grid.tif"
    figure = {"name": "x", "quantities": ["nep_mean"]}
    drawn_files.check(lambda png, pdf: draw_specification(*files, png, pdf, figure), folder)


def test_panels(folder):
    layers = {name: folder / f"{name}.tif" for name in ("nep", "dem", "landcover")}
    figure = {
        "columns": 2,
        "panels": [
            {
                "kind": "map",
                "layer": "nep",
                "title": "NEP",
                "contours": {"layer": "dem", "levels": [1300, 1600]},
                "stipple": {"layer": "nep", "below": 0.05},
            },
            {"kind": "classes", "layer": "landcover", "title": "Land cover"},
            {"kind": "series", "quantity": "nep", "zones": "province", "title": "NEP"},
        ],
    }
    series = {"province": (folder / "series.csv", folder / "trends.csv")}
    files = folder / "grid.tif", folder / "outlines.gpkg"
    marks = {"nep": "Built in: everything."}
    drawn_files.check(
        lambda png, pdf: draw_panels(layers, series, *files, png, pdf, figure, marks), folder
    )
