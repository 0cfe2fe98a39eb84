"""The script draw_figure: files that a journal takes, the same every time, of several kinds."""

import drawn_files
import pictures
import pytest
import test_detector_plots
import test_land_use
from draw_figure import draw_figure
from nepflow.io import tables
from nepflow.io.tables import BadTable
from nepflow.landcover import transitions
from nepflow.study.figures import KINDS
from summarise_transitions import summarise_transitions

CLASSES = [
    {"name": "forest", "codes": [1], "colour": "#1b7837"},
    {"name": "grassland", "codes": [10], "colour": "#a6d96a"},
]
SERIES = {"name": "x", "kind": "series", "quantity": "nep", "zones": "province", "title": "NEP"}


@pytest.fixture
def folder(tmp_path):
    drawn_files.make(tmp_path)
    return tmp_path


def files_of(folder, **named):
    """Paths below a folder; of every map the grid and the outlines."""
    own = {"grid": "grid.tif", "outlines": "outlines.gpkg"} | named
    return {
        key: folder / name if isinstance(name, str) else [folder / part for part in name]
        for key, name in own.items()
    }


def checked(folder, files, entry, **options):
    """Draw an entry twice, see `drawn_files.check`."""
    drawing = KINDS[entry["kind"]].drawing
    drawn_files.check(
        lambda png, pdf: draw_figure(drawing, files, entry, options, png, pdf), folder
    )


@pytest.fixture
def texts(monkeypatch):
    """Function that draws an entry and returns the texts in the picture."""
    drawn = []
    monkeypatch.setattr(
        "nepflow.figures.layout.write", lambda figure, png, pdf: drawn.append(figure)
    )

    def found(files, entry, **options):
        draw_figure(KINDS[entry["kind"]].drawing, files, entry, options, "x.png", "x.pdf")
        return set(pictures.texts(drawn[-1]))

    return found


def test_map(folder):
    entry = {"name": "x", "kind": "map", "layer": "nep", "caption": "c", "limits": [-100, 300]}
    checked(
        folder,
        files_of(folder, layers=["nep.tif"], correlation=[]),
        entry,
        layers=["nep"],
        marks={},
    )


def test_entry_of_a_map_reaches_the_picture(folder, texts):
    entry = {"kind": "map", "layer": "nep", "title": "Mean NEP", "limits": [-100, 300]}
    options = {"layers": ["nep"], "marks": {}}
    found = texts(
        files_of(folder, layers=["nep.tif"], correlation=[]), entry | {"letter": "b"}, **options
    )
    assert {"Mean NEP", "(b)", "simulated", "Nep (g C m⁻² yr⁻¹)"} <= found


def test_classes(folder):
    entry = {"name": "x", "kind": "classes", "layer": "landcover", "title": "Land cover"}
    files = files_of(folder, layer="landcover.tif", persistence=[], correlation=[])
    checked(folder, files, entry, marks={})


def test_shares_are_of_all_cells_of_the_area(folder, texts):
    """Rows 0 to 8: 9 x 24 less 7 x 10 = 146 of forest; rows 9 to 17: 9 x 24 less 5 x 8 = 176."""
    files = files_of(folder, layer="landcover.tif", persistence=[], correlation=[])
    found = texts(files, {"kind": "classes", "layer": "landcover"}, marks={})
    assert {"forest  45.3 %", "grassland  54.7 %"} <= found  # 146 / 322, 176 / 322


def test_series(folder):
    files = {"series": folder / "series.csv", "trends": folder / "trends.csv"}
    checked(folder, files, SERIES, simulated=True)


@pytest.mark.parametrize("simulated", [True, False])
def test_a_figure_of_tables_is_told_whether_its_inputs_are_simulated(folder, texts, simulated):
    files = {"series": folder / "series.csv", "trends": folder / "trends.csv"}
    assert ("simulated" in texts(files, SERIES, simulated=simulated)) is simulated


def test_a_table_without_its_columns_is_refused(folder, texts):
    (folder / "series.csv").write_text("zone,value\nall,1\n")
    files = {"series": folder / "series.csv", "trends": folder / "trends.csv"}
    with pytest.raises(BadTable, match="lacks the columns"):
        texts(files, SERIES, simulated=True)


def test_study_area(folder):
    files = files_of(folder, dem="dem.tif", stations="stations.csv", monthly="monthly.csv")
    checked(folder, files, {"name": "x", "kind": "study_area", "title": "Study area"})


def test_stations_without_a_used_month_are_dropped(folder, texts):
    """Of a, b, c the monthly table has a and b."""
    files = files_of(folder, dem="dem.tif", stations="stations.csv", monthly="monthly.csv")
    found = texts(files, {"kind": "study_area"})
    assert {"Station used (2)", "Station dropped (1)", "West", "East"} <= found
    without = texts(files | {"stations": [], "monthly": []}, {"kind": "study_area"})
    assert not any("Station" in text for text in without)


@pytest.fixture
def changes(folder):
    maps = [str(folder / "landcover.tif")] * 2
    path = folder / "transitions.csv"
    summarise_transitions(maps, str(folder / "grid.tif"), path, [2000, 2010], 100, simulated=True)
    return {"transitions": path}


def test_transitions_of_a_map_with_itself(changes):
    """146 cells of forest and 176 of grassland, 50 km wide, that stay what they are."""
    table = tables.read(changes["transitions"], transitions.COLUMNS)
    areas = table[table["quantity"] == "transition_area"].set_index(["zone", "to"])["value"]
    assert areas["forest", "forest"] == 146 * 2500
    assert areas["grassland", "grassland"] == 176 * 2500
    assert areas.sum() == (146 + 176) * 2500
    assert set(table["source"]) == {"simulated"}
    unchanged = table[table["quantity"] == "unchanged_share"]["value"]
    assert unchanged.tolist() == [100]


def test_sankey(folder, changes):
    entry = {"name": "x", "kind": "sankey", "title": "Change"}
    options = {"classes": CLASSES, "substitutes": {2000: 2001}, "simulated": True}
    checked(folder, changes, entry, **options)


def test_matrix(folder, changes):
    entry = {"name": "x", "kind": "matrix", "dates": [2000, 2010]}
    checked(folder, changes, entry, substitutes={}, simulated=True)


def test_the_map_that_stands_in_for_a_date_is_named(changes, texts):
    options = {"substitutes": {2000: 2001}, "simulated": False}
    found = texts(changes, {"kind": "matrix"}, **options)
    assert any("2000 (map of 2001)" in text for text in found)


def test_specification(folder):
    rows = [("reading", "monthly", True, "nep_mean", 60.0, "g C m-2 yr-1")]
    columns = ["choice", "option", "chosen", "quantity", "value", "unit"]
    tables.write(rows, folder / "specification.csv", columns)
    entry = {"name": "x", "kind": "specification", "quantities": ["nep_mean"]}
    checked(folder, {"specification": folder / "specification.csv"}, entry, simulated=True)


def test_panels(folder):
    entry = {
        "kind": "panels",
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
            {"kind": "scatter", "layer": "nep", "against": "dem", "title": "Both"},
        ],
    }
    layers = ["nep", "dem", "landcover"]
    files = files_of(
        folder,
        layers=[f"{name}.tif" for name in layers],
        series=["series.csv"],
        trends=["trends.csv"],
        persistence=[],
        correlation=[],
    )
    marks = {"nep": "Built in: everything."}
    options = {"layers": layers, "zones": ["province"], "marks": marks, "simulated": True}
    checked(folder, files, entry, **options)


def test_detector_and_interaction(folder):
    for kind, name, table, options in zip(
        ("detector", "interaction"),
        ("factors", "interactions"),
        test_detector_plots.factors(),
        ({"level": 0.05}, {}),
        strict=True,
    ):
        table.to_csv(folder / f"{name}.csv", index=False)
        files = {name: folder / f"{name}.csv"}
        checked(folder, files, {"kind": kind, "title": "NEP"}, simulated=True, **options)


def test_land_use_effect(folder):
    test_land_use.planted()[-1].to_csv(folder / "effects.csv", index=False)
    entry = {"kind": "land_use", "title": "Land use"}
    checked(folder, {"effects": folder / "effects.csv"}, entry, simulated=True)
