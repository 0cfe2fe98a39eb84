"""Elevation and outlines of the twin, as a user would supply them."""

import geopandas
import pyogrio
import rasterio
from nepflow.atomic import replacing
from rasterio.transform import Affine

from nepflow_twin.world import SIMULATED

DATE = "2024-01-01T00:00:00Z"  # GeoPackage stores when it was written; fixed, so that runs agree


def write_elevation(path, region):
    """Write the embedded elevation, EPSG:4326, m."""
    lattice = region.terrain
    half = lattice.step / 2
    profile = {
        "driver": "GTiff", "dtype": "float32", "count": 1, "crs": "EPSG:4326",
        "height": lattice.shape[0], "width": lattice.shape[1], "compress": "deflate",
        "predictor": 3, "nodata": float("nan"),
        "transform": Affine(lattice.step, 0, lattice.west - half, 0, -lattice.step,
                            lattice.north + half),
    }  # fmt: skip
    with replacing(path) as temporary, rasterio.open(temporary, "w", **profile) as file:
        file.write(region.elevation.astype("float32"), 1)
        file.update_tags(unit="m", long_name="elevation (ETOPO5)", source=SIMULATED)
        file.update_tags(simulated=SIMULATED)


def write_area(path, region):
    """Write the provinces as GeoPackage with columns ``name``, ``code``, ``source``."""
    names, codes, shapes = zip(*region.provinces, strict=True)
    columns = {"name": names, "code": codes, "source": [SIMULATED] * len(names)}
    frame = geopandas.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:4326")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": DATE})
    with replacing(path) as temporary:
        frame.to_file(temporary, layer="area", driver="GPKG")
