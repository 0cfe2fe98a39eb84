"""The dates of the bands of a raster: time axes of NetCDF, times of GRIB, names of bands.

`steps` says what a raster holds, months or days; `dates` is the reader below it.
"""

import math
import re
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise

import rasterio

from nepflow.io.user_rasters import BadGrid, dataset

STANDARD = ("standard", "gregorian", "")
FIXED = {"noleap": 365, "365_day": 365, "all_leap": 366, "366_day": 366, "360_day": 360}
CALENDARS = (*STANDARD[:2], "proleptic_gregorian", "julian", *FIXED)
FIRST_GREGORIAN = 2299161  # Julian day number of 15 October 1582
BEFORE = {365: (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)}  # days before a month
BEFORE[366] = (0, 31, *(days + 1 for days in BEFORE[365][2:]))
BEFORE[360] = tuple(range(0, 360, 30))
SECONDS = {
    **dict.fromkeys(("millisecond", "milliseconds", "msec", "ms"), 1e-3),
    **dict.fromkeys(("second", "seconds", "sec", "secs", "s"), 1),
    **dict.fromkeys(("minute", "minutes", "min", "mins"), 60),
    **dict.fromkeys(("hour", "hours", "hr", "hrs", "h"), 3600),
    **dict.fromkeys(("day", "days", "d"), 86400),
    **dict.fromkeys(("week", "weeks"), 604800),
}
MONTHS = {
    **dict.fromkeys(("month", "months", "mon", "mons"), 1),
    **dict.fromkeys(("year", "years", "yr", "yrs", "common_year", "common_years"), 12),
}
SINCE = re.compile(
    r"(\w+)\s+since\s+(\d{1,4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?"
    r"(?:[T\s]+(\d{1,2})(?::(\d{1,2})(?::(\d{1,2}(?:\.\d*)?))?)?)?(?![\d-])",
    re.IGNORECASE,
)
DIGITS = re.compile(r"(?:day|month) as (%Y%m%d|%Y%m)(?:\.%f)?$")


def day_number(year, month, day, calendar="standard"):
    """Return the number of a day; days that follow each other differ by 1.

    Julian day number where leap years are those of history, days since year 0 where all years
    have one length.
    """
    if calendar in FIXED:
        return year * FIXED[calendar] + BEFORE[FIXED[calendar]][month - 1] + day - 1
    late = (14 - month) // 12
    y, m = year + 4800 - late, month + 12 * late - 3
    days = day + (153 * m + 2) // 5 + 365 * y + y // 4
    gregorian, julian = days - y // 100 + y // 400 - 32045, days - 32083
    mixed = calendar in STANDARD and gregorian < FIRST_GREGORIAN
    return julian if calendar == "julian" or mixed else gregorian


def date_of(number, calendar="standard"):
    """Return year, month and day of a `day_number`."""
    year = int((number - day_number(0, 1, 1, calendar)) / FIXED.get(calendar, 365.2425))
    while day_number(year + 1, 1, 1, calendar) <= number:
        year += 1
    while day_number(year, 1, 1, calendar) > number:
        year -= 1
    month = max(m for m in range(1, 13) if day_number(year, m, 1, calendar) <= number)
    return year, month, number - day_number(year, month, 1, calendar) + 1


def instant(value, units, calendar="standard"):
    """Return the `day_number` of a value of a time axis, with the time of day as a fraction.

    Months and years are those of the calendar, not the mean lengths of UDUNITS: that is what
    files with "months since" mean.

    Parameters
    ----------
    value : float
    units : str
        "days since 1900-01-01 00:00" and the like, or "day as %Y%m%d.%f".
    calendar : str
        One of `CALENDARS`; empty: standard.

    Raises
    ------
    ValueError
        If calendar or units are unknown.
    """
    number = _instant(value, units, calendar)
    if not abs(number) < FARTHEST:
        raise ValueError(f"holds {value:g} ({units}), which is in no year from 0 to 9999")
    return number


def _instant(value, units, calendar):
    if calendar not in (*CALENDARS, ""):
        raise ValueError(
            f"has the calendar {calendar!r}; known are {', '.join(CALENDARS)}. Write the time axis "
            "in one of them"
        )
    digits, since = DIGITS.match(units), SINCE.match(units)
    if digits:
        whole = int(value) if digits[1] == "%Y%m%d" else int(value) * 100 + 1
        return _day(whole // 10000, whole // 100 % 100, whole % 100, calendar) + value % 1
    unit = since[1].lower() if since else ""
    if unit not in SECONDS | MONTHS:
        raise ValueError(
            f"is in {units!r}, which cannot be read. Write the time axis as 'days since "
            "1900-01-01', or in hours, minutes, seconds, months or years"
        )
    year, month, day = (1 if part is None else int(part) for part in since.groups()[1:4])
    origin = _day(year, month, day, calendar)
    hour, minute, second = (float(part or 0) for part in since.groups()[4:])
    clock = (hour * 3600 + minute * 60 + second) / 86400
    if unit in SECONDS:
        return origin + clock + value * SECONDS[unit] / 86400
    months = value * MONTHS[unit]
    whole = math.floor(months + 0.005)  # years as fractions are not exact
    place = 12 * year + month - 1 + whole
    first = day_number(place // 12, place % 12 + 1, 1, calendar)
    return first + day - 1 + clock + 30 * max(months - whole, 0.0)


def _day(year, month, day, calendar):
    if not (1 <= month <= 12 and 1 <= day <= 31):
        raise ValueError(f"names the day {year:04d}-{month:02d}-{day:02d}, which does not exist")
    return day_number(year, month, day, calendar)


NAMED = re.compile(
    r"(?<!\d)(1[89]\d\d|2[01]\d\d)"
    r"(?:[-_./ 年](0?[1-9]|1[0-2])(?:[-_./ 月](0?[1-9]|[12]\d|3[01]))?"
    r"|(0[1-9]|1[0-2])(?:(0[1-9]|[12]\d|3[01])(?:\d\d){0,3})?)(?!\d)"
)
ENGLISH = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in ENGLISH)
SPELLED = re.compile(
    rf"(?<![a-z\d])(?:(\d{{4}})[-_./ ]*)?({_MONTH})(?:[-_./ ]*(\d{{4}}))?(?![a-z\d])",
    re.IGNORECASE,
)
# dimensions without dates that may still be one of months; any other is something else
UNDATED = re.compile(r"t|time\w*|\w+_time|dates?|months?|bands?|records?|z", re.IGNORECASE)
MONTH_DAYS = (27.5, 31.5)  # of time bounds
FARTHEST = 5_400_000  # days: the last of the year 9999 has the Julian day number 5 373 484
SHORTEST = 28  # days of a month
YEAR = re.compile(r"\D{0,12}?(1[89]\d\d|2[01]\d\d)\D{0,12}")  # a name of a band that is a year


@dataclass(frozen=True)
class Date:
    """The date of a band: year, month, day (None: not known), what tells it, perhaps its length."""

    year: int
    month: int
    day: int | None
    told: str
    length: str = ""

    @property
    def place(self):
        """Months since year 0; months that follow each other differ by 1."""
        return 12 * self.year + self.month - 1

    def __str__(self):
        return f"{self.year:04d}-{self.month:02d}" + (f"-{self.day:02d}" if self.day else "")


def month_text(place):
    """Return the month of a `Date.place`, as 2001-01."""
    return f"{place // 12:04d}-{place % 12 + 1:02d}"


@dataclass(frozen=True)
class Steps:
    """What the bands of a raster are.

    Attributes
    ----------
    dates : list of Date or None
        One a band of ``bands``; None where nothing tells them.
    bands : list of int
        Band numbers, those of a chosen version or level.
    step : {"month", "day"}
    per_day : int
        Bands a day of a raster of days or hours.
    """

    dates: list | None
    bands: list
    step: str = "month"
    per_day: int = 1


def steps(source, file, select=None, normals=False):
    """Return the `Steps` of an open raster.

    Parameters
    ----------
    source : rasterio dataset
    file : str
        Its path, for messages and time bounds.
    select : dict, optional
        The value that is wanted of a dimension beside time, by its name.
    normals : bool
        Months of many years together are what is wanted.

    Raises
    ------
    BadGrid
        If a dimension beside time has several values, if the axis cannot be read, if a month or
        a day is missing, doubled or out of order, or if the bands are years or of other lengths;
        with the first band that is wrong.
    """
    bands = chosen(source, file, select or {})
    told = dates(source, file, bands, normals)
    if not told:
        return Steps(None, bands)
    if _are_days(told):
        return Steps(told, bands, "day", _check_days(told, file))
    _check_order(told, file)
    return Steps(told, bands)


def _are_days(told):
    """Whether bands are days, or parts of days: most days that occur follow each other."""
    days = list(dict.fromkeys((date.place, date.day) for date in told))
    if not all(date.day for date in told) or (len(told) == 1 and told[0].length != "day"):
        return False
    follow = sum(_next(*pair) for pair in pairwise(days))
    return len(days) == 1 or follow > (len(days) - 1) / 2


def _next(before, after):
    """Whether one day (month, day) follows another, in any calendar."""
    (month, day), (later, then) = before, after
    return (month, day + 1) == (later, then) or (
        (month + 1, 1) == (later, then) and day >= SHORTEST
    )


def chosen(source, file, select):
    """Return the bands that have the wanted value of each dimension of ``select``.

    Raises
    ------
    BadGrid
        If the raster has no such dimension or no such value.
    """
    bands = list(source.indexes)
    for name, wanted in select.items():
        found = {band: _tag(source.tags(band), name) for band in bands}
        there = list(dict.fromkeys(str(value) for value in found.values() if value is not None))
        bands = [band for band, value in found.items() if _same(value, wanted)]
        if not bands:
            some = ", ".join(there[:6]) or "none"
            raise BadGrid(
                f"{file}: select: {{{name}: {wanted}}} chooses no band; {name} has the values "
                f"{some}. Correct select in climate.grids."
            )
    return bands


def _tag(tags, name):
    return tags.get(f"NETCDF_DIM_{name}", tags.get(name))


def _same(value, wanted):
    try:
        return float(value) == float(wanted)
    except (TypeError, ValueError):
        return value == str(wanted)


def dates(source, file, bands=None, normals=False):
    """Return the `Date` of every band (or of ``bands``), in their order, or None; see `steps`."""
    bands = list(source.indexes) if bands is None else bands
    tags = [source.tags(band) for band in bands]
    named = _of_names([source.descriptions[band - 1] for band in bands], file)
    axis = _time_dimension(source, tags, file)
    if axis:
        values = [float(own[f"NETCDF_DIM_{axis}"]) for own in tags]
        told = _of_axis(source, axis, (bands, values), file, normals)
    else:
        told = _of_grib(tags, file)
    if told and named and [date.place for date in told] != [date.place for date in named]:
        wrong = next(
            n for n, (a, b) in enumerate(zip(told, named, strict=True)) if a.place != b.place
        )
        raise BadGrid(
            f"{file}: band {bands[wrong]} is named {named[wrong]}, its {told[wrong].told} says "
            f"{told[wrong]}. Correct the file."
        )
    return told or named


def _time_dimension(source, tags, file):
    """Return the name of the dimension that is in dates, or None; refuse any other of size > 1."""
    general, prefix = source.tags(), "NETCDF_DIM_"
    names = [key.removeprefix(prefix) for key in tags[0] if key.startswith(prefix)]
    sizes = {name: len({own.get(prefix + name) for own in tags}) for name in names}

    def about(name, key):
        return general.get(f"{name}#{key}", "")

    def is_dated(name):
        return " since " in about(name, "units") or " as %" in about(name, "units")

    def may_be_months(name):
        told = about(name, "standard_name") == "time" or about(name, "axis") == "T"
        other = about(name, "axis") == "Z" or (name.lower() == "z" and about(name, "units"))
        return told or (UNDATED.fullmatch(name) and not other)

    wide = [name for name in names if sizes[name] > 1]
    axis = next(filter(is_dated, [*wide, *names]), None)
    months_of = axis or next(filter(may_be_months, wide), None)
    other = [name for name in wide if name != months_of]
    if other:
        values = list(dict.fromkeys(str(own.get(prefix + other[0])) for own in tags))
        some = ", ".join(values[:3]) + (", ..." if len(values) > 3 else "")
        raise BadGrid(
            f"{file}: has the dimension {other[0]} ({len(values)} values: {some}) besides the "
            f"months. Say which one is meant: `select: {{{other[0]}: {values[0]}}}` in "
            "climate.grids, or write the one, or their mean, to a file of its own."
        )
    return axis


def _of_axis(source, axis, chosen_values, file, normals=False):
    """Dates of a time dimension: the middles of its bounds, or its stamps."""
    tags, told, (bands, values) = source.tags(), "time axis", chosen_values
    units, calendar = tags.get(f"{axis}#units", ""), tags.get(f"{axis}#calendar", "").lower()
    if f"{axis}#climatology" in tags and not normals:
        raise BadGrid(
            f"{file}: its {told} is a climatology (months of many years together). Give the months "
            "of each year, or say climate.time_step: normals."
        )
    if not all(map(math.isfinite, values)):
        raise BadGrid(f"{file}: its {told} {axis} lacks values. Write all of them.")
    try:
        stamps = [instant(value, units, calendar) for value in values]
        bounds, length = _bounds(source, axis, file), ""
        if bounds is not None and bands == list(source.indexes):
            low, high = ([instant(v, units, calendar) for v in side] for side in bounds)
            stamps, length = _middles(stamps, low, high, file)
    except ValueError as error:
        raise BadGrid(f"{file}: its {told} {axis} {error}.") from None
    exact, hourly = (
        [Date(*date_of(round(s * parts) // parts, calendar), told, length) for s in stamps]
        for parts in (86400, 24)
    )
    # single precision may fall a minute short of the first of a month
    return hourly if not _follow(exact) and _follow(hourly) else exact


def _bounds(source, axis, file):
    """Return the low and high time bounds of the bands, or None where the file has none."""
    name = source.tags().get(f"{axis}#bounds")
    if not name or source.driver != "netCDF":
        return None
    # GDAL would turn the rows round, as those of a picture
    with rasterio.Env(GDAL_NETCDF_BOTTOMUP="NO"), ExitStack() as stack:
        try:
            bounds = dataset({"file": file, "layer": name, "key": "climate.grids"}, stack).read(1)
        except BadGrid:
            return None
    return bounds.astype("float64").T if bounds.shape == (source.count, 2) else None


def _middles(stamps, low, high, file):
    """Return the middles of time bounds, and what they are long: "month", "day".

    Bounds that are no month and no part of a day, or that miss their stamp, are refused.
    """
    shortest, longest = MONTH_DAYS
    found = set()
    for band, (stamp, first, last) in enumerate(zip(stamps, low, high, strict=True), start=1):
        first, last = min(first, last), max(first, last)
        found.add("month" if shortest <= last - first <= longest else "day")
        if not (shortest <= last - first <= longest or last - first <= 1.01) or len(found) > 1:
            raise BadGrid(
                f"{file}: band {band} is of {last - first:.3g} days by its time bounds; months, "
                "days or hours are needed, all of one kind. Make months first: means of "
                "temperature and of rates, sums of amounts (cdo monmean, cdo monsum)."
            )
        if not first - 0.01 <= stamp <= last + 0.01:
            raise BadGrid(
                f"{file}: the time of band {band} lies outside of its time bounds. Correct them."
            )
    return [(a + b) / 2 for a, b in zip(low, high, strict=True)], found.pop()


def _of_grib(tags, file):
    """Dates of GRIB messages, or None; one file may mix fields."""
    if "GRIB_VALID_TIME" not in tags[0]:
        return None
    fields = {(own.get("GRIB_ELEMENT"), own.get("GRIB_SHORT_NAME")) for own in tags}
    if len(fields) > 1:
        some = "; ".join(sorted(" ".join(map(str, field)) for field in fields))
        raise BadGrid(f"{file}: holds several fields ({some}). Write one to a file of its own.")
    seconds = [int(re.search(r"-?\d+", own["GRIB_VALID_TIME"])[0]) for own in tags]
    days = [second // 86400 for second in seconds]
    if max(map(abs, days)) > FARTHEST // 2:
        raise BadGrid(f"{file}: its GRIB times lie in no year from 0 to 9999. Correct them.")
    return [Date(*date_of(day_number(1970, 1, 1) + day), "GRIB time") for day in days]


def _of_names(names, file):
    """Dates in the names of bands (2001_01, b200101, 2001-01-15, Jan 2001), or None.

    One text for all bands (when the file was made) is no date of a band.
    """
    years = [YEAR.fullmatch(name or "") for name in names]
    if len(names) > 1 and all(years):
        numbers = [int(year[1]) for year in years]
        if all(b - a == 1 for a, b in pairwise(numbers)) and len({n[:1] for n in names}) == 1:
            _refuse_years(file, f"{numbers[0]}, {numbers[1]}, ...")
    found = [_of_name(name or "") for name in names]
    known = [date for date in found if date]
    if not known or (len(found) > 1 and len(set(found)) == 1):
        return None
    if len(known) < len(found):
        lost = found.index(None)
        raise BadGrid(
            f"{file}: {len(known)} bands are named by months (as {known[0]}), and band {lost + 1} "
            f"is named {names[lost]!r}. Name all bands by months, or leave out what is no month."
        )
    return found


def _of_name(name):
    plain, spelled = NAMED.search(name), SPELLED.search(name)
    if plain:
        year, month, day, solid, last = plain.groups()
        day = day or last
        return Date(int(year), int(month or solid), int(day) if day else None, "name of the band")
    if spelled and (spelled[1] or spelled[3]):
        short = spelled[2].lower()[:3]
        month = next(n for n, name in enumerate(ENGLISH, start=1) if name.startswith(short))
        return Date(int(spelled[1] or spelled[3]), month, None, "name of the band")
    return None


def _follow(told):
    return all(b.place - a.place == 1 for a, b in pairwise(told))


def _refuse_years(file, said):
    raise BadGrid(
        f"{file}: holds a band a year ({said}), and respiration needs the months: of one year's "
        "mean and sum alone it would be another model (docs/methods.md). Bring months or days, or "
        "the twelve normals (climate.time_step: normals)."
    )


def _check_days(told, file):
    """Return how many bands a day has; refuse days that are doubled or do not ascend."""
    numbers = [(date.place, date.day) for date in told]
    for band, (before, after) in enumerate(pairwise(numbers), start=2):
        if after < before:
            raise BadGrid(
                f"{file}: its {told[0].told} is out of order: band {band} is of {told[band - 1]}, "
                f"the one before of {told[band - 2]}. Sort the file (cdo timsort)."
            )
    counts = Counter(numbers)
    usual = Counter(counts.values()).most_common(1)[0][0]
    for date, number in zip(told, numbers, strict=True):
        if counts[number] > usual:
            raise BadGrid(
                f"{file}: its {told[0].told} gives {counts[number]} bands to {date}, other days "
                f"have {usual}. Leave out what comes twice."
            )
    return usual


def _check_order(told, file):
    """Refuse months that do not follow each other."""
    if _follow(told):
        return
    places, about = [date.place for date in told], told[0].told
    if all(b - a == 12 for a, b in pairwise(places)):
        _refuse_years(file, f"{told[0]}, {told[1]}, ...")
    for place in dict.fromkeys(places):
        same = [str(date) for date in told if date.place == place]
        if len(same) > 1:
            some = ", ".join(same[:3]) + (", ..." if len(same) > 3 else "")
            raise BadGrid(
                f"{file}: its {about} gives {len(same)} bands to the month {month_text(place)} "
                f"({some}), and one is needed. Make months of spells of days first: means of "
                "temperature and of rates, sums of amounts (cdo monmean, cdo monsum); or leave out "
                "what comes twice."
            )
    if places == sorted(places, reverse=True):
        raise BadGrid(
            f"{file}: its {about} runs backwards ({told[0]}, {told[1]}, ...). Turn the file round "
            "(cdo timsort, or xarray's sortby)."
        )
    wrong = next(n for n in range(1, len(told)) if places[n] != places[n - 1] + 1)
    needed = month_text(places[wrong - 1] + 1)
    fault = "is missing" if places[wrong - 1] + 1 not in places else "is out of order"
    raise BadGrid(
        f"{file}: the month {needed} {fault}: by its {about}, band {wrong + 1} is of "
        f"{told[wrong]}. Give every month once, in order."
    )
