"""Polygons of restoration projects, and their numbers on the study grid."""

import logging
from contextlib import ExitStack

import geopandas
import numpy as np
import pandas as pd
from rasterio.features import shapes
from rasterio.windows import Window
from scipy.ndimage import distance_transform_edt
from shapely.geometry import shape

from nepflow.io import (
    polygon_cells,
    table_cells,
    user_rasters,
    user_tables,
    vector_files,
    vectors,
)
from nepflow.restoration.panel import MOST_PROJECTS
from nepflow.restoration.results import UNTREATED
from nepflow.study import names as study_names

COLUMNS = ("project", "measure", "start_year")
TABLE = ["number", *COLUMNS, "cells", "cells_of_earlier_projects", "unit"]


class BadProjects(ValueError):
    """A file of projects that cannot be read as declared."""


def read_projects(path, columns, entry=None):
    """Return the projects of a file, one row a project.

    Parameters
    ----------
    path : str
        Polygons in any format that GDAL reads, in any CRS.
    columns : dict of {str: str}
        The file's names of project, measure and start_year where they differ.
    entry : dict, optional
        ``layer``, ``crs``, ``encoding``; see `vector_files.opened`.

    Returns
    -------
    geopandas.GeoDataFrame
        project, measure (text), start_year (int), geometry; in the CRS of the file, in order of
        start year and project.

    Raises
    ------
    BadProjects
        If the file cannot be read, has no CRS, lacks a column, a start year is no year, or a
        project has two measures or two start years.
    """
    opened = _opened(path, entry)
    frame = named(opened, COLUMNS, columns, path)
    frame = geopandas.GeoDataFrame(frame, geometry=opened.geometry)
    frame.attrs = opened.attrs
    return dissolved(frame, path)


def named(table, wanted, columns, path):
    """Return the wanted columns of a table under our names.

    Raises
    ------
    BadProjects
        If one is missing.
    """
    names = {ours: columns.get(ours, ours) for ours in wanted}
    for ours, theirs in names.items():
        if theirs not in table.columns:
            there = ", ".join(column for column in table.columns if column != "geometry")
            raise BadProjects(
                f"{path}: has no column {theirs}, but {there}. Name the one that holds the {ours}: "
                f"restoration: {{columns: {{{ours}: ...}}}}."
            )
    return table[list(names.values())].set_axis(list(names), axis=1)


def dissolved(frame, path):
    """Return one row a project, in order of start year and project.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        `COLUMNS` and geometry, as they stand in the file.
    path : str
        That errors name.

    Raises
    ------
    BadProjects
        If a start year is no year, a project or a measure has no name, or a project has two
        measures or two start years.
    """
    frame = _polygons(frame, path)
    said = frame.attrs["warnings"]
    years = pd.to_numeric(frame["start_year"], errors="coerce")
    wrong = frame["start_year"][~(years % 1 == 0) | ~years.between(1900, 2100)]
    if len(wrong):
        raise BadProjects(
            f"{path}: start year {wrong.iloc[0]!r} of project {frame['project'][wrong.index[0]]} "
            "is no year. Write whole years such as 2008."
        )
    named_by = {}
    for column in ("project", "measure"):
        given = frame[column].astype(object).where(frame[column].notna(), None)
        try:
            named_by[column] = vectors.clean_names(given, path, column, "restoration.columns")
        except vectors.BadNames as error:
            raise BadProjects(str(error)) from None
    remedy = "Write them alike, which makes them one measure, or rename one."
    measures = dict.fromkeys(named_by["measure"])
    study_names.check_inside(measures, f"{path}: measures", remedy, (study_names.ALL, UNTREATED))
    found = _joined(frame.assign(start_year=years.astype(int), **named_by), path)
    found.attrs["warnings"] = said
    return found


def _opened(path, entry):
    try:
        return vector_files.opened(path, entry)
    except vector_files.BadArea as error:
        raise BadProjects(f"{error} Or set restoration.file to null.") from error


def _polygons(frame, path):
    """The rows with polygons; a project that has none is named in the log."""
    try:
        found = vectors.polygons_of(frame, path)
    except vector_files.BadArea as error:
        raise BadProjects(str(error)) from None
    lost = set(frame["project"].dropna()) - set(found["project"])
    if lost:
        logging.getLogger(__name__).warning(
            "%s: projects without a polygon: %s", path, vector_files.listed(sorted(map(str, lost)))
        )
    return found


def _joined(frame, path):
    kinds = frame.groupby("project")[["measure", "start_year"]].nunique()
    mixed = kinds.index[(kinds > 1).any(axis=1)]
    if len(mixed):
        raise BadProjects(
            f"{path}: project {mixed[0]} has several measures or start years. Give each part a "
            "project of its own."
        )
    if len(kinds) > MOST_PROJECTS:
        raise BadProjects(f"{path}: {len(kinds)} projects, at most {MOST_PROJECTS}. Join some.")
    frame = frame.dissolve("project").reset_index()[[*COLUMNS, "geometry"]]
    return frame.sort_values(["start_year", "project"], kind="stable").reset_index(drop=True)


def on_grid(frame, grid, inside, whole_cells=False):
    """Return the number of the project of each cell, the distance to the nearest, and a table.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Of `read_projects`, in the CRS of the grid; numbers count its rows from 1.
    grid : raster.Grid
    inside : ndarray of bool, shape (y, x)
        The area of the study.
    whole_cells : bool
        Cells that the border of a project crosses hold other land too: they belong to no project,
        and lie at distance 0.

    Returns
    -------
    number : ndarray, shape (y, x)
        NaN outside of all projects. Of projects that overlap the earliest holds the cell.
    distance : ndarray, shape (y, x)
        To the centre of the nearest cell of a project, km; also projects outside of the area count.
    table : pandas.DataFrame
        Columns `TABLE`.

    Raises
    ------
    BadProjects
        If no project lies in the area.
    """
    earliest = polygon_cells.burned(frame.geometry, grid, "first")
    crossed = np.zeros(inside.shape, dtype=bool)
    if whole_cells:
        crossed = polygon_cells.burned(frame.geometry.boundary, grid, all_touched=True) > 0
    distance = distance_transform_edt((earliest == 0) & ~crossed) * grid.resolution_m / 1000
    earliest[crossed] = 0
    counted = inside & ~crossed
    cells = np.bincount(earliest[counted], minlength=len(frame) + 1)[1:]
    whole = np.array([polygon_cells.cells_of(shape, grid, counted) for shape in frame.geometry])
    if not cells.any():
        raise BadProjects(
            f"none of the {len(frame)} projects covers the centre of a cell of the area. Check "
            "their CRS, the area and cell size of the study, and restoration.whole_cells."
        )
    table = pd.DataFrame(frame[list(COLUMNS)]).assign(
        number=range(1, len(frame) + 1),
        cells=cells,
        cells_of_earlier_projects=whole - cells,
        unit="count",
    )
    number = np.where(inside & (earliest > 0), earliest.astype(float), np.nan)
    return number, np.where(inside, distance, np.nan), table[TABLE]


RASTER_COLUMNS = ("number", *COLUMNS)
LARGEST = 2**31 - 1  # number that polygons are made of


def read_raster_projects(path, table_path, columns):
    """Return the projects of a raster, as `projects.read_projects` those of polygons.

    Parameters
    ----------
    path : str
        Raster in any CRS; its first band holds the number of the project of a cell, 0 or absent
        where there is none.
    table_path : str
        CSV: number, project, measure, start_year; several numbers may be of one project.
    columns : dict of {str: str}
        The table's names of these where they differ.

    Returns
    -------
    geopandas.GeoDataFrame
        project, measure (text), start_year (int), geometry: the outlines of the cells.

    Raises
    ------
    BadProjects
        If a file cannot be read, a number of the raster has no row or two rows, or a row is
        wrong, as for polygons.
    """
    table = _table(table_path, columns)
    outlines, numbers, crs = _outlines(path)
    without = sorted(set(numbers) - set(table.index))
    if without:
        listed = ", ".join(map(str, without[:5])) + (", ..." if without[5:] else "")
        raise BadProjects(
            f"{table_path}: has no row of number {listed}, which {path} has. Add project, measure "
            "and start year, or set these cells to 0."
        )
    unused = table.index.difference(numbers)
    if len(unused):
        listed = ", ".join(map(str, unused[:5]))
        logging.getLogger(__name__).warning(
            "%s: %d numbers of %s have no cell: %s", path, len(unused), table_path, listed
        )
    rows = table.loc[numbers].reset_index(drop=True)
    frame = geopandas.GeoDataFrame(rows, geometry=outlines, crs=crs)
    return dissolved(frame, table_path)


def _table(path, columns):
    """Rows by number."""
    names = {ours: columns.get(ours, ours) for ours in RASTER_COLUMNS}
    known = {table_cells.folded(name) for name in names.values()}
    opened = user_tables.opened(
        path,
        lambda cells: len(known & set(map(table_cells.folded, cells))),
        user_tables.Written("restoration", refused=BadProjects),
    )
    for ours, theirs in names.items():
        names[ours] = user_tables.find(opened.names, ours, given=theirs)
        if names[ours] is None:
            user_tables.refuse_lacking(opened, ours, theirs)
    table = user_tables.frame(opened, names, {"number", "start_year"})
    table.attrs["said"] = [f"{len(table)} rows", *opened.said]
    number = table["number"]
    wrong = ~((number % 1 == 0) & number.between(1, LARGEST))
    if wrong.any():
        raise BadProjects(
            f"{path}: number {table['number'][wrong.idxmax()]:g} is no whole number from 1 on. "
            "Write the numbers of the raster."
        )
    if number.duplicated().any():
        twice = int(number[number.duplicated()].iloc[0])
        raise BadProjects(f"{path}: number {twice} has two rows. Keep one.")
    return table.assign(number=number.astype(int)).set_index("number")


def _outlines(path):
    """Outlines of the cells of each number, the number of each, and the CRS."""
    try:
        with ExitStack() as stack:
            source = user_rasters.opened({"file": str(path), "key": "restoration"}, stack)
            user_rasters.one_band(source)
            user_rasters.check_size(source.width, source.height, path)
            crs, transform = source.crs, source.transform
            whole = Window(0, 0, source.width, source.height)
            values = user_rasters.stored_values(source, 1, whole)
    except user_rasters.BadGrid as error:
        said = str(error).removeprefix(f"{path}: ")
        raise BadProjects(
            f"{path}: cannot be read as a raster of numbers: {said} "
            "Put the numbers of projects there, or set restoration.table to null for polygons."
        ) from error
    values = np.where(np.isnan(values), 0, values)
    wrong = (values % 1 != 0) | (values < 0) | (values > LARGEST)
    if wrong.any():
        raise BadProjects(
            f"{path}: {values[wrong][0]:g} is no number of a project. Write whole numbers from 1 "
            "on, and 0 where there is no project."
        )
    if not values.any():
        raise BadProjects(f"{path}: has no project, all cells are 0 or absent.")
    codes = values.astype("int32")
    found = [(shape(s), int(n)) for s, n in shapes(codes, codes > 0, transform=transform)]
    return [outline for outline, _ in found], [number for _, number in found], crs
