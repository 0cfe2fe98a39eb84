"""Elevation and outlines of the twin, as a user would supply them."""

import geopandas
import pyogrio
import rasterio
from rasterio.transform import Affine

from nepflow.io.atomic import replacing
from nepflow.simulation.world import SIMULATED

DATE = "2024-01-01T00:00:00Z"  # GeoPackage stores when it was written; fixed, so that runs agree


def write_field(path, lattice, values, unit, long_name):
    """Write values (y, x) on a lattice of the region as GeoTIFF, EPSG:4326; NaN = absent."""
    half = lattice.step / 2
    profile = {
        "driver": "GTiff", "dtype": "float32", "count": 1, "crs": "EPSG:4326",
        "height": lattice.shape[0], "width": lattice.shape[1], "compress": "deflate",
        "predictor": 3, "nodata": float("nan"),
        "transform": Affine(lattice.step, 0, lattice.west - half, 0, -lattice.step,
                            lattice.north + half),
    }  # fmt: skip
    with replacing(path) as temporary, rasterio.open(temporary, "w", **profile) as file:
        file.write(values.astype("float32"), 1)
        file.update_tags(unit=unit, long_name=long_name, source=SIMULATED, simulated=SIMULATED)


def write_polygons(path, layer, columns, shapes):
    """Write polygons in degrees with their columns, and the column ``source``, as GeoPackage."""
    columns = columns | {"source": [SIMULATED] * len(shapes)}
    frame = geopandas.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:4326")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": DATE})
    with replacing(path) as temporary:
        frame.to_file(temporary, layer=layer, driver="GPKG")


def write_elevation(path, region):
    """Write the embedded elevation, m."""
    write_field(path, region.terrain, region.elevation, "m", "elevation (ETOPO5)")


def write_area(path, region):
    """Write the provinces, columns ``name`` and ``code``."""
    names, codes, shapes = zip(*region.provinces, strict=True)
    write_polygons(path, "area", {"name": names, "code": codes}, shapes)
