"""Vector files, damaged: areas, zones and projects in every format that people bring."""

import importlib
import itertools
import json
import os
import zipfile

import climate_study
import geopandas
import numpy as np
import rasterio
import shapely
from damage import WORDS, bytes_changed, encoded, word_changed
from fuzzing import Kind
from nepflow.study import load
from pyproj.exceptions import ProjError
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

USES = ("area", "zones", "projects")
SCRIPTS = ("define_grid", "define_zones", "define_projects")
FORMATS = ("geojson", "gpkg", "shp", "zip")
# of the study of climate_study, in degrees
WEST, SOUTH, EAST, NORTH = 102.8, 35.9, 105.5, 37.3
CRS = (None, "EPSG:4326", "EPSG:3857", "EPSG:32648", "EPSG:4978", "EPSG:4979", "EPSG:3995",
       'LOCAL_CS["x",UNIT["m",1]]', "+proj=longlat +a=1 +b=1", climate_study.CRS)  # fmt: skip
NAMES = ("name", "start_year", "measure", "project")


def prepare(folder):
    """The grid of a study, and the scripts, once."""
    for name in SCRIPTS:
        importlib.import_module(name)
    schema = load.TOP / "workflow/schemas/study.schema.yaml"
    study = load.load_study("guangxi_karst", load.TOP / "config", schema, "data", "results")
    area = study["area"] | {"layer": None, "name_field": "name"}
    return {"grid": climate_study.make(folder)["grid"], "area": area}


def _shapes(chance):
    """Polygons that stand side by side over the area."""
    count = chance.randrange(1, 5)
    edges = np.linspace(WEST, EAST, count + 1)
    return [box(west, SOUTH, east, NORTH) for west, east in itertools.pairwise(edges)]


def _odd(shape, chance):
    """Another shape in the place of one."""
    west, south, east, north = shape.bounds
    ring = [(west, south), (east, north), (east, south), (west, north)]
    far = chance.choice([np.inf, -np.inf, np.nan, 1e300, 1e18, 540.0])
    return chance.choice(
        [
            None,
            Polygon(),
            Point(west, south),
            LineString(ring),
            Polygon(ring),
            Polygon([(west, south), (far, south), (east, north)]),
            Polygon([(west, south), (east, far), (east, north)]),
            Polygon([(south, west), (north, west), (north, east)]),
            MultiPolygon([shape, shape]),
            MultiPolygon([shape, box(west, south, east, (south + north) / 2)]),
            shapely.GeometryCollection([shape, Point(west, south), LineString(ring)]),
            shapely.GeometryCollection([]),
            box(west, south, west, north),
            box(west, south, west + 1e-9, south + 1e-9),
            box(-180, -90, 180, 90),
            shapely.force_3d(shape, np.inf),
            shapely.transform(shape, lambda at: at + np.array([360, 0])),
            shapely.transform(shape, lambda at: at * 1e5),
            shape.buffer(0.1),
            shape.difference(shape.buffer(-0.05)),
            Polygon([(west, south)] * 4),
        ]
    )


def _values(chance, count, column):
    if column == "start_year":
        years = [2001, "2001", 2001.0, np.nan, None, "x", 1e300, -5, True, np.inf, "2001-05-01"]
        return [chance.choice(years) for _ in range(count)]
    return [chance.choice([*WORDS, None, 5, 5.0, np.nan, np.inf, True]) for _ in range(count)]


def _frame(chance):
    shapes = _shapes(chance)
    columns = {
        "name": [f"zone {n}" for n in range(len(shapes))],
        "project": [f"p{n}" for n in range(len(shapes))],
        "measure": ["planting", "fencing"] * 2,
        "start_year": [2005, 2006, 2007, 2008],
    }
    columns = {name: list(values)[: len(shapes)] for name, values in columns.items()}
    crs, changes = (
        "EPSG:4326",
        chance.sample(["shape", "values", "crs", "column"], chance.randrange(3)),
    )
    if "shape" in changes:
        at = chance.randrange(len(shapes))
        shapes[at] = _odd(shapes[at], chance)
    if "values" in changes:
        column = chance.choice(NAMES)
        columns[column] = _values(chance, len(shapes), column)
    if "column" in changes:
        columns[chance.choice(["NAME", "x", "name ", "geometry_"])] = columns.pop(
            chance.choice(NAMES)
        )
    if "crs" in changes:
        crs = chance.choice(CRS)
    frame = geopandas.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")
    if chance.random() < 0.5:
        try:
            return frame.to_crs(crs)
        except (ValueError, ProjError):  # no way to it
            pass
    return frame.set_crs(crs, allow_override=True)


def _write(frame, path, chance):
    """Write a vector file; return the one to name."""
    if path.suffix != ".zip":
        more = {"driver": "GeoJSON"} if path.suffix == ".geojson" else {}
        if path.suffix == ".shp" and chance.random() < 0.3:
            more["encoding"] = chance.choice(["gbk", "utf-8", "latin-1"])
        frame.to_file(path, **more)
        return path
    shape = path.with_suffix(".shp")
    frame.to_file(shape)
    inside = chance.choice(["", "", "folder/", "a/b/"])
    with zipfile.ZipFile(path, "w") as file:
        for part in sorted(path.parent.glob(f"{path.stem}.*")):
            if part != path and chance.random() < 0.95:
                file.write(part, inside + part.name)
    return path


def _damaged(path, chance):
    """Damage one of the parts of a vector file, as text where it is some."""
    parts = sorted(part for part in path.parent.glob(f"{path.stem}.*") if part.is_file())
    parts = [path] if path.suffix in (".zip", ".gpkg", ".geojson") else parts
    part = chance.choice(parts)
    if chance.random() < 0.1 and part != path:
        part.unlink()
    elif part.suffix in (".geojson", ".prj", ".cpg") and chance.random() < 0.7:
        text = part.read_text(encoding="utf-8", errors="replace")
        for _ in range(chance.randrange(1, 4)):
            text = word_changed(text, chance)
        part.write_bytes(encoded(text, chance))
    else:
        part.write_bytes(bytes_changed(part.read_bytes(), chance))


def mutated(folder, chance, world):
    """Write one damaged vector file."""
    use, suffix = chance.choice(USES), chance.choice(FORMATS)
    frame, path = _frame(chance), folder / f"shapes.{suffix}"
    try:
        path = _write(frame, path, chance)
    except Exception:  # no writer makes such a file: as text, which people write by hand
        for part in folder.iterdir():
            part.unlink()
        path = folder / "shapes.geojson"
        text = json.dumps(shapely.geometry.mapping(box(WEST, SOUTH, EAST, NORTH)))
        path.write_bytes(encoded(word_changed(text, chance), chance))
    if chance.random() < 0.4:
        _damaged(path, chance)
    return f"{use} {path.suffix}", path


def read(label, path, folder, world):
    """Give a vector file to the script that reads it; return the rasters that it made."""
    use, grid = label.split()[0], world["grid"]
    made = folder / "made.tif"
    modules = {name: importlib.import_module(name) for name in SCRIPTS}
    if use == "area":
        outputs = {
            "grid": made,
            "zones": folder / "zones.tif",
            "outlines": folder / "outlines.gpkg",
        }
        settings = world["area"] | {"crs": climate_study.CRS, "resolution_m": 10_000}
        settings |= {"tiles": [], "simulated": False}
        modules["define_grid"].define_grid({"area": str(path)}, outputs, settings)
    elif use == "zones":
        entry = {"name": "z", "kind": "file", "file": str(path), "name_field": "name"}
        modules["define_zones"].define_zones([str(path)], grid, made, entry, 100)
    else:
        outputs = {"number": made, "distance": folder / "far.tif", "table": folder / "table.csv"}
        modules["define_projects"].define_projects(str(path), {}, grid, outputs, False)
    assert os.path.exists(made)
    with rasterio.open(made) as source:
        return [source.read(masked=True).astype("float64").filled(np.nan)]


VECTORS = Kind("vector files", prepare, mutated, read, 50)
