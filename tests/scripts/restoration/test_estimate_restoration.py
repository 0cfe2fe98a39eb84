"""Projects from polygons to the table of their effects and its figure."""

import geopandas
import numpy as np
import pandas as pd
import pyproj
import pytest
import rasterio
import restored_land as land
from affine import Affine
from define_projects import define_projects
from draw_figure import draw_figure
from estimate_restoration import estimate_restoration
from nepflow.io import raster
from nepflow.report import notes
from nepflow.restoration import projects as restoration_projects
from nepflow.restoration.projects import BadProjects
from shapely.geometry import Point, Polygon, box
from summarise_restoration import summarise_restoration

SIDE = 72
WKT = pyproj.CRS.from_epsg(6933).to_wkt()
GRID = raster.Grid(WKT, Affine(1000, 0, 0, 0, -1000, SIDE * 1000), SIDE, SIDE)
EFFECTS = {"closing": 45.0, "planting": 20.0, "fencing": 45.0}
COUNTS = {"closing": 22, "planting": 22, "fencing": 5}
SETTINGS = land.SETTINGS | {
    "min_cells": 2,
    "patch_km": None,
    "cluster_patches": 3,
    "not_yet_treated": False,
    "draws": 199,
    "stages": [[2001, 2005], [2006, 2011], [2012, 2020]],
}


def squares(*rows, crs=WKT):
    """Rows of (project, measure, start year, x, y): squares of 3 km."""
    frame = pd.DataFrame([row[:3] for row in rows], columns=["project", "measure", "start_year"])
    shapes = [box(x, y, x + 3000, y + 3000) for *_, x, y in rows]
    return geopandas.GeoDataFrame(frame, geometry=shapes, crs=crs)


def layer(folder, name, values, **options):
    path = str(folder / f"{name}.tif")
    options = {"tags": {"simulated": "simulated"}} | options
    raster.write(values, raster.Output(path, "g C m-2 yr-1", name, **options), GRID)
    return path


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A world as files, and everything that is made of it."""
    folder = tmp_path_factory.mktemp("restoration")
    cubes, projects = land.world(7, EFFECTS, COUNTS, side=SIDE)
    polygons = []
    for number, (measure, start) in projects.items():
        r, c = (places.min() for places in np.nonzero(cubes["project"] == number))
        polygons.append((f"p{number:02d}", measure, start, c * 1000, (SIDE - r - 3) * 1000))
    squares(*polygons).to_crs("EPSG:4326").to_file(folder / "projects.gpkg")
    years = [int(year) for year in land.YEARS]
    bands = {"bands": tuple(map(str, years))}
    paths = {
        "grid": layer(folder, "grid", np.ones((SIDE, SIDE)), dtype="uint8"),
        "dem": layer(folder, "dem", cubes["elevation"]),
        "landcover": layer(folder, "landcover", cubes["landcover"], dtype="uint8"),
        "nep": layer(folder, "nep", cubes["nep"], **bands),
        "warmth": layer(folder, "warmth", cubes["warmth"], **bands),
    }
    names = (
        "number.tif",
        "distance.tif",
        "projects.csv",
        "effects.csv",
        "events.csv",
        "stages.csv",
        "events.png",
        "events.pdf",
    )
    made = {name.replace(".", "_"): str(folder / name) for name in names}
    names = {"number": "number_tif", "distance": "distance_tif", "table": "projects_csv"}
    outputs = {key: made[name] for key, name in names.items()}
    define_projects(str(folder / "projects.gpkg"), {}, paths["grid"], outputs, simulated=True)
    given = paths | outputs | {"projects": outputs["table"]}
    files = {"effects": made["effects_csv"], "events": made["events_csv"]}
    settings = {"years": years, "restoration": SETTINGS, "simulated": True}
    estimate_restoration({"temperature": paths["warmth"]}, given, files, settings, 20)
    summarise_restoration(given, {"table": made["stages_csv"]}, settings, 20)
    figure = {"title": "NEP after restoration"}
    options = {"base_years": 2, "simulated": False}
    pages = made["events_png"], made["events_pdf"]
    draw_figure("event_study.draw", files, figure, options, *pages)
    return made, cubes, projects


def test_projects_lie_on_their_cells(built):
    made, cubes, _ = built
    table = pd.read_csv(made["projects_csv"])
    number, distance = raster.read(made["number_tif"]), raster.read(made["distance_tif"])
    named = {n: int(p[1:]) for n, p in zip(table["number"], table["project"], strict=True)}
    back = np.vectorize(lambda n: named.get(n, 0))(np.nan_to_num(number))
    assert np.array_equal(back, cubes["project"])
    assert (distance[back > 0] == 0).all() and distance[back == 0].min() == 1
    assert (table["cells"] == 9).all() and table["start_year"].is_monotonic_increasing


def test_planted_effects_are_in_the_table(built):
    made, _, projects = built
    table = pd.read_csv(made["effects_csv"])
    value = table.set_index(["measure", "quantity"])["value"].sort_index()
    years = land.YEARS
    for name, planted in EFFECTS.items():
        shares = [
            np.clip((years[(years >= s) & (years <= s + 10)] - s + 1) / 3, 0, 1).mean()
            for measure, s in projects.values()
            if measure == name
        ]
        low, high = (value[name, f"effect_{end}"].item() for end in ("low", "high"))
        assert low < planted * np.mean(shares) < high, name
        assert value[name, "projects"].item() == COUNTS[name]
    how = table[table["quantity"] == "effect"].set_index("measure")["of"]
    assert how["fencing"] == "placebo projects" and how["closing"] == "projects resampled"
    assert value["planting", "rank"].item() == 3
    assert set(table["source"]) == {"simulated"}
    assert value["all", "patch_side"].item() == 3
    events = pd.read_csv(made["events_csv"])
    assert set(events["start_year"]) == {"all", "2006", "2008", "2010"}


def test_stages_are_those_of_plain_means(built):
    made, cubes, projects = built
    table = pd.read_csv(made["stages_csv"])
    value = table.set_index(["measure", "stage", "quantity"])["value"]
    numbers = [n for n, (measure, _) in projects.items() if measure == "closing"]
    series = cubes["nep"][:, np.isin(cubes["project"], numbers)].mean(axis=1)
    slope = np.polyfit(range(6), series[5:11], 1)[0]
    assert value["closing", "2006-2011", "slope"] == pytest.approx(slope, rel=1e-5)
    assert value["closing", "2001-2020", "mean"] == pytest.approx(series.mean(), rel=1e-6)
    assert value["untreated", "2001-2020", "cells"] < (cubes["project"] == 0).sum()


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (squares(("a", "x", 2006, 0, 0)).drop(columns="measure"), "no column measure"),
        (squares(("a", "x", "soon", 0, 0)), "start year 'soon' of project a is no year"),
        (squares(("a", "x", 2006, 0, 0), ("a", "y", 2006, 9, 9)), "several measures"),
        (squares(("a", None, 2006, 0, 0)), "1 of 1 polygons have no name in measure"),
        (squares((" ", "x", 2006, 0, 0)), "1 of 1 polygons have no name in project"),
        (
            squares(("a", "x", 2006, 0, 0), ("b", "x ", 2006, 9, 9)),
            "'x' and 'x ' in measure differ",
        ),
        (squares(("a", "all", 2006, 0, 0)), "'all', which stands for the whole area"),
        (squares(("a", "x", 2006, 0, 0)).boundary.to_frame("geometry"), "no column project"),
    ],
)
def test_files_that_cannot_serve_are_refused_by_name(tmp_path, frame, said):
    frame.to_file(tmp_path / "f.gpkg")
    with pytest.raises(BadProjects, match=f"f.gpkg.*{said}"):
        restoration_projects.read_projects(tmp_path / "f.gpkg", {})
    with pytest.raises(BadProjects, match=r"no such file.*restoration\.file"):
        restoration_projects.read_projects(tmp_path / "g.gpkg", {})


def test_projects_without_a_cell_are_named(tmp_path):
    """Numbers as names, a point, a square between centres, one under an earlier project."""
    shapes = [box(0, 0, 3000, 3000), box(100, 100, 200, 200), Point(1, 1), box(0, 0, 2000, 2000)]
    frame = geopandas.GeoDataFrame(
        {"project": [101.0, 102.0, 103.0, 104.0], "measure": "x", "start_year": range(2006, 2010)},
        geometry=shapes,
        crs=WKT,
    )
    read = restoration_projects.dissolved(frame, "f.gpkg")
    assert read["project"].tolist() == ["101", "102", "104"]
    _, _, table = restoration_projects.on_grid(read, GRID, np.ones((SIDE, SIDE), dtype=bool))
    ((topic, text),) = notes.project_warnings(table)
    assert topic == "restoration" and "2 of 3 projects have no cell" in text
    assert "1 since earlier projects hold theirs" in text and text.endswith("102, 104")
    frame.loc[0, "geometry"] = Polygon([(0, 0), (np.inf, 0), (1, 1)])
    with pytest.raises(BadProjects, match=r"f\.gpkg: 1 of 4 shapes have a corner that is infinite"):
        restoration_projects.dissolved(frame, "f.gpkg")


@pytest.mark.parametrize(
    ("measures", "said"),
    [
        (("planting", "Planting"), "'planting' and 'Planting' cannot be told apart"),
        (("All", "x"), "the name 'All' is taken"),
        (("x", "Untreated"), "the name 'Untreated' is taken"),
    ],
)
def test_measures_that_a_table_takes_for_another(tmp_path, measures, said):
    rows = [(place, name, 2006, place, 0) for place, name in enumerate(measures)]
    squares(*rows).to_file(tmp_path / "f.gpkg")
    with pytest.raises(ValueError, match=rf"f\.gpkg: .*{said}"):
        restoration_projects.read_projects(tmp_path / "f.gpkg", {})


def test_columns_overlaps_and_far_projects(tmp_path):
    frame = squares(("late", "x", 2010, 0, 0), ("early", "y", 2006, 1000, 0))
    frame = frame.rename(columns={"measure": "type"})
    frame.to_file(tmp_path / "f.gpkg")
    read = restoration_projects.read_projects(tmp_path / "f.gpkg", {"measure": "type"})
    inside = np.ones((SIDE, SIDE), dtype=bool)
    number, distance, table = restoration_projects.on_grid(read, GRID, inside)
    assert table["project"].tolist() == ["early", "late"]
    assert table["cells"].tolist() == [9, 3]
    assert table["cells_of_earlier_projects"].tolist() == [0, 6]
    assert np.nanmax(number) == 2 and np.isnan(number[0, 0]) and distance[-1, 4] == 1
    read["geometry"] = read.translate(1e6)
    with pytest.raises(BadProjects, match="none of the 2 projects"):
        restoration_projects.on_grid(read, GRID, inside)


def test_cells_on_the_border_of_a_project_belong_to_none(tmp_path):
    """A square from 0.5 to 3.5 km covers 2 x 2 cells whole and touches 4 x 4."""
    frame = squares(("a", "x", 2006, 500, 500))
    frame.to_file(tmp_path / "f.gpkg")
    read = restoration_projects.read_projects(tmp_path / "f.gpkg", {})
    inside = np.ones((SIDE, SIDE), dtype=bool)
    number, distance, table = restoration_projects.on_grid(read, GRID, inside, whole_cells=True)
    assert table["cells"].tolist() == [4] and table["cells_of_earlier_projects"].tolist() == [0]
    whole = np.zeros((SIDE, SIDE), dtype=bool)
    whole[-3:-1, 1:3] = True
    assert np.array_equal(number == 1, whole)
    assert (distance == 0).sum() == 16 and distance[-1, 4] == 1
    small = squares(("a", "x", 2006, 500, 500))
    small["geometry"] = small.scale(0.4, 0.4)
    with pytest.raises(BadProjects, match="whole_cells"):
        restoration_projects.on_grid(small, GRID, inside, whole_cells=True)


PROJECTS = (
    ("a", "planting", 2010, 0, 0),
    ("a", "planting", 2010, 30000, 9000),
    ("b", "closing", 2006, 12000, 6000),
    ("c", "closing", 2010, 15000, 6000),
)


def rasterised(folder, size=1000, numbers=(7, 7, 3, 12), dtype="int16", absent=None):
    """PROJECTS as a raster with cells of a size (m), and its table."""
    cells = SIDE * 1000 // size
    values = np.zeros((cells, cells), dtype=dtype)
    for number, (*_, x, y) in zip(numbers, PROJECTS, strict=True):
        below, left = cells - y // size, x // size
        values[below - 3000 // size : below, left : left + 3000 // size] = number
    profile = {
        "width": cells,
        "height": cells,
        "count": 1,
        "dtype": dtype,
        "crs": WKT,
        "nodata": absent,
        "transform": Affine(size, 0, 0, 0, -size, SIDE * 1000),
    }
    with rasterio.open(folder / "p.tif", "w", driver="GTiff", **profile) as target:
        target.write(np.where(values == 0, absent or 0, values), 1)
    rows = {n: row[:3] for n, row in zip(numbers, PROJECTS, strict=True)}
    table = pd.DataFrame(rows.values(), columns=["project", "measure", "start_year"])
    table.assign(number=list(rows)).to_csv(folder / "p.csv", index=False)
    return folder / "p.tif", folder / "p.csv"


def written(folder, *arguments, **options):
    names = {"number": "n.tif", "distance": "d.tif", "table": "t.csv"}
    outputs = {key: str(folder / name) for key, name in names.items()}
    define_projects(
        *arguments, layer(folder, "grid", np.ones((SIDE, SIDE))), outputs, **options, simulated=True
    )
    rasters = raster.read(outputs["number"]), raster.read(outputs["distance"])
    return *rasters, pd.read_csv(outputs["table"])


@pytest.mark.parametrize("whole_cells", [False, True])
@pytest.mark.parametrize(
    ("size", "options"), [(1000, {}), (500, {"dtype": "float32", "absent": -1})]
)
def test_a_raster_of_projects_is_what_its_polygons_are(tmp_path, whole_cells, size, options):
    squares(*PROJECTS).to_file(tmp_path / "p.gpkg")
    path, table = rasterised(tmp_path, size, **options)
    wanted = written(tmp_path, tmp_path / "p.gpkg", {}, whole_cells=whole_cells)
    found = written(tmp_path, path, {}, whole_cells=whole_cells, numbers_path=table)
    for one, other in zip(wanted[:2], found[:2], strict=True):
        np.testing.assert_array_equal(one, other)
    pd.testing.assert_frame_equal(wanted[2], found[2])
    assert wanted[2]["project"].tolist() == ["b", "a", "c"]


def test_numbers_of_one_project_and_other_names(tmp_path):
    path, table = rasterised(tmp_path, numbers=(1, 2, 3, 12))
    rows = pd.read_csv(table).rename(columns={"number": "code"})
    rows.to_csv(table, index=False)
    read = restoration_projects.read_raster_projects(path, table, {"number": "code"})
    assert read["project"].tolist() == ["b", "a", "c"]
    assert (read.area / 1e6).tolist() == pytest.approx([9, 18, 9])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t[t["number"] != 12], r"p.csv: has no row of number 12, which .*p.tif has"),
        (lambda t: pd.concat([t, t[:1]]), "p.csv: number 7 has two rows"),
        (lambda t: t.drop(columns="number"), "p.csv: has no column number.*columns: {number"),
        (lambda t: t.assign(number=[7, 3, 1.5]), "p.csv: number 1.5 is no whole number"),
        (lambda t: t.assign(start_year="soon"), "p.csv: start year 'soon' of project"),
        (lambda t: t.assign(project="a"), "p.csv: project a has several measures"),
    ],
)
def test_tables_of_numbers_that_cannot_serve_are_refused(tmp_path, change, said):
    path, table = rasterised(tmp_path)
    change(pd.read_csv(table)).to_csv(table, index=False)
    with pytest.raises(BadProjects, match=said):
        restoration_projects.read_raster_projects(path, table, {})


def test_rasters_that_cannot_serve_are_refused(tmp_path, caplog):
    path, table = rasterised(tmp_path, dtype="float32")
    with pytest.raises(BadProjects, match=r"q\.csv: cannot be read.*restoration\.table"):
        restoration_projects.read_raster_projects(path, tmp_path / "q.csv", {})
    with pytest.raises(BadProjects, match=r"p\.csv: cannot be read as a raster.*null for polygons"):
        restoration_projects.read_raster_projects(table, table, {})
    with rasterio.open(path, "r+") as target:
        target.write(target.read() + np.float32(0.5))
    with pytest.raises(BadProjects, match=r"p.tif: 0\.5 is no number of a project"):
        restoration_projects.read_raster_projects(path, table, {})
    with rasterio.open(path, "r+") as target:
        target.write(np.full((1, SIDE, SIDE), 7, "float32"))
    restoration_projects.read_raster_projects(path, table, {})
    assert "2 numbers of" in caplog.text and "have no cell: 3, 12" in caplog.text
    with rasterio.open(path, "r+") as target:
        target.write(np.zeros((1, SIDE, SIDE), "float32"))
    with pytest.raises(BadProjects, match=r"p\.tif: has no project"):
        restoration_projects.read_raster_projects(path, table, {})
