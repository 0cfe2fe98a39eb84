"""Copernicus DEM: which tiles of one degree, and one raster over them.

Names and spacing: readme.html of the bucket. A tile is named by its south-west corner; its
longitude spacing widens towards the poles; there are no tiles over ocean, where elevation counts as
0.
"""

import math
import os
from pathlib import Path

import rasterio
from rasterio.crs import CRS

from nepflow.io.atomic import replacing
from nepflow.spatial import longitude

ARC_SECONDS = {"copernicus_glo90": 3, "copernicus_glo30": 1}
CODE = {"copernicus_glo90": "30", "copernicus_glo30": "10"}  # tenths of an arc second


class NoElevation(ValueError):
    """The archive has no elevation for the area."""


PREFIX = "Copernicus_DSM_COG_"


def tile_name(dataset, lon, lat):
    """Return the name of the tile whose south-west corner is at whole degrees ``lon``, ``lat``."""
    north = f"{'N' if lat >= 0 else 'S'}{abs(lat):02d}_00"
    east = f"{'E' if lon >= 0 else 'W'}{abs(lon):03d}_00"
    return f"{PREFIX}{CODE[dataset]}_{north}_{east}_DEM"


def corners(polygon):
    """Return the south-west corners (lon, lat) of the one-degree cells that touch a polygon."""
    from shapely import box, prepare

    polygon = longitude.wrapped(polygon)
    prepare(polygon)
    west, south, east, north = polygon.bounds
    return [
        (lon, lat)
        for lat in range(math.floor(south), math.ceil(north))
        for lon in range(math.floor(west), math.ceil(east))
        if polygon.intersects(box(lon, lat, lon + 1, lat + 1))
    ]


def listed(path):
    """Return the names of the tiles in an archive's list.

    Raises
    ------
    NoElevation
        If it names none.
    """
    names = {
        name for name in Path(path).read_text(encoding="utf-8").split() if name.startswith(PREFIX)
    }
    if not names:
        raise NoElevation(
            f"{path}: names no tile ({PREFIX}...). The archive has changed its list: put a raster "
            "of elevation into the raw folder by hand (docs/data.md)."
        )
    return names


def wanted(dataset, polygon, known):
    """Return the names of tiles that cover a polygon, and those that the archive does not have.

    Parameters
    ----------
    dataset : {"copernicus_glo90", "copernicus_glo30"}
    polygon : shapely geometry, degrees
    known : set of str
        Of `listed`.

    Raises
    ------
    NoElevation
        If there is none.
    """
    names = [tile_name(dataset, *corner) for corner in corners(polygon)]
    there = [name for name in names if name in known]
    if not there:
        raise NoElevation(
            f"{dataset}: none of {len(names)} tiles of the area is in the archive's list (first: "
            f"{names[0]}). Is the area on land, and in degrees? GLO-30 lacks a few countries; "
            "copernicus_glo90 has them."
        )
    return there, [name for name in names if name not in known]


def write_mosaic(paths, dataset, output_path):
    """Write a virtual raster (GDAL VRT) of all tiles in one grid; 0 where there is no tile.

    Tiles with wider cells (beyond 50 degrees) are spread over the finer cells. Where the tiles
    stand on both sides of the 180th meridian, longitudes are counted from there, so that the raster
    is as wide as they are and has no edge between them.
    """
    step = ARC_SECONDS[dataset] / 3600
    boxes = {}
    for path in paths:
        with rasterio.open(path) as tile:
            boxes[path] = tile.bounds, tile.width, tile.height, tile.crs.to_wkt()
    edges = [box[0] for box in boxes.values()]
    west, east = longitude.span([edge.left for edge in edges], [edge.right for edge in edges])
    south, north = min(edge.bottom for edge in edges), max(edge.top for edge in edges)
    width, height = round((east - west) / step), round((north - south) / step)
    crs = next(iter(boxes.values()))[3]
    if east > longitude.WORLD / 2:
        crs = CRS.from_proj4("+proj=longlat +datum=WGS84 +pm=180").to_wkt()
    origin = west - longitude.WORLD / 2 if east > longitude.WORLD / 2 else west
    folder = Path(output_path).parent.resolve()
    sources = []
    for path, (box, columns, rows, _) in boxes.items():
        place = {
            "xOff": (box.left - west) % longitude.WORLD / step,
            "yOff": (north - box.top) / step,
            "xSize": (box.right - box.left) / step,
            "ySize": (box.top - box.bottom) / step,
        }
        target = " ".join(f'{key}="{value:.6f}"' for key, value in place.items())
        name = os.path.relpath(Path(path).resolve(), folder).replace("&", "&amp;")
        sources.append(
            f'    <SimpleSource>\n      <SourceFilename relativeToVRT="1">{name}</SourceFilename>\n'
            f'      <SourceBand>1</SourceBand>\n      <SrcRect xOff="0" yOff="0" xSize="{columns}" '
            f'ySize="{rows}"/>\n      <DstRect {target}/>\n    </SimpleSource>'
        )
    text = (
        f'<VRTDataset rasterXSize="{width}" rasterYSize="{height}">\n  <SRS>{_escaped(crs)}</SRS>\n'
        f"  <GeoTransform>{origin:.12f}, {step:.15f}, 0, {north:.12f}, 0, "
        f"{-step:.15f}</GeoTransform>\n"
        '  <VRTRasterBand dataType="Float32" band="1">\n    <UnitType>m</UnitType>\n'
        + "\n".join(sources)
        + "\n  </VRTRasterBand>\n</VRTDataset>\n"
    )
    with replacing(output_path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
