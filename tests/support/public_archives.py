"""Archives of stations, radiation, elevation and boundaries on loopback.

Shapes
------
GSOD        readme.txt of the Global Surface Summary of the Day; isd-history.csv, isd-inventory.csv
GHCN-Daily  readme.txt of GHCN-Daily; access/<station>.csv
POWER       POWER docs, Services, Temporal API, Daily: point, format JSON
DEM         readme.html of the Copernicus DEM bucket (AWS Open Data); tileList.txt
boundaries  geoBoundaries API page and gbWeb, api/current/gbOpen/CHN/ADM1/index.json; the file
            lies in GitHub LFS, so that its address redirects to media.githubusercontent.com
SoilGrids   ISRIC SoilGrids FAQ: ocs in t ha-1 as whole numbers, Homolosine; the folder
            data_aggregated/1000m of files.isric.org
WorldPop    WorldPop hub, population density of individual countries 2000-2020 (1 km): GeoTIFF of
            30 arc seconds, float32, -99999 where a country is not
"""

import calendar
import csv
import datetime
import io
import json
import zlib

import numpy as np
from archives import Reply, ranged
from rasterio.io import MemoryFile
from rasterio.transform import from_origin

NCEI, POWER = "www.ncei.noaa.gov", "power.larc.nasa.gov"
DEM, BOUNDARIES = "copernicus-dem-90m.s3.amazonaws.com", "www.geoboundaries.org"
GITHUB, MEDIA = "github.com", "media.githubusercontent.com"
ISRIC, WORLDPOP = "files.isric.org", "data.worldpop.org"
HOMOLOSINE = "+proj=igh +lon_0=0 +datum=WGS84 +units=m"


def table(rows):
    """Return CSV text with every field in quotes, as NCEI writes it."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return text.getvalue()


def days_of(year):
    """Return the dates of a year."""
    first = datetime.date(year, 1, 1).toordinal()
    return [datetime.date.fromordinal(first + n) for n in range(365 + calendar.isleap(year))]


UNREPORTED = 0.5  # share of the dry days on which real stations of GSOD report no amount


class Gsod:
    """Stations {identity: (lon, lat, elevation)}; ``weather(station, date)`` gives degC and mm.

    A share ``unreported`` of the dry days has no amount: 99.99, or the 0.00 of flag I.
    """

    def __init__(self, stations, years, weather, unreported=UNREPORTED):
        self.stations, self.years, self.weather = stations, years, weather
        self.unreported = unreported
        self.header = "TEMP"

    def answer(self, request):
        """Answer of NCEI."""
        path = request.path
        if path.endswith("isd-history.csv"):
            head = "USAF WBAN,STATION NAME,CTRY,STATE,ICAO,LAT,LON,ELEV(M),BEGIN,END".replace(
                " W", ",W"
            ).split(",")
            rows = [
                (
                    key[:6],
                    key[6:],
                    f"STATION {key}",
                    "CH",
                    "",
                    "",
                    f"{lat:+07.3f}",
                    f"{lon:+08.3f}",
                    f"{z:+07.1f}",
                    "19500101",
                    "20251231",
                )
                for key, (lon, lat, z) in self.stations.items()
            ]
            return Reply(table([head, *rows]), Content_Type="text/csv")
        if path.endswith("isd-inventory.csv"):
            months = [name.upper() for name in calendar.month_abbr[1:]]
            rows = [
                (
                    key[:6],
                    key[6:],
                    year,
                    *(24 * calendar.monthrange(year, m)[1] for m in range(1, 13)),
                )
                for key in self.stations
                for year in self.years
            ]
            return Reply(table([("USAF", "WBAN", "YEAR", *months), *rows]), Content_Type="text/csv")
        year, station = path.removesuffix(".csv").split("/")[-2:]
        if station not in self.stations or int(year) not in self.years:
            return Reply("<html>404 Not Found</html>", 404, Content_Type="text/html")
        return Reply(
            self.file(station, int(year)), Content_Type="text/csv", ETag=f'"{station}{year}"'
        )

    def file(self, station, year):
        """A station and year as GSOD writes it: Fahrenheit, inches."""
        lon, lat, z = self.stations[station]
        head = (
            "STATION",
            "DATE",
            "LATITUDE",
            "LONGITUDE",
            "ELEVATION",
            "NAME",
            self.header,
            "TEMP_ATTRIBUTES",
            "PRCP",
            "PRCP_ATTRIBUTES",
            "FRSHTT",
        )
        rows, rng = [], np.random.default_rng([zlib.crc32(station.encode()), year])
        for day in days_of(year):
            warmth, rain = self.weather(station, day)
            amount = f"{rain / 25.4:5.2f}", "G"
            if rain == 0 and rng.random() < self.unreported:
                amount = (("99.99", " "), (" 0.00", "I"))[rng.integers(2)]
            rows.append(
                (
                    station,
                    day.isoformat(),
                    lat,
                    lon,
                    z,
                    f"STATION {station}, CH",
                    f"{warmth * 1.8 + 32:6.1f}",
                    "24",
                    *amount,
                    "010000" if rain else "000000",
                )
            )
        return table([head, *rows])


class Power:
    """``radiation(lon, lat, date)`` gives MJ m-2 d-1, None where there is none."""

    def __init__(self, radiation):
        self.radiation, self.unit, self.messages = radiation, "MJ/m^2/day", []

    def answer(self, request):
        """Answer of the daily point service."""
        lon, lat = float(request.query["longitude"][0]), float(request.query["latitude"][0])
        first, last = (int(request.query[key][0][:4]) for key in ("start", "end"))
        assert request.query["format"] == ["JSON"] and request.query["community"] == ["AG"]
        values = {}
        for year in range(first, last + 1):
            for day in days_of(year):
                value = self.radiation(lon, lat, day)
                values[day.strftime("%Y%m%d")] = -999.0 if value is None else round(value, 2)
        body = {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [lon, lat, 1000.0]},
            "properties": {"parameter": {"ALLSKY_SFC_SW_DWN": values}},
            "header": {
                "title": "NASA/POWER Source Native Resolution Daily Data",
                "fill_value": -999.0,
                "start": f"{first}0101",
                "end": f"{last}1231",
            },
            "messages": self.messages,
            "parameters": {
                "ALLSKY_SFC_SW_DWN": {
                    "units": self.unit,
                    "longname": "All Sky Surface Shortwave Downward Irradiance",
                }
            },
            "times": {"data": 1.0, "process": 0.1},
        }
        return Reply(json.dumps(body), Content_Type="application/json")


class Elevation:
    """``height(lon, lat)`` (arrays, degrees) gives m; ``corners`` are those of existing tiles."""

    def __init__(self, corners, height, cells=12):
        self.tiles = {tile_name(*corner): corner for corner in corners}
        self.height, self.cells = height, cells

    def answer(self, request):
        """Answer of the bucket."""
        if request.path == "/tileList.txt":
            return Reply("\n".join(self.tiles) + "\n", Content_Type="text/plain")
        name = request.path.rpartition("/")[2].removesuffix(".tif")
        if name not in self.tiles or request.path != f"/{name}/{name}.tif":
            return Reply(
                "<Error><Code>NoSuchKey</Code></Error>", 404, Content_Type="application/xml"
            )
        return ranged(request, self.file(*self.tiles[name]), Content_Type="image/tiff")

    def file(self, lon, lat):
        """A tile as a GeoTIFF; coarser than the real one."""
        cell = 1 / self.cells
        x, y = np.meshgrid(
            lon + cell * (np.arange(self.cells) + 0.5),
            lat + 1 - cell * (np.arange(self.cells) + 0.5),
        )
        profile = {
            "driver": "GTiff",
            "width": self.cells,
            "height": self.cells,
            "count": 1,
            "dtype": "float32",
            "crs": "EPSG:4326",
            "transform": from_origin(lon, lat + 1, cell, cell),
        }
        with MemoryFile() as memory:
            with memory.open(**profile) as raster:
                raster.write(self.height(x, y).astype("float32"), 1)
            return memory.read()


def tile_name(lon, lat):
    """Name of a GLO-90 tile, written out here a second time."""
    north, east = f"{'NS'[lat < 0]}{abs(lat):02d}", f"{'EW'[lon < 0]}{abs(lon):03d}"
    return f"Copernicus_DSM_COG_30_{north}_00_{east}_00_DEM"


class Boundaries:
    """Polygons {name: GeoJSON geometry} of one country and level."""

    def __init__(self, polygons, country="CHN", level="ADM1"):
        self.polygons, self.country, self.level = polygons, country, level
        self.name_field = "shapeName"

    @property
    def answers(self):
        """Functions by host."""
        return {BOUNDARIES: self.described, GITHUB: self.moved, MEDIA: self.file}

    def described(self, request):
        """Answer of the API."""
        if request.path != f"/api/current/gbOpen/{self.country}/{self.level}/":
            return Reply("<html>404</html>", 404, Content_Type="text/html")
        below = f"https://{GITHUB}/wmgeolab/geoBoundaries/raw/9469f09/releaseData/gbOpen/{self.country}/{self.level}"
        name = f"geoBoundaries-{self.country}-{self.level}"
        body = {
            "boundaryID": f"{self.country}-{self.level}-43563684",
            "boundaryName": "China",
            "boundaryISO": self.country,
            "boundaryYearRepresented": "2019",
            "boundaryType": self.level,
            "boundarySource": "geoBoundaries, Wikimedia Commons",
            "boundaryLicense": "Public Domain",
            "licenseSource": "commons.wikimedia.org",
            "admUnitCount": str(len(self.polygons)),
            "staticDownloadLink": f"{below}/{name}-all.zip",
            "gjDownloadURL": f"{below}/{name}.geojson",
            "simplifiedGeometryGeoJSON": f"{below}/{name}_simplified.geojson",
        }
        return Reply(json.dumps(body), Content_Type="application/json")

    def moved(self, request):
        """Answer of GitHub for a file in LFS."""
        place = request.path.replace("/raw/", "/").replace("/wmgeolab", "/media/wmgeolab")
        return Reply(b"", 302, Location=f"https://{MEDIA}{place}")

    def file(self, request):
        """The GeoJSON."""
        features = [
            {
                "type": "Feature",
                "properties": {
                    self.name_field: name,
                    "shapeISO": "",
                    "shapeID": "x",
                    "shapeGroup": self.country,
                    "shapeType": self.level,
                },
                "geometry": geometry,
            }
            for name, geometry in self.polygons.items()
        ]
        body = {
            "type": "FeatureCollection",
            "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
            "features": features,
        }
        return Reply(json.dumps(body), Content_Type="text/plain; charset=utf-8")


def geotiff(values, crs, transform, nodata):
    """Bytes of a GeoTIFF of one band."""
    height, width = values.shape
    with MemoryFile() as memory:
        with memory.open(
            driver="GTiff",
            width=width,
            height=height,
            count=1,
            dtype=values.dtype.name,
            crs=crs,
            transform=transform,
            nodata=nodata,
        ) as raster:
            raster.write(values, 1)
        return memory.read()


class SoilGrids:
    """``stock`` (array, t ha-1, -32768 absent): cells of 1 km from the corner ``west, north``."""

    def __init__(self, stock, west, north):
        self.stock, self.transform = stock.astype("int16"), from_origin(west, north, 1000, 1000)

    def answer(self, request):
        """Answer of the file server."""
        place = "/soilgrids/latest/data_aggregated/1000m/ocs/ocs_0-30cm_mean_1000.tif"
        if request.path != place:
            return Reply("<html>404 Not Found</html>", 404, Content_Type="text/html")
        body = geotiff(self.stock, HOMOLOSINE, self.transform, -32768)
        return ranged(request, body, Content_Type="image/tiff")


class WorldPop:
    """Densities {country: (array, west, north)} of 30 arc seconds, -99999 outside of a country."""

    def __init__(self, densities, year=2020):
        self.densities, self.year = densities, year

    def answer(self, request):
        """Answer of the file server."""
        for country, (density, west, north) in self.densities.items():
            below = f"/GIS/Population_Density/Global_2000_2020_1km/{self.year}/{country}"
            if request.path == f"{below}/{country.lower()}_pd_{self.year}_1km.tif":
                transform = from_origin(west, north, 1 / 120, 1 / 120)
                body = geotiff(density.astype("float32"), "EPSG:4326", transform, -99999)
                return ranged(request, body, Content_Type="image/tiff")
        return Reply("<html>404 Not Found</html>", 404, Content_Type="text/html")


def square(west, south, east, north):
    """GeoJSON polygon of a box."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}
