"""Reader of station files: one row a station and time step, or a column a month or a station."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from nepflow.io import missing_codes, table_cells, user_tables
from nepflow.io.table_files import BadUserTable, Written, shown
from nepflow.stations import columns as station_columns
from nepflow.stations import places as station_places
from nepflow.stations import wide
from nepflow.stations.columns import DATE, LAT, LON, POSITION, STATION, Unit

# The column that tells the time in a file of each time step, its format, and what it becomes.
DOORS = {
    "daily": ("date", "%Y-%m-%d", ["year", "month", "day"]),
    "monthly": ("date", "%Y-%m", ["year", "month"]),
    "normals": ("month", "%m", ["month"]),
}
KEY = "climate.station_table"
SAME_PLACE_DEG = 0.01  # names that differ by leading zeros are one station so near
CMA_CODES = (32700, 32766, 32744)  # trace, missing, missing; of no gauge in any unit
CMA_KINDS = (30, 31, 32)  # thousands of coded snow, rain and snow, dew or frost
MIDDLES = {14, 15, 16, 17}  # days by which files of months mean the month


class BadStations(BadUserTable):
    """A station file, or what is left of it, cannot be used."""


@dataclass
class Reading:
    """What is known of the file that is read: the study's words, and what was understood.

    Attributes
    ----------
    path : str
    time_step : {"daily", "monthly", "normals"}
    settings : dict
        ``climate.station_table``.
    missing : sequence of float
        Numbers that mean a missing value, as they stand in the file.
    said : list of str
    """

    path: str
    time_step: str
    settings: dict
    missing: tuple = ()
    said: list = field(default_factory=list)
    refused: type = BadStations

    def unit_of(self, ours):
        """Return the unit that the study declares of one of our columns, or None."""
        return self.settings.get("units", {}).get(_key(ours))

    def opened(self, path=None):
        """Return the table, with its header found."""
        given = self.settings.get("columns", {})
        written = Written(
            KEY, self.settings.get("encoding"), self.settings.get("sheet"), True, BadStations
        )
        names = [name for name in given.values() if isinstance(name, str)]
        return user_tables.opened(
            path or self.path, lambda cells: station_columns.known(cells, names), written
        )


def read(path, columns, time_step, substitutes=None, settings=None, missing=()):
    """Read a station file.

    Parameters
    ----------
    path : str
        Table (`user_tables`) with the columns station, lon, lat, elevation_m, date (or year, month
        and day; month for normals) and those of the variables under these or other names
        (`station_columns`); others are ignored.
    columns : list of str
        Columns of the variables.
    time_step : {"daily", "monthly", "normals"}
        Dates are days, months, or months 1 to 12.
    substitutes : dict of {str: str}, optional
        Column -> one that may stand in its place: read where the file has it.
    settings : dict, optional
        ``climate.station_table``: what the file does not tell itself. ``list`` is a path.
    missing : sequence of float, optional
        Numbers that mean a missing value, as they stand in the file.

    Returns
    -------
    DataFrame
        station (categorical of str), lon, lat, elevation_m, the time columns of `DOORS` (NaN
        where the date is unreadable) and the variables, float64. ``attrs["said"]`` is a list of
        what was understood.

    Raises
    ------
    BadStations
        If the file cannot be read, lacks a column, holds text where a number belongs, or has
        dates of another time step.
    """
    reading = Reading(str(path), time_step, settings or {}, tuple(missing))
    table = reading.opened()
    layout = wide.layout_of(table, columns, reading)
    if layout is not None:
        records = _melted(table, layout, reading)
    else:
        records = _rows(table, columns, substitutes or {}, reading)
    if reading.settings.get("list"):
        records = _placed(records, reading)
    records["station"] = sorted_categories(records["station"])
    records.attrs["said"] = [summary(records, time_step), *table.said, *reading.said]
    return records


def summary(records, time_step):
    """Return stations, first and last date in a few words."""
    count = len(records["station"].cat.categories)
    text = f"{count} station{'s' if count != 1 else ''}"
    if time_step == "normals":
        return f"{text}, normals"
    steps = DOORS[time_step][2]
    known = records[steps].dropna()
    if known.empty:
        return text
    key = known["year"] * 10_000 + known["month"] * 100 + known.get("day", 0)
    dates = [
        "-".join(f"{int(value):02d}" for value in known.loc[place, steps])
        for place in (key.idxmin(), key.idxmax())
    ]
    return f"{text}, {dates[0]} to {dates[1]}"


def _rows(table, columns, substitutes, reading):
    """Read a table of one row a station and step."""
    given = reading.settings.get("columns", {})
    has_list = bool(reading.settings.get("list"))
    texts = {STATION: _needed(table, STATION, given)}
    for name in POSITION:
        texts[name] = station_columns.place_of(table, name, given)
        if texts[name] is None and not has_list:
            user_tables.refuse_lacking(table, station_columns.KEYS.get(name, name))
    if has_list:  # what the list says of places counts
        texts = {STATION: texts[STATION]}
    times = _time_columns(table, given, reading)
    numbers = _value_columns(table, columns, substitutes, given)
    used = [*texts.values(), *times.values(), *numbers.values()]
    twice = next((name for name in used if used.count(name) > 1), None)
    if twice is not None:
        table.refuse(f"the column {twice} would be read as two. Correct {KEY}: columns.")
    units = {
        ours: station_columns.unit_of_column(
            table, ours, theirs, reading.unit_of(ours), reading.time_step
        )
        for ours, theirs in numbers.items()
    }
    found = table.read([*texts.values(), *times.values()], list(numbers.values()))
    records = {STATION: None}
    places = {}
    for name in POSITION if not has_list else ():
        places[name] = station_places.position(
            table, name, texts[name], found[texts[name]], reading
        )
    if not has_list:
        station_places.check(table, places, found, texts, reading)
    records |= {name: table.used(values) for name, values in places.items()}
    records |= {
        name: table.used(values.astype("float32"))
        for name, values in _times(table, times, found, reading).items()
    }
    for ours, theirs in numbers.items():
        values = _values(table, ours, theirs, found.pop(theirs), units[ours], reading)
        records[ours] = _in_days(table.used(values), units[ours], records)
    names = _stations(table, found[texts[STATION]], texts[STATION], places)
    records[STATION] = pd.Categorical.from_codes(table.used(names[0]), names[1])
    return pd.DataFrame(records, copy=False)


def _needed(table, ours, given):
    found = station_columns.place_of(table, ours, given)
    if found is None:
        user_tables.refuse_lacking(table, ours)
    return found


def _value_columns(table, columns, substitutes, given):
    """Return {our column: theirs} of the variables and of what may stand in their place."""
    found = {}
    for column in columns:
        own = station_columns.place_of(table, column, given)
        other = substitutes.get(column)
        other = other and station_columns.place_of(table, other, given)
        if own is None and not other:
            user_tables.refuse_lacking(table, _key(column), column)
        if own is not None:
            found[column] = own
        if other:
            found[substitutes[column]] = other
    return found


def _key(ours):
    return station_columns.KEYS.get(ours, ours)


def _time_columns(table, given, reading):
    """Return {our column: theirs} of the time: a date, or its parts."""
    date, _, steps = DOORS[reading.time_step]
    place = station_columns.place_of(table, date, given)
    if place is not None and not (date == DATE and "year" in given):
        return {date: place}
    parts = {part: station_columns.place_of(table, part, given) for part in steps}
    if None in parts.values():
        user_tables.refuse_lacking(table, date)
    return parts


# --- numbers


def _values(table, ours, theirs, numbers, unit, reading):
    """Return the values of a column in our unit; codes and unusual words are said back."""
    trace = 0.0 if ours == "precipitation_mm" else None
    values = user_tables.numbers_of(table, theirs, numbers, trace)
    if reading.missing:
        values[np.isin(values, np.asarray(reading.missing, float))] = np.nan
    if ours == "precipitation_mm":
        _cma_amounts(table, theirs, values, unit)
    if unit.converts:
        table.said.append(f"{theirs}: {unit.text} becomes {ours}")
        values *= unit.scale
        values += unit.offset
        np.round(values, 6, out=values)
    return values


def _cma_amounts(table, theirs, values, unit):
    """Decode the codes of CMA precipitation in place: 32700 a trace, 32766 missing."""
    codes = {code: int((values == code).sum()) for code in CMA_CODES}
    kinds = np.isin(np.floor(values / 1000), CMA_KINDS) & ~np.isin(values, CMA_CODES)
    if kinds.any():
        row = int(np.argmax(kinds))
        if unit.factor != 0.1:
            table.refuse_cell(
                theirs,
                f"{values[row]:g}",
                row,
                "that looks like CMA's code of snow, dew or frost in 0.1 mm. Declare it: "
                f"{KEY}: {{units: {{precipitation: 0.1 mm}}}}.",
            )
        values[kinds] %= 1000
        table.said.append(f"{theirs}: {kinds.sum()} coded amounts of snow, dew or frost (30XXX)")
    for code, count in codes.items():
        if count:
            values[values == code] = 0.0 if code == CMA_CODES[0] else np.nan
            what = "a trace (0)" if code == CMA_CODES[0] else "missing"
            table.said.append(f"{theirs}: {count} {code} are {what}")


def _in_days(values, unit, records):
    """Return amounts of a month where the file has those of a day or second."""
    if not unit.by_days:
        return values
    months = np.asarray(records["month"], float)
    years = np.asarray(records.get("year", np.full(len(months), 2001.0)), float)
    return values * _length_of_month(years, months)


# --- stations


def _stations(table, texts, column, places=None):
    """Return the codes (row,) and the names of stations; one name a station."""
    names = [table_cells.station(text) for text in texts.texts]
    for place, name in enumerate(names):
        if name and not table_cells.cut(name):
            continue
        row = station_places.first_used(table, texts, place)
        if row is None:
            names[place] = ""
            continue
        table.refuse_cell(
            column,
            texts.texts[place],
            row,
            "no station. Write the station in every row (merged cells are empty but for the first)."
            if not name
            else "a spreadsheet has cut the number. Format the column as text and enter it anew.",
        )
    distinct = sorted(set(names))
    number = {name: k for k, name in enumerate(distinct)}
    codes = np.array([number[name] for name in names], "int32")[texts.codes]
    written = len({text for text, name in zip(texts.texts, names, strict=True) if name})
    if written > len(set(names) - {""}):
        table.said.append(
            f"{written - len(set(names) - {''})} other spellings of stations (blanks, .0, quotes)"
        )
    codes, distinct = _with_zeros(table, codes, distinct, places)
    used = np.unique(table.used(codes))
    again = np.full(len(distinct), -1, "int32")
    again[used] = np.arange(len(used))
    return again[codes], [distinct[k] for k in used]


def _with_zeros(table, codes, names, places):
    """Give one name to stations that differ by leading zeros alone and stand at one place."""
    bare = {}
    for place, name in enumerate(names):
        bare.setdefault(table_cells.unpadded(name), []).append(place)
    alike = [group for group in bare.values() if len(group) > 1]
    if not alike or not places:
        return codes, names
    first = {code: int(np.argmax(codes == code)) for group in alike for code in group}
    target = np.arange(len(names), dtype="int32")
    for group in alike:
        spread = max(np.ptp([places[axis][first[code]] for code in group]) for axis in (LON, LAT))
        if spread <= SAME_PLACE_DEG:
            target[group] = max(group, key=lambda code: len(names[code]))
            table.said.append(f"{' and '.join(names[code] for code in group)} are one station")
    return target[codes], names


def _placed(records, reading):
    """Give records the places of a list of stations."""
    given = reading.settings.get("columns", {})
    table = reading.opened(reading.settings["list"])
    texts = {STATION: _needed(table, STATION, given)}
    texts |= {name: _needed(table, name, given) for name in POSITION}
    found = table.read(list(texts.values()))
    places = {
        name: station_places.position(table, name, texts[name], found[texts[name]], reading)
        for name in POSITION
    }
    station_places.check(table, places, found, texts, reading)
    codes, names = _stations(table, found[texts[STATION]], texts[STATION], places)
    used = {name: table.used(values) for name, values in places.items()}
    sites = pd.DataFrame(used | {STATION: np.array(names, object)[table.used(codes)]})
    sites = sites.drop_duplicates()
    twice = sites[STATION][sites[STATION].duplicated()]
    if len(twice):
        table.refuse(f"station {twice.iloc[0]} stands twice, at different places. Delete one.")
    own = list(records[STATION].cat.categories)
    there = matched(own, sites[STATION])
    lost = [name for name in own if name not in there]
    if len(lost) == len(own):
        table.refuse(
            f"holds none of the {len(own)} stations of {reading.path}, such as {own[0]}. Is the "
            "right column named?"
        )
    sites = sites.set_index(STATION)
    rows = sites.reindex([there.get(name, "") for name in own])
    for name in POSITION:
        records[name] = rows[name].to_numpy(float)[records[STATION].cat.codes]
    reading.said.append(
        f"places of {table.path}: {', '.join(table.said)}; {len(there)} of {len(own)} stations"
        + (f", not of {', '.join(lost[:5])}" if lost else "")
    )
    return records


def matched(names, known):
    """Return {name: the known one that it is}: the same, or the only one but for leading zeros."""
    known = list(known)
    bare = {}
    for name in known:
        bare.setdefault(table_cells.unpadded(name), []).append(name)
    found = {}
    for name in names:
        same = bare.get(table_cells.unpadded(table_cells.station(name)), [])
        if name in known:
            found[name] = name
        elif len(same) == 1:
            found[name] = same[0]
    return found


# --- time


def _times(table, columns, found, reading):
    """Return the time columns of `DOORS`, shape (row,); NaN where a date is unreadable."""
    date, _, steps = DOORS[reading.time_step]
    if date in columns and reading.time_step != "normals":
        return _dates(table, columns[date], found[columns[date]], reading)
    made = {}
    for part in steps:
        texts = found[columns[part]]
        if part == "month":
            values = [table_cells.month(text) or np.nan for text in texts.texts]
        else:
            cells = [table_cells.number(text) for text in texts.texts]
            values = [
                cell.value if cell.kind == table_cells.VALUE and cell.value % 1 == 0 else np.nan
                for cell in cells
            ]
        made[part] = texts.of(values)
    if reading.time_step == "daily":
        length = _length_of_month(made["year"], made["month"])
        with np.errstate(invalid="ignore"):
            is_day = (made["day"] >= 1) & (made["day"] <= length)
        made["day"] = np.where(is_day, made["day"], np.nan)
    lost = np.any([np.isnan(values) for values in made.values()], axis=0)
    if table.used(lost).mean() >= 0.5:
        column = columns[steps[-1]]
        texts, row = found[column], int(np.argmax(lost))
        _refuse_step(table, column, texts.texts[texts.codes[row]], row, reading)
    return made


def _length_of_month(year, month):
    """Return the days of months; NaN where year or month is none."""
    known = np.isfinite(year) & np.isfinite(month)
    months = np.where(known, year * 12 + month - 1 - 1970 * 12, 0).astype("int64")
    months = months.astype("datetime64[M]")
    days = (months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")
    return np.where(known, days.astype(float), np.nan)


def _dates(table, column, texts, reading):
    """Return the parts of the dates of a column."""
    order = {"day_first": "day first", "month_first": "month first"}.get(
        reading.settings.get("dates")
    )
    used = np.zeros(len(texts.texts), bool)
    used[np.unique(table.used(texts.codes))] = True
    dates = table_cells.dates(
        [text if use else "" for text, use in zip(texts.texts, used, strict=True)], order
    )
    if dates.doubt is not None:
        table.refuse(
            f"column {column} holds {shown(dates.doubt)}, and no date tells whether "
            f"days or months stand first. Declare {KEY}: {{dates: day_first}} or "
            "{dates: month_first}."
        )
    if dates.order:
        table.said.append(f"dates with the {dates.order}")
    year, month, day = dates.year, dates.month, dates.day
    if len(dates.times) > 1 and reading.time_step == "daily":
        table.refuse(
            f"column {column} holds several times of a day; a daily file has one record a day. "
            "Make days of them first."
        )
    if reading.time_step == "daily":
        good = np.isfinite(day)
    else:
        good = np.isfinite(month)
        days = np.unique(day[good & np.isfinite(day)])
        ends = _length_of_month(year, month) == day
        if len(days) and not (set(days) <= MIDDLES or set(days) == {1} or ends[good].all()):
            good &= np.isnan(day)
    lost = ~good[texts.codes]
    if table.used(lost).mean() >= 0.5:
        row = int(np.argmax(lost if table.left_out is None else lost & ~table.left_out))
        _refuse_step(table, column, texts.texts[texts.codes[row]], row, reading)
    bad = np.flatnonzero(~good & used)
    if len(bad):
        row = station_places.first_used(table, texts, bad[0])
        table.said.append(
            f"{int(table.used(lost).sum())} unreadable dates, the first "
            f"{shown(texts.texts[bad[0]])} in line {table.line_of(row)}"
        )
    parts = {"year": year, "month": month, "day": day}
    steps = DOORS[reading.time_step][2]
    return {part: texts.of(np.where(good, parts[part], np.nan)) for part in steps}


def _refuse_step(table, column, text, row, reading):
    serial = (
        " That is how Excel keeps days: format the column as a date there, and save it again."
        if table_cells.is_serial(text)
        else ""
    )
    table.refuse_cell(
        column,
        text,
        row,
        f"a {reading.time_step} file has {_EXAMPLES[reading.time_step]}.{serial} Set "
        "climate.time_step to what the file is, or rewrite it.",
    )


_EXAMPLES = {
    "daily": "days like 2001-07-31",
    "monthly": "months like 2001-07",
    "normals": "months 1 to 12",
}


def _melted(table, layout, reading):
    """Read a table with a column a month, or a column a station."""
    found = layout.read(table)
    parts = []
    places = {}
    for name, theirs in layout.texts.items():
        if name in POSITION:
            places[name] = station_places.position(table, name, theirs, found[theirs], reading)
    if places:
        station_places.check(table, places, found, layout.texts, reading)
    if layout.by_station:
        codes, names = None, layout.stations
    else:
        codes, names = _stations(table, found[layout.texts[STATION]], layout.texts[STATION], places)
    times = _times(table, layout.times, found, reading) if layout.times else {}
    if "year" in layout.texts:
        texts = found[layout.texts["year"]]
        years = [table_cells.number(text).value for text in texts.texts]
        times["year"] = texts.of(years)
    for cell in layout.cells:
        part = {name: table.used(values) for name, values in places.items()}
        part |= {name: table.used(values) for name, values in times.items()}
        count = int(table.used(np.ones(layout.count(found), bool)).sum())
        part |= {name: np.full(count, value, float) for name, value in cell.time.items()}
        own = np.full(count, cell.station) if codes is None else table.used(codes)
        part[STATION] = own
        for ours, theirs in cell.columns.items():
            unit = layout.units.get(ours, Unit(""))
            values = _values(table, ours, theirs, found.pop(theirs), unit, reading)
            part[ours] = _in_days(table.used(values), unit, part)
        parts.append(pd.DataFrame(part))
    records = pd.concat(parts, ignore_index=True)
    records[STATION] = pd.Categorical.from_codes(records[STATION].astype(int), names)
    steps = DOORS[reading.time_step][2]
    if "day" not in steps and "day" in records:
        records = records.drop(columns="day")
    return records.astype(dict.fromkeys(steps, "float32"))


def sorted_categories(stations):
    """Return the station column with its categories in order, so that sorting is cheap."""
    return stations.cat.reorder_categories(sorted(stations.cat.categories), ordered=True)


def without_missing(records, columns, missing):
    """Return records in which the numbers that a study declares as missing are NaN.

    Parameters
    ----------
    records : DataFrame
    columns : list of str
        Columns of values and of the elevation.
    missing : list of float
        ``climate.missing_values``.
    """
    for column in columns if len(missing) else ():
        if column in records:
            values = records[column]
            records[column] = values.mask(np.isin(values.to_numpy(), np.asarray(missing, float)))
    return records


def code_masks(records, columns, limits):
    """Return {column: mask} of the values that are codes of missing data where none can be.

    Values outside of their limits are left to the range check, which drops and counts them.

    Parameters
    ----------
    records : DataFrame
    columns : dict of {str: str}
        Name of a variable -> its column.
    limits : dict of {str: [low, high]}
        Possible single values.
    """
    masks = {}
    for name, column in columns.items():
        if column not in records:
            continue
        values = records[column].to_numpy(float)
        low, high = limits.get(name, (-np.inf, np.inf))
        seen = missing_codes.Seen()
        once = column in POSITION  # a height is one of a station, however many its records are
        some = records[["station", column]].drop_duplicates()[column] if once else values
        some = np.asarray(some, float)
        seen.add(np.where((some >= low) & (some <= high), some, np.nan))
        suspects = seen.suspects()
        if suspects:
            masks[column] = np.isin(np.round(values, 4), list(suspects))
    return masks


def check_codes(records, columns, limits, path):
    """Refuse codes of missing data that the study does not declare, and infinite values.

    Parameters
    ----------
    records, columns, limits
        See `code_masks`.
    path : str
        The file, for messages.

    Raises
    ------
    BadStations
        With the code, the first station and date, and the line to write.
    """
    for column, mask in code_masks(records, columns, limits).items():
        first = records[mask].iloc[0]
        codes = np.unique(records.loc[mask, column])
        listed = ", ".join(f"{code:g}" for code in codes)
        raise BadStations(
            f"{path}: {column} is {listed} in {mask.sum()} records, the first of station "
            f"{first['station']} in {_time_of(first)}: a code of missing data and no value, far "
            "from all others or far more frequent. Write climate: {missing_values: "
            f"[{listed}]}}, or leave the field empty; if it is a value, climate: {{defects: "
            "{undeclared_code: keep}}."
        )


def _time_of(record):
    steps = [name for name in ("year", "month", "day") if name in record]
    known = [f"{record[name]:02.0f}" for name in steps if record[name] == record[name]]
    return "-".join(known) or "an unreadable date"


def check_units(records, variables, plausible, limits, path):
    """Refuse a file whose values cannot be in the unit of their column.

    Parameters
    ----------
    records : DataFrame
    variables : dict of {str: str}
        Name of a variable -> its column.
    plausible : dict of {str: [low, high]}
        Where the median of the values that are not 0 lies in a file of the right unit.
    limits : dict of {str: [low, high]}
        Possible single values.
    path : str
        The file, for messages.

    Raises
    ------
    BadStations
        If a variable has no value, if the median lies outside, or if more than half of the
        values are impossible.
    """
    for name, column in variables.items():
        values = records[column].to_numpy()
        values = values[~np.isnan(values)]
        if np.isinf(values).any():
            raise BadStations(
                f"{path}: {np.isinf(values).sum()} values of {column} are infinite. Leave the "
                "field empty where there is no value."
            )
        if not values.size:
            raise BadStations(f"{path}: column {column} is empty. Drop {name} from the study.")
        typical = np.median(values[values != 0]) if values.any() else 0.0
        low, high = plausible[name]
        impossible = np.mean((values < limits[name][0]) | (values > limits[name][1]))
        if not low <= typical <= high or impossible > 0.5:
            raise BadStations(
                f"{path}: the median of {column} (zeros left out) is {typical:g}, expected "
                f"between {low:g} and {high:g}, and {impossible:.0%} of its values are impossible: "
                "another unit (Kelvin, tenths, daily in place of monthly)? Convert the column to "
                "the unit in its name, or change climate.plausible_median."
            )


def weights_of(path, column, stations, settings=None):
    """Return the weight of every station: its inverse relative variance.

    Parameters
    ----------
    path : str
        CSV with a column ``station``.
    column : str
        Name of the column of weights, positive numbers; one value a station.
    stations : ndarray of str
        Which stations, in which order.
    settings : dict, optional
        ``climate.station_table``.

    Returns
    -------
    ndarray, shape (station,)
        With mean 1, so that error variances are those of a typical station.

    Raises
    ------
    BadStations
        If the column or the weight of a station is missing, not positive, or not unique.
    """
    remedy = "Mend the column, or set climate.weights_column to null."
    table = Reading(path, "", settings or {}).opened()
    given = (settings or {}).get("columns", {})
    places = {STATION: station_columns.place_of(table, STATION, given), column: column}
    if places[STATION] is None or column not in table.names:
        lost = STATION if places[STATION] is None else column
        table.refuse(f"has no column {lost}. {remedy}", table.line)
    found = table.read([places[STATION]], [column])
    values = user_tables.numbers_of(table, column, found[column])
    codes, names = _stations(table, found[places[STATION]], places[STATION])
    frame = pd.DataFrame({"value": table.used(values)})
    names = np.array(names, object)[table.used(codes)]
    values = frame["value"]
    by_station = values.groupby(names).agg(["min", "max"])
    there = matched(stations, by_station.index)
    by_station = by_station.reindex([there.get(name, "") for name in stations])
    by_station.index = stations
    bad = by_station[~((by_station["min"] > 0) & (by_station["min"] == by_station["max"]))]
    if len(bad):
        raise BadStations(
            f"{path}: column {column} of station {bad.index[0]} (and {len(bad) - 1} others) has no "
            f"single positive weight. {remedy}"
        )
    weights = by_station["min"].to_numpy(float)
    return weights / weights.mean()
