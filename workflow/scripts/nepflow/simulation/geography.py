"""The embedded real geography of a region, at any longitude and latitude."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import rasterio
import shapely


class NoRegion(ValueError):
    """The embedded geography of a region is missing or incomplete."""


@dataclass(frozen=True)
class Weights:
    """Where points lie in a lattice: four corners and their bilinear shares."""

    corner: np.ndarray
    columns: int
    east: np.ndarray
    south: np.ndarray

    def of(self, field):
        """Return ``field`` (y, x) of the lattice interpolated at the points."""
        flat = np.ascontiguousarray(field).ravel()
        upper = flat[self.corner] * (1 - self.east) + flat[self.corner + 1] * self.east
        below = self.corner + self.columns
        lower = flat[below] * (1 - self.east) + flat[below + 1] * self.east
        return upper * (1 - self.south) + lower * self.south


@dataclass(frozen=True)
class Lattice:
    """Points at regular steps of longitude and latitude, north up.

    Everything random and everything climatic is defined on such fixed points, so that a
    value depends on the place alone and never on the tile or block that asks for it.
    """

    west: float
    north: float
    step: float
    shape: tuple

    @property
    def lon(self):
        """Longitudes of the points, shape (1, x), degrees."""
        return (self.west + self.step * np.arange(self.shape[1]))[None, :]

    @property
    def lat(self):
        """Latitudes of the points, shape (y, 1), degrees."""
        return (self.north - self.step * np.arange(self.shape[0]))[:, None]

    def weights(self, lon, lat):
        """Return the bilinear weights of points; outside, the nearest edge counts."""
        x = np.clip((lon - self.west) / self.step, 0, self.shape[1] - 1)
        y = np.clip((self.north - lat) / self.step, 0, self.shape[0] - 1)
        column = np.minimum(x.astype(np.intp), self.shape[1] - 2)
        row = np.minimum(y.astype(np.intp), self.shape[0] - 2)
        return Weights(row * self.shape[1] + column, self.shape[1], x - column, y - row)

    def nearest(self, lon, lat):
        """Return row and column of the nearest lattice point."""
        column = np.rint((lon - self.west) / self.step).astype(np.intp)
        row = np.rint((self.north - lat) / self.step).astype(np.intp)
        return np.clip(row, 0, self.shape[0] - 1), np.clip(column, 0, self.shape[1] - 1)


class Region:
    """The files of ``resources/<region>/`` (made by ``resources/build_region.py``).

    Parameters
    ----------
    folder : str or Path
        Folder of the region.

    Raises
    ------
    NoRegion
        If the folder has no ``region.json``.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        if not (self.folder / "region.json").is_file():
            raise NoRegion(
                f"{self.folder}: no embedded region here; build it with resources/build_region.py"
            )
        self.description = json.loads((self.folder / "region.json").read_text(encoding="utf-8"))
        self.tiles = tuple(self.description["tiles"])
        self.box = tuple(self.description["box"])
        self.terrain, (self.elevation,) = self._grid("elevation")
        self.coarse, self.temperature = self._grid("temperature")
        _, self.precipitation = self._grid("precipitation")
        self.cells, (self.landcover,) = self._grid("landcover")
        # Negative rain and classes between codes cannot come out of the build.
        self.landcover = self.landcover.astype("uint8")

    def _grid(self, name):
        """Return lattice and layers (band, y, x) in the unit that the file's tag names."""
        with rasterio.open(self.folder / f"{name}.tif") as file:
            step, west, north = file.transform.a, file.transform.c, file.transform.f
            lattice = Lattice(west + step / 2, north - step / 2, step, file.shape)
            return lattice, file.read().astype("float64") * file.scales[0]

    @cached_property
    def provinces(self):
        """Return a list of (name, code, shape), degrees."""
        entries = json.loads((self.folder / "provinces.geojson").read_text(encoding="utf-8"))[
            "features"
        ]
        return [
            (
                entry["properties"]["name"],
                entry["properties"]["code"],
                shapely.geometry.shape(entry["geometry"]),
            )
            for entry in entries
        ]

    def covers(self, lon, lat):
        """Tell which points lie inside the embedded fields."""
        half = self.cells.step / 2
        west, north = self.cells.west - half, self.cells.north + half
        south = north - self.cells.step * self.cells.shape[0]
        east = west + self.cells.step * self.cells.shape[1]
        return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)

    def elevation_at(self, lon, lat):
        """Return the elevation of points, m."""
        return self.terrain.weights(lon, lat).of(self.elevation)

    @cached_property
    def coarse_elevation(self):
        """Return the mean elevation that the climatology's lattice points stand for, m."""
        half = self.coarse.step / 2
        offsets = np.linspace(-half, half, 7)[:-1] + half / 6
        lon, lat = np.broadcast_arrays(self.coarse.lon, self.coarse.lat)
        samples = [self.elevation_at(lon + dx, lat + dy) for dx in offsets for dy in offsets]
        return np.mean(samples, axis=0)
