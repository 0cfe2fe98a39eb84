"""Polygons and points of users, damaged at random: each is read right or refused by name, and soon.

    python tests/support/mutated_vectors.py --count 1000 --seed 1

prints how many were accepted, refused by name, ended by an error of a library, died by a signal or
did not end. A case runs in a process of its own.
"""

import argparse
import shutil
import tempfile
import warnings
import zipfile
from collections import Counter
from pathlib import Path

import geopandas
import mutated_rasters
import numpy as np
import shapely
from nepflow.evaluation import field_data
from nepflow.io import polygon_cells, raster, vectors
from nepflow.restoration import projects

FORMATS = ("shp", "shp", "geojson", "gpkg", "zip", "zip", "fgb")
NAMES = ("宁夏回族自治区", "甘肃省", "Ürümqi", "NA", 'a"b', "c/d", "$e$", "f,g", "null", "=1+1")
ENCODINGS = ("utf-8", "gbk", "big5", "cp1252", "cp1251")
READERS = ("area", "zones", "projects", "points")
CHANGES = ("names", "shapes", "crs", "place", "encoding", "companion", "rows")
CRS = (None, "EPSG:32648", "EPSG:4979", "EPSG:4978", "EPSG:5773", "EPSG:3857", "EPSG:4326")


def frame_of(rng, points):
    """Ten boxes, or their centres, with the columns of zones, projects and plots."""
    corner = 104 + 0.3 * np.arange(10)
    shapes = shapely.box(corner, 36, corner + 0.3, 37.5)
    columns = {
        "name": list(NAMES),
        "project": [f"p{number}" for number in range(10)],
        "measure": ["planting", "terraces"] * 5,
        "start_year": list(range(2001, 2011)),
        "site": [f"s{number}" for number in range(10)],
        "nep": rng.uniform(-100, 300, 10),
        "class": ["forest"] * 10,
    }
    shapes = shapely.centroid(shapes) if points else shapes
    return geopandas.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:4326")


def changed(frame, rng, changes):
    """Names, shapes, places and rows that something is wrong with."""
    shapes, row = list(frame.geometry), int(rng.integers(len(frame)))
    if "names" in changes:
        wrong = rng.choice(
            np.array([None, "", "all", "west ", "甘肃省", "\x00", "a" * 300], object)
        )
        frame.loc[row, ["name", "project", "measure"]] = wrong
    if "shapes" in changes:
        kinds = (
            None,
            shapely.Polygon(),
            shapely.Point(105, 36.5),
            shapely.LineString([(104, 36), (107, 37)]),
            shapely.Polygon([(104, 36), (105, 37), (105, 36), (104, 37)]),
            shapely.Polygon([(104, 36), (np.inf, 36), (105, 37)]),
            shapely.Polygon([(104, 36), (104.5, 36), (104.2, 36)]),
            shapely.box(104, 36, 107, 37.5),
            shapely.Polygon([(104, 36, 1), (105, 36, np.nan), (105, 37, 2)]),
            shapely.GeometryCollection([shapely.Point(1, 1), shapes[row]]),
        )
        shapes[row] = kinds[rng.integers(len(kinds))]
    if "place" in changes:
        moves = (lambda c: c[:, ::-1], lambda c: c * 1e5, lambda c: c + 360, lambda c: c * np.nan)
        move = moves[rng.integers(len(moves))]
        shapes = [shape and shapely.transform(shape, move) for shape in shapes]
    frame = frame.set_geometry(geopandas.GeoSeries(shapes, crs=frame.crs))
    if "crs" in changes:
        frame = frame.set_crs(CRS[rng.integers(len(CRS))], allow_override=True)
    if "rows" in changes:
        frame = frame.iloc[: int(rng.integers(0, 3))]
        frame = frame.drop(columns=[str(rng.choice(["name", "project", "nep", "start_year"]))])
    return frame


def written(folder, frame, kind, rng, changes):
    """Write a frame in a format; return the path of the file that a study would name."""
    if kind not in ("shp", "zip"):
        path = folder / f"zones.{kind}"
        frame.to_file(path)
        return path, [path]
    encoding = str(rng.choice(ENCODINGS)) if "encoding" in changes else "utf-8"
    frame.to_file(folder / "zones.shp", encoding=encoding, engine="pyogrio")
    parts = [folder / f"zones.{end}" for end in ("shp", "shx", "dbf", "prj", "cpg")]
    if "encoding" in changes:
        (folder / "zones.cpg").unlink()
    if "companion" in changes:
        (folder / f"zones.{rng.choice(['shx', 'dbf', 'prj', 'cpg'])}").unlink(missing_ok=True)
    parts = [part for part in parts if part.exists()]
    if kind == "shp":
        return folder / "zones.shp", parts
    path = folder / "zones.zip"
    inside = rng.choice(["", "a/", "县/b/"])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            archive.write(part, f"{inside}{part.name}")
    return path, [path]


def mutated(folder, rng):
    """Write one damaged file; return who reads it, and its path."""
    reader, kind = str(rng.choice(READERS)), str(rng.choice(FORMATS))
    changes = set(rng.choice(CHANGES, size=int(rng.integers(0, 3)), replace=False))
    frame = frame_of(rng, reader == "points")
    try:
        path, parts = written(folder, changed(frame.copy(), rng, changes), kind, rng, changes)
    except Exception:  # no writer makes such a file
        for file in folder.iterdir():
            file.unlink()
        path, parts = written(folder, frame, kind, rng, set())
    if not changes or rng.random() < 0.5:
        mutated_rasters.bytes_changed(parts[rng.integers(len(parts))], rng)
    return reader, path


def read(reader, path, grid_path):
    """Give a file to those who read its kind."""
    grid = raster.grid_of(grid_path)
    if reader == "points":
        field_data.read_sites(
            {"file": str(path), "unit": "g C m-2 yr-1", "sign": "uptake_positive"}
        )
        return
    if reader == "projects":
        frame = vectors.projected(projects.read_projects(path, {}), grid.crs, path)
        projects.on_grid(frame, grid, raster.read(grid_path) == 1)
        return
    inside = raster.read(grid_path) == 1
    entry = {"name_field": "name", "overlaps": "first"}
    if reader == "area":
        given = vectors.read_zones(path, entry)
        area = vectors.projected(given, grid.crs, path)
        vectors.check_shown(given, area, path)
        polygon_cells.zone_codes(area, grid, path, overlaps="first")
    else:
        found = polygon_cells.zone_map(path, grid, inside, entry | {"outside": "rest"})
        assert found.codes.max() <= len(found.names)


def outcome(reader, path, grid):
    """Return (what happened, what was said)."""
    try:
        read(reader, path, grid)
        return "accepted", ""
    except Exception as error:
        own = mutated_rasters.ours(error, path) or "projects covers" in str(error)
        return ("named" if own else "foreign"), f"{reader}: {type(error).__name__}: {error}"[:300]


def survey(count, seed, grid):
    """Return counts of what happened to some mutated files, and what was said of the wrong."""
    warnings.simplefilter("ignore")
    counts, said = Counter(), []
    for number in range(count):
        folder = Path(tempfile.mkdtemp(prefix="mutated_"))
        try:
            reader, path = mutated(folder, np.random.default_rng([seed, number]))
            what, text = mutated_rasters.apart(outcome, reader, path, grid)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        counts[what] += 1
        if what not in ("accepted", "named"):
            said.append(f"{number}: {what}: {text}")
    return counts, said


def make_grid(folder):
    """A grid of 40 x 60 cells of 5 km round the boxes; its path."""
    from affine import Affine
    from pyproj import CRS as ProjCrs

    crs = "+proj=aea +lat_1=36 +lat_2=38 +lat_0=37 +lon_0=106 +datum=WGS84 +units=m"
    place = Affine(5000, 0, -200_000, 0, -5000, 80_000)
    grid = raster.Grid(ProjCrs.from_user_input(crs).to_wkt(), place, 40, 80)
    path = str(folder / "grid.tif")
    raster.write(np.ones((40, 80)), raster.Output(path, "1", "area", dtype="uint8"), grid)
    return path


def main():
    """Print the counts and what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counts, said = survey(options.count, options.seed, make_grid(Path(folder)))
    print(*said, sep="\n")
    print(dict(counts))


if __name__ == "__main__":
    main()
