"""CRS that a study grid may have: equal-area, in metres; what can be told of their text alone.

Standard library only: the workflow reads it before any environment exists. What the text does not
tell, `vectors.check_equal_area` finds with PROJ.
"""

import re

# PROJ names of the equal-area projections
PROJECTIONS = {
    "aea",
    "laea",
    "leac",
    "cea",
    "sinu",
    "moll",
    "eqearth",
    "eck4",
    "eck6",
    "hammer",
    "goode",
    "igh",
    "mbtfpq",
    "bonne",
    "rhealpix",
    "qsc",
    "tcea",
}
# EPSG codes of projected CRS in metres with one of them (PROJ's database, EPSG v12)
EPSG = {
    3005, 3035, 3083, 3085, 3086, 3087, 3153, 3174, 3175, 3309, 3310, 3311, 3338, 3408, 3409, 3410,
    3467, 3488, 3513, 3571, 3572, 3573, 3574, 3575, 3576, 3577, 3578, 3579, 3665, 5069, 5070, 5071,
    5072, 5633, 5635, 5636, 5638, 6350, 6393, 6414, 6439, 6579, 6623, 6624, 6931, 6932, 6933, 8857,
    8858, 8859, 9039, 9191, 9221, 9222, 9311, 9473, 9674, 9947, 10592, 10594, 10596, 10598, 10601,
    10603,
}  # fmt: skip

REMEDY = (
    "Use Albers (+proj=aea), Lambert azimuthal (+proj=laea) or another one, such as that of "
    "config/defaults.yaml; `make init` writes one that is centred on the area."
)


def fault_of(crs):
    """Return why the text of a CRS cannot be that of a study grid; empty if it can, or is unknown.

    Parameters
    ----------
    crs : str
        PROJ string, EPSG code or WKT.
    """
    code = re.fullmatch(r"\s*(?:\S*epsg[:\d.]*:\s*)?(\d{4,6})\s*", crs, re.IGNORECASE)
    if code and int(code[1]) not in EPSG:
        return refusal(crs)
    name = re.search(r"\+?\bproj=(\w+)", crs)
    unit = re.search(r"\+?\b(units|to_meter)=([\w.-]+)", crs)
    if name and name[1] in PROJECTIONS and _wrong_angle(crs):
        return f"grid.crs: {crs}: {_wrong_angle(crs)}. {REMEDY}"
    if name and (name[1] not in PROJECTIONS or (unit and unit[2] not in ("m", "1", "1.0"))):
        return refusal(crs)
    geographic = re.match(r"\s*(GEOGCS|GEOGCRS|GEODCRS|GEOCCS|GEODETICCRS|GEOGRAPHICCRS)\s*\[", crs)
    other = re.match(r"\s*(OGC|CRS|WGS\s*84\s*$)", crs, re.IGNORECASE)
    if geographic or other:
        return refusal(crs)
    known = code or name or re.match(r"\s*(\w+\s*\[|\{|[\w-]+:\S)", crs)
    return "" if known else f"grid.crs: {crs} is no CRS. {REMEDY}"


LATITUDES, LONGITUDES = ("lat_0", "lat_1", "lat_2", "lat_ts"), ("lon_0",)


def _wrong_angle(crs):
    """Which angle of a PROJ string cannot be; empty where all can."""
    given = dict(re.findall(r"\+?\b(lat_\w+|lon_\w+)=(\S+)", crs))
    angles = {}
    for key in (*LATITUDES, *LONGITUDES):
        try:
            angles[key] = float(given.get(key, 0))
        except ValueError:
            return f"{key}={given[key]} is no number of degrees"
        if not abs(angles[key]) <= (90 if key in LATITUDES else 360):  # not NaN either
            return f"{key}={given[key]} is no {'latitude' if key in LATITUDES else 'longitude'}"
    if re.search(r"\bproj=aea\b", crs) and angles["lat_1"] == -angles["lat_2"]:
        return "the two parallels +lat_1 and +lat_2 of Albers make no cone"
    return ""


def refusal(crs):
    """Return the message on a CRS that cannot serve."""
    return (
        f"grid.crs: {crs} is not an equal-area CRS in metres, so sums over cells would be wrong. "
        f"{REMEDY}"
    )
