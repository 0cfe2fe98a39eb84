"""Columns of station files: what they are called, and in which unit they are.

A column is taken by the name that the study gives (``climate.station_table.columns``), by ours, or
by one of the usual names in English and Chinese; values by a usual name only where the header says
the unit, as in ``平均气温(0.1℃)`` or ``rain_in``. Pure.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from nepflow.io import table_cells, user_tables
from nepflow.study.variables import PER_DAY, VARIABLES, unit_of

STATION, LON, LAT, ELEVATION, DATE = "station", "lon", "lat", "elevation_m", "date"
POSITION = [LON, LAT, ELEVATION]
PARTS = ("year", "month", "day")
SUNSHINE = "sunshine_h"
USUAL = {
    STATION: "station_id station_no stn stnid stid staid site siteid 站号 区站号 台站号 站点 "
    "站点编号 站点号 台站编号 台站",
    LON: "longitude long lng 经度 东经",
    LAT: "latitude 纬度 北纬",
    ELEVATION: "elevation elev altitude alt height 海拔 海拔高度 高程 海拔高 "
    "观测场海拔高度 测站高度",
    DATE: "time datetime 日期 时间 年月 年月日 资料时间",
    "year": "yr yyyy 年 年份 资料年份",
    "month": "mon mm 月 月份",
    "day": "dd 日 日数",
    "temperature_degc": "temperature temp tmean tavg tas meantemperature "
    "气温 平均气温 温度 日平均气温 月平均气温",
    "precipitation_mm": "precipitation prec precip rain rainfall prcp ppt pr "
    "降水 降水量 降雨量 日降水量 月降水量",
    "radiation_mj_m2": "radiation solarradiation srad rs globalradiation 辐射 太阳辐射 总辐射",
    SUNSHINE: "sunshine sunshinehours 日照 日照时数",
}
VARIABLE_OF = {about.column: name for name, about in VARIABLES.items()} | {SUNSHINE: "sunshine"}
KEYS = {ELEVATION: "elevation"} | VARIABLE_OF  # as station_table.columns and units call them
_HEIGHTS = {
    "m": 1.0, "metre": 1.0, "metres": 1.0, "meter": 1.0, "meters": 1.0, "米": 1.0, "masl": 1.0,
    "ft": 0.3048, "feet": 0.3048, "foot": 0.3048, "英尺": 0.3048,
    "km": 1000.0, "dm": 0.1, "cm": 0.01,
}  # fmt: skip
_HOURS = {"h": 1.0, "hr": 1.0, "hour": 1.0, "hours": 1.0, "小时": 1.0, "min": 1 / 60, "s": 1 / 3600}
_BRACKETS = re.compile(r"^(.*?)\s*[(\[【]\s*([^()\[\]【】]+?)\s*[)\]】]\s*$")
_AFTER = re.compile(r"^(.*\w)[\s_/]+((?:0\.\d+)?\s*[a-zµ℃℉°%]+\d?)$", re.IGNORECASE)
_FACTOR = re.compile(r"^\s*(\d*\.?\d+)?\s*(.*)$")


class Unit(NamedTuple):
    """How a number becomes ours: value = scale * number + offset, a month's by its days too."""

    text: str
    scale: float = 1.0
    offset: float = 0.0
    by_days: bool = False
    factor: float = 1.0

    @property
    def converts(self):
        """Whether numbers change."""
        return (self.scale, self.offset, self.by_days) != (1.0, 0.0, False)


@dataclass
class Columns:
    """Columns of a file by our names: theirs, and units where they are not ours."""

    names: dict = field(default_factory=dict)
    units: dict = field(default_factory=dict)
    said: list = field(default_factory=list)


def known(names, given):
    """Return how many columns of a header mean something here."""
    wanted = [table_cells.folded(name) for name in given if isinstance(name, str)]
    words = {table_cells.folded(word) for ours in USUAL for word in (ours, *USUAL[ours].split())}
    here = [table_cells.folded(name) for name in names]
    bare = [table_cells.folded(split(name)[0]) for name in names]
    found = {n for n, b in zip(here, bare, strict=True) if n in wanted or n in words or b in words}
    return len(found - {""})


def split(name):
    """Return the name of a column without its unit, and the unit or an empty text."""
    text = table_cells.plain(name)
    found = _BRACKETS.match(text) or _AFTER.match(text)
    if not found or not found[1]:
        return text, ""
    return found[1].strip(), found[2].strip()


def unit(ours, text, time_step):
    """Return the `Unit` of a text for one of our columns, or None where it is none of it.

    Parameters
    ----------
    ours : str
        Key of `KEYS`.
    text : str
        Such as ``0.1 mm``, ``degF``, ``ft``.
    time_step : {"daily", "monthly", "normals"}
    """
    if ours in (ELEVATION, SUNSHINE):
        factor, word = _FACTOR.match(text.strip().lower()).groups()
        scale = (_HEIGHTS if ours == ELEVATION else _HOURS).get(word.strip())
        factor = float(factor or 1)
        return scale and Unit(text, factor * scale, factor=factor)
    read = unit_of(text)
    if not read:
        return None
    factor, name = read
    units, daily = VARIABLES[VARIABLE_OF[ours]].units, time_step == "daily"
    step = "d" if daily else "month"
    timed = [name, f"{name} {step}-1", f"{name} month-1", f"{name} d-1"]
    found = next((one for one in timed if one in units), None)
    if found is None:
        return None
    scale, offset, period = units[found]
    by_days = False
    if found == name and period in PER_DAY:
        scale, by_days = scale * PER_DAY[period], not daily
    elif found == name and period == "month" and daily:
        return None
    return Unit(text, factor * scale, offset, by_days, factor)


def place_of(table, ours, given):
    """Return the column of a file that holds one of ours, or None; refuse one that is doubtful.

    Parameters
    ----------
    table : user_tables.Table
    ours : str
    given : dict
        ``climate.station_table.columns``.
    """
    key = KEYS.get(ours, ours)
    theirs = given.get(key, given.get(ours))
    if theirs is not None:
        found = user_tables.find(table.names, ours, given=theirs)
        if found is None:
            user_tables.refuse_lacking(table, key, theirs)
    elif ours in table.names:
        found = ours
    else:
        words = {table_cells.folded(word) for word in (ours, *USUAL[ours].split())}
        places = [
            name
            for name in table.names
            if table_cells.folded(name) in words or table_cells.folded(split(name)[0]) in words
        ]
        if ours in VARIABLE_OF:  # values: only where the header says the unit
            places = [
                name
                for name in places
                if split(name)[1] or table_cells.folded(name) == table_cells.folded(ours)
            ]
        if len(set(places)) > 1:
            table.refuse(
                f"the columns {' and '.join(dict.fromkeys(places))} may both be the {key}. Say "
                f"which: {table.written.key}: {{columns: {{{key}: ...}}}}.",
                table.line,
            )
        found = places[0] if places else None
    if found is not None:
        user_tables.check_once(table, found)
    return found


def unit_of_column(table, ours, theirs, declared, time_step):
    """Return the `Unit` of a column: what the study declares or the header says, else ours.

    Raises
    ------
    BadStations
        If the two contradict each other, or one is no unit of the quantity.
    """
    key = KEYS[ours]
    written = "" if theirs == ours else split(theirs)[1]
    remedy = f"{table.written.key}: {{units: {{{key}: ...}}}}"
    head = unit(ours, written, time_step) if written else None
    if declared is None:
        if written and head is None and _BRACKETS.match(table_cells.plain(theirs)):
            table.refuse(
                f"the column {theirs} says the unit {written!r}, which is none of {key} in a "
                f"{time_step} file. Rename the column, or declare the unit: {remedy}.",
                table.line,
            )
        return head or Unit("")
    said = unit(ours, declared, time_step)
    if said is None:
        table.refuse(f"{declared!r} is no unit of {key} in a {time_step} file. Correct {remedy}.")
    if head is not None and head[1:4] != said[1:4]:
        table.refuse(
            f"the column {theirs} says the unit {written!r}, the study {declared!r}. Correct one "
            f"of them ({remedy}).",
            table.line,
        )
    return said
