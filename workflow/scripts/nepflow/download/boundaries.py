"""Administrative boundaries of geoBoundaries.

The API (api/current/gbOpen/<ISO>/<ADM>/) answers one object: ``gjDownloadURL`` is the address of
the GeoJSON, ``boundaryLicense`` and ``boundarySource`` belong to it. Its features carry
``shapeName``.
"""

import json
from pathlib import Path

import geopandas
from pyogrio.errors import DataSourceError

NEEDED = ("gjDownloadURL", "boundaryLicense", "boundarySource", "boundaryYearRepresented")
NAME = "shapeName"


class BadBoundaries(ValueError):
    """Boundaries that are not what was asked for."""


def described(path):
    """Return the answer of the API that was saved under ``path``.

    Raises
    ------
    BadBoundaries
    """
    answer = json.loads(Path(path).read_text(encoding="utf-8"))
    missing = [key for key in NEEDED if not isinstance(answer, dict) or key not in answer]
    if missing:
        raise BadBoundaries(
            f"{path}: has no {', '.join(missing)}. Check acquire.country and acquire.level; if "
            "they are right, geoBoundaries has changed its answer: bring an area file by hand "
            "(docs/data.md)."
        )
    return answer


def polygons_of(path):
    """Return the polygons of a GeoJSON with their names; columns name and geometry, degrees.

    Raises
    ------
    BadBoundaries
        If it is not of the layout that is known.
    """
    try:
        frame = geopandas.read_file(path)
    except DataSourceError:
        raise BadBoundaries(
            f"{path}: has no polygons. geoBoundaries has changed its files: bring an area file by "
            "hand (docs/data.md)."
        ) from None
    if NAME not in frame.columns:
        raise BadBoundaries(
            f"{path}: has no {NAME} but {', '.join(frame.columns)}. geoBoundaries has changed its "
            "files: bring an area file by hand (docs/data.md)."
        )
    return frame.rename(columns={NAME: "name"})[["name", "geometry"]]


def chosen(path, names):
    """Return the polygons of a GeoJSON with the given names, all without names.

    Parameters
    ----------
    path : str or Path
    names : list or None
        Names as the file has them, or {"name": ..., "as": what it is called here}.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns name, geometry; degrees.

    Raises
    ------
    BadBoundaries
        If a name is not there; the message lists what is.
    """
    frame = polygons_of(path)
    called = dict(
        (entry["name"], entry["as"]) if isinstance(entry, dict) else (entry, entry)
        for entry in names or frame["name"]
    )
    lost = sorted(set(called) - set(frame["name"]))
    if lost:
        raise BadBoundaries(
            f"{path}: has no {', '.join(lost)}. Write acquire.names as here: "
            f"{', '.join(sorted(frame['name'].dropna()))}."
        )
    frame = frame[frame["name"].isin(called)]
    return frame.assign(name=frame["name"].map(called))
