"""Wide tables of stations: a column a month, or a column a station.

The study says so by a pattern in ``climate.station_table.columns``: ``temperature: "{month}"`` for
columns Jan ... Dec or 1 ... 12, ``"t_{year}_{month}"`` or ``"{station}"``. Pure.
"""

import re
from dataclasses import dataclass, field

from nepflow.io import table_cells
from nepflow.stations import columns as station_columns
from nepflow.stations.columns import DATE, PARTS, POSITION, STATION

PATTERN = re.compile(r"\{(month|year|station)\}")
_SHAPES = {"month": r"\d{1,2}月?|[A-Za-z]{3,9}", "year": r"\d{4}", "station": r".+"}


@dataclass
class Block:
    """Columns of one month or station: its time, its number of station, {ours: theirs}."""

    columns: dict = field(default_factory=dict)
    time: dict = field(default_factory=dict)
    station: int = -1


@dataclass
class Layout:
    """A wide table: columns of texts and times by our names, and blocks of numbers.

    ``stations`` are names, where each has a column of its own.
    """

    texts: dict
    times: dict
    cells: list
    units: dict
    by_station: bool = False
    stations: tuple = ()

    def read(self, table):
        """Return the columns of the table."""
        names = [theirs for block in self.cells for theirs in block.columns.values()]
        return table.read([*self.texts.values(), *self.times.values()], names)

    def count(self, found):
        """Return how many rows were read."""
        first = [*self.texts.values(), *self.times.values()][0]
        return len(found[first].codes)


def layout_of(table, columns, reading):
    """Return the `Layout` of a wide table, None of one of a row a record.

    Parameters
    ----------
    table : user_tables.Table
    columns : list of str
        Our columns of the variables.
    reading : records.Reading

    Raises
    ------
    BadStations
        If a pattern fits no column, or months are lacking, or the study does not say what the
        columns of months hold.
    """
    given = reading.settings.get("columns", {})
    patterns = {}
    for column in columns:
        key = station_columns.KEYS[column]
        pattern = given.get(key, given.get(column))
        if pattern is not None and PATTERN.search(pattern):
            patterns[column] = pattern
    if not patterns:
        _refuse_unsaid(table, columns, given)
        return None
    lost = [column for column in columns if column not in patterns]
    if lost:
        table.refuse(
            f"a wide table needs a pattern of each variable; {station_columns.KEYS[lost[0]]} has "
            f"none. Where each variable has its own file: {table.written.key}: {{files: {{...}}}}."
        )
    matches = {column: _matches(table, pattern) for column, pattern in patterns.items()}
    kinds = {frozenset(PATTERN.findall(pattern)) for pattern in patterns.values()}
    if len(kinds) > 1:
        table.refuse("the patterns of the variables have different parts. Write them alike.")
    (kind,) = kinds
    if "station" in kind:
        return _by_station(table, matches, given, reading)
    return _by_month(table, matches, kind, given, reading)


def _matches(table, pattern):
    """Return {values of the parts: column of the file} of the columns that fit a pattern."""
    parts, last = "", 0
    for part in PATTERN.finditer(pattern):
        parts += re.escape(pattern[last : part.start()]) + f"(?P<{part[1]}>{_SHAPES[part[1]]})"
        last = part.end()
    shape = re.compile(parts + re.escape(pattern[last:]), re.IGNORECASE)
    found = {}
    for name in table.names:
        match = shape.fullmatch(name)
        if not match:
            continue
        values = match.groupdict()
        if "month" in values:
            values["month"] = table_cells.month(values["month"])
        if values.get("month", 0) is None:
            continue
        key = tuple(sorted(values.items()))
        if key in found:
            table.refuse(
                f"the columns {found[key]} and {name} are both of {_named(values)}. Delete one.",
                table.line,
            )
        found[key] = name
    if not found:
        there = ", ".join(table.names[:20])
        table.refuse(f"no column fits {pattern!r}; there are {there}. Correct it.", table.line)
    return found


def _named(values):
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _by_month(table, matches, kind, given, reading):
    if reading.time_step == "daily":
        table.refuse("a column a month is no daily file. Set climate.time_step: monthly.")
    texts = {STATION: station_columns.place_of(table, STATION, given)}
    wanted = [] if reading.settings.get("list") else POSITION
    texts |= {name: station_columns.place_of(table, name, given) for name in wanted}
    if reading.time_step == "monthly" and "year" not in kind:
        texts["year"] = station_columns.place_of(table, "year", given)
    lost = [name for name, theirs in texts.items() if theirs is None]
    if lost:
        key = station_columns.KEYS.get(lost[0], lost[0])
        table.refuse(
            f"has no column {key}. Name it: {table.written.key}: {{columns: {{{key}: ...}}}}"
            + ("" if lost[0] not in POSITION else "; or name a list of stations: {list: ...}"),
            table.line,
        )
    keys = sorted({key for found in matches.values() for key in found})
    months = {dict(key)["month"] for key in keys}
    absent = sorted(set(range(1, 13)) - months)
    if "year" not in kind and absent:
        table.refuse(f"lacks columns of the months {absent}. Add them, empty if need be.")
    cells = []
    for key in keys:
        time = {name: float(value) for name, value in dict(key).items()}
        own = {ours: found[key] for ours, found in matches.items() if key in found}
        if len(own) < len(matches):
            table.refuse(f"{_named(dict(key))} has no column of every variable. Add it.")
        cells.append(Block(own, time))
    units = _units(reading, matches)
    table.said.append(f"a column a month ({len(keys)})")
    return Layout(texts, {}, cells, units)


def _by_station(table, matches, given, reading):
    if not reading.settings.get("list"):
        table.refuse(
            "a column a station needs a list of their places: "
            f"{table.written.key}: {{list: stations_list.csv}}."
        )
    date = station_columns.place_of(table, DATE, given)
    times = {DATE: date} if date else {}
    if not date:
        steps = PARTS[:3] if reading.time_step == "daily" else PARTS[:2]
        steps = ("month",) if reading.time_step == "normals" else steps
        times = {part: station_columns.place_of(table, part, given) for part in steps}
    if None in times.values():
        table.refuse("has no column of dates. Name it: columns: {date: ...}.", table.line)
    stations = {}
    for found in matches.values():
        for key, name in found.items():
            if name not in times.values():
                stations.setdefault(table_cells.station(dict(key)["station"]), key)
    names = sorted(stations)
    cells = []
    for number, name in enumerate(names):
        own = {ours: found.get(stations[name]) for ours, found in matches.items()}
        if None in own.values():
            table.refuse(f"station {name} has no column of every variable. Add it.", table.line)
        cells.append(Block(own, {}, number))
    twice = [name for name in table.names if name and table.names.count(name) > 1]
    if twice:
        table.refuse(f"the column {twice[0]} stands twice in the header. Delete one.", table.line)
    table.said.append(f"a column a station ({len(names)})")
    return Layout({}, times, cells, _units(reading, matches), True, tuple(names))


def _units(reading, matches):
    """Units that the study declares; those of twelve headers are not read."""
    declared, found = reading.settings.get("units", {}), {}
    for ours in matches:
        text = declared.get(station_columns.KEYS[ours])
        if text is not None:
            unit = station_columns.unit(ours, text, reading.time_step)
            if unit is None:
                raise reading.refused(
                    f"{reading.path}: {text!r} is no unit of {ours} in a {reading.time_step} file."
                )
            found[ours] = unit
    return found


def _refuse_unsaid(table, columns, given):
    """Refuse a table with a column for each month where the study does not say what it holds."""
    if all(station_columns.place_of(table, column, given) for column in columns):
        return
    bare = {table_cells.month(name) for name in table.names} - {None}
    pattern = "{month}"
    if len(bare) < 12:
        found = [re.fullmatch(r"(.*?)[_\- ]?(\d{1,2}|[A-Za-z]{3})", name) for name in table.names]
        stems = {}
        for match in found:
            number = match and table_cells.month(match[2])
            if number:
                stems.setdefault(match[0][: match.start(2)], set()).add(number)
        full = [stem for stem, months in stems.items() if len(months) >= 12]
        if not full:
            return
        pattern = full[0] + "{month}"
    lost = next(c for c in columns if not station_columns.place_of(table, c, given))
    key = station_columns.KEYS[lost]
    table.refuse(
        f"has a column for each month and none of {key}. If they hold it, write "
        f'{table.written.key}: {{columns: {{{key}: "{pattern}"}}}}; each variable in a file of its '
        "own goes by files: {...} (docs/data.md).",
        table.line,
    )
