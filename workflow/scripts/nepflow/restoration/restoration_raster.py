"""Restoration projects as a raster of numbers and a table of what the numbers mean."""

import logging

import geopandas
import numpy as np
import pandas as pd
import rasterio
from rasterio.features import shapes
from shapely.geometry import shape

from nepflow.restoration import projects
from nepflow.restoration.projects import BadProjects

COLUMNS = ("number", *projects.COLUMNS)
LARGEST = 2**31 - 1  # number that polygons are made of


def read_projects(path, table_path, columns):
    """Return the projects of a raster, as `restoration_file.read_projects` those of polygons.

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
    return projects.dissolved(frame, table_path)


def _table(path, columns):
    """Rows by number."""
    try:
        table = pd.read_csv(
            path, dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8"
        )
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise BadProjects(
            f"{path}: cannot be read as CSV ({error}). Check restoration.table."
        ) from error
    table = projects.named(table, COLUMNS, columns, path)
    number = pd.to_numeric(table["number"], errors="coerce")
    wrong = ~((number % 1 == 0) & number.between(1, LARGEST))
    if wrong.any():
        raise BadProjects(
            f"{path}: number {table['number'][wrong.idxmax()]} is no whole number from 1 on. "
            "Write the numbers of the raster."
        )
    if number.duplicated().any():
        twice = int(number[number.duplicated()].iloc[0])
        raise BadProjects(f"{path}: number {twice} has two rows. Keep one.")
    return table.assign(number=number.astype(int)).set_index("number")


def _outlines(path):
    """Outlines of the cells of each number, the number of each, and the CRS."""
    try:
        with rasterio.open(path) as source:
            crs, transform = source.crs, source.transform
            values = source.read(1, masked=True).filled(0).astype("float64")
    except rasterio.RasterioIOError as error:
        raise BadProjects(
            f"{path}: cannot be read as a raster ({error}). Put the numbers of projects there, or "
            "set restoration.table to null for polygons."
        ) from error
    if crs is None:
        raise BadProjects(f"{path}: says no CRS. Write it with one.")
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
