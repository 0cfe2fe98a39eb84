"""Reader of gridded climate: any raster that GDAL reads becomes months in the workflow's units.

Each band has the date that its file, its name or the study says; days and hours become months by
the rule of completeness that stations have. The result stands on the source's own cells, cut to
the study, NaN where the source has no value; it is brought to the study grid wherever it is used.
"""

from collections import OrderedDict
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rasterio.crs import CRS
from rasterio.warp import transform

from nepflow.io import heights, missing_codes, raster, time_axis, user_rasters
from nepflow.io.atomic import replacing
from nepflow.io.user_rasters import BadGrid
from nepflow.stations import plausibility
from nepflow.study import variables

RISES = 2000  # of amounts of cells, before they are judged
OPEN = 8  # files at a time: a study of days has thousands
ELEVATION_ADVICE = "nodata {codes} into the file (gdal_edit.py -a_nodata)"
HALVES = ("minimum", "maximum")  # of the day, whose mean is the temperature
PERIODLESS = "ERA5's monthly means of {said} are amounts of a day ({said} d-1), others of a month"


def months_of(years):
    """Return the months of years as numpy months."""
    first = [np.datetime64(f"{year}-01") for year in years]
    return np.concatenate([start + np.arange(12) for start in first])


def days_of(month):
    """Return the length of a month."""
    return int(((month + 1).astype("M8[D]") - month.astype("M8[D]")).astype(int))


@dataclass
class Month:
    """Where a month of a variable lies.

    Attributes
    ----------
    month : numpy.datetime64
    parts : list of (dict, int)
        Entries and bands: one, or those of its days.
    days : list of int
        Days of the month that the parts are of; empty where the month is one band.
    per_day : int
        Parts that a day has.
    """

    month: np.datetime64
    parts: list
    days: list
    per_day: int = 1

    @property
    def steps(self):
        """Parts that the whole month has."""
        return self.per_day * days_of(self.month) if self.days else 1


class Sources:
    """Rasters opened when they are asked for, a few at a time.

    Parameters
    ----------
    around : (bounds, CRS), optional
        Of the study.
    """

    def __init__(self, around=None):
        self._around, self._open = around, OrderedDict()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for _, stack in self._open.values():
            stack.close()

    def of(self, entry):
        """Return the `user_rasters.UserRaster` of an entry."""
        key = entry["file"], entry.get("layer")
        if key not in self._open:
            stack = ExitStack()
            self._open[key] = user_rasters.opened(entry, stack, self._around), stack
        self._open.move_to_end(key)
        while len(self._open) > OPEN:
            self._open.popitem(last=False)[1][1].close()
        return self._open[key][0]


def months_of_file(source, entry):
    """Return the `Month` of a file's bands, in order.

    The file's dates decide; where it has none, its name (``year``, ``month``, ``day`` of the entry)
    or ``first_month`` does. Whatever says a date must agree with the others.

    Raises
    ------
    BadGrid
        With the first band that is wrong.
    """
    file, select = entry["file"], entry.get("select")
    told = time_axis.steps(source, file, select, bool(entry.get("normals")))
    if entry.get("normals"):
        return _normals(told, entry)
    if told.dates is None:
        return _undated(told.bands, entry)
    first, named = told.dates[0], _named(entry)
    said = named or entry.get("first_month")
    if said and not str(first).startswith(said):
        key = "its name" if named else "climate.grids says first_month"
        raise BadGrid(
            f"{file}: its {first.told} begins in {str(first)[:7]} (band {told.bands[0]}: {first}), "
            f"{key} {said}. Correct {'the name' if named else 'first_month'}, or the "
            "file; times that are the ends of months need time bounds."
        )
    beyond = next((d for d in told.dates if named and not str(d).startswith(named)), None)
    if beyond:
        raise BadGrid(
            f"{file}: its {beyond.told} reaches to {beyond}, its name says {named}. Cut the file, "
            "or name it without the date."
        )
    found = {}
    for date, band in zip(told.dates, told.bands, strict=True):
        month = np.datetime64(f"{date.year:04d}-{date.month:02d}")
        found.setdefault(month, Month(month, [], [], told.per_day)).parts.append((entry, band))
        if told.step == "day":
            found[month].days.append(date.day)
    return list(found.values())


def _named(entry):
    """Return what the name of a file says of its date: 2001, 2001-02 or 2001-02-03."""
    parts = [f"{entry[key]:0{size}d}" for key, size in DATED if entry.get(key)]
    return "-".join(parts)


DATED = (("year", 4), ("month", 2), ("day", 2))


def _undated(bands, entry):
    """Months of bands that only the name of the file, or the study, dates."""
    file, named, count = entry["file"], _named(entry), len(bands)
    if entry.get("day"):
        return [_month(entry, bands, [entry["day"]] * count, count)]
    if entry.get("month"):
        month = np.datetime64(named, "M")
        if count == 1:
            return [Month(month, [(entry, bands[0])], [])]
        if count == days_of(month):
            return [_month(entry, bands, list(range(1, count + 1)), 1)]
        raise BadGrid(
            f"{file}: has {count} bands without dates; a file that is named by year and month "
            f"holds 1, the month, or {days_of(month)}, its days. Give it a time axis."
        )
    if named:
        return _of_year(bands, entry)
    if not entry.get("first_month"):
        raise BadGrid(
            f"{file}: nothing tells the dates of its {count} bands: no time axis, no names such as "
            "2001-01, no {year} in its name. Declare the month of the first band in climate.grids: "
            '`first_month: "2001-01"`.'
        )
    if count % 12 and count != 1:
        raise BadGrid(
            f"{file}: has {count} bands and nothing that tells their dates, so 12 for each "
            "year are needed. Are they days? Give the file a time axis with units ('days since "
            "...'), or names of bands such as 2001-01-15."
        )
    first = np.datetime64(entry["first_month"], "M")
    return [Month(first + n, [(entry, band)], []) for n, band in enumerate(bands)]


def _month(entry, bands, days, per_day):
    month = np.datetime64(f"{entry['year']:04d}-{entry['month']:02d}")
    return Month(month, [(entry, band) for band in bands], days, per_day)


def _of_year(bands, entry):
    """Months of a file that is named by its year: 12 bands, or one a day."""
    months, count = months_of([entry["year"]]), len(bands)
    if count == 12:
        return [
            Month(month, [(entry, band)], []) for month, band in zip(months, bands, strict=True)
        ]
    if count == sum(map(days_of, months)):
        found, left = [], list(bands)
        for month in months:
            own, left = left[: days_of(month)], left[days_of(month) :]
            days = list(range(1, len(own) + 1))
            found.append(Month(month, [(entry, band) for band in own], days))
        return found
    what = "the year" if count == 1 else "they"
    raise BadGrid(
        f"{entry['file']}: has {count} bands; a file that is named by {{year}} holds 12, the "
        f"months of that year, or its {sum(map(days_of, months))} days, and {what} cannot be "
        "either. Give the bands dates, or name the file without {year}."
    )


def _normals(told, entry):
    """Twelve months that hold for every year; their year is `variables.NORMAL`, as 0001."""
    numbers = [date.month for date in told.dates] if told.dates else list(range(1, 13))
    if entry.get("month"):
        numbers = [entry["month"]]
    if len(numbers) != len(told.bands) or sorted(set(numbers)) != sorted(numbers):
        raise BadGrid(
            f"{entry['file']}: has {len(told.bands)} bands; normals (climate.time_step) are twelve "
            "months, each once. Bring those."
        )
    pairs = sorted(zip(numbers, told.bands, strict=True))
    return [Month(np.datetime64(f"0001-{n:02d}"), [(entry, band)], []) for n, band in pairs]


def places_of(entries, years, sources=None):
    """Return the `Month` of every month of the years, in order.

    Parameters
    ----------
    entries : list of dict
        Of climate.grids, one variable; perhaps one half (`HALVES`) of it.
    years : list of int
    sources : Sources, optional

    Raises
    ------
    BadGrid
        If a month is in no file or in two, or the dates of a file are wrong.
    """
    places, normals = {}, bool(entries[0].get("normals"))
    with sources or Sources() as opened:
        for entry in entries:
            for found in months_of_file(opened.of(entry), entry):
                _add(places, found, entry)
    wanted = months_of(years)
    keys = [np.datetime64(f"0001-{n % 12 + 1:02d}") if normals else m for n, m in enumerate(wanted)]
    lost = [str(month) for month, key in zip(wanted, keys, strict=True) if key not in places]
    if lost:
        held = f"{min(places)} to {max(places)}" if places else "no month"
        raise BadGrid(
            f"{entries[0]['file']}: {_what(entries[0])} of {lost[0]} is missing (and "
            f"{len(lost)} months in all); the files hold {held}. Add files to climate.grids, "
            "correct first_month, or shorten the period."
        )
    return [
        Month(month, places[key].parts, places[key].days, places[key].per_day)
        for month, key in zip(wanted, keys, strict=True)
    ]


def _what(entry):
    return " ".join(filter(None, (entry.get("daily"), entry["variable"])))


def _add(places, found, entry):
    """Take in a month; days of one month may stand in several files."""
    there = places.setdefault(found.month, found)
    if there is found:
        return
    if not there.days or not found.days or set(there.days) & set(found.days):
        raise BadGrid(
            f"{entry['file']}: {_what(entry)} of {found.month} is also in "
            f"{there.parts[0][0]['file']}. Correct first_month in climate.grids, or cut "
            "one of the files."
        )
    there.parts += found.parts
    there.days += found.days


def check_complete(month, percent):
    """Refuse a month of too few days.

    Raises
    ------
    BadGrid
    """
    if not month.days:
        return
    counts = {day: month.days.count(day) for day in set(month.days)}
    whole = sum(count == month.per_day for count in counts.values())
    if 100 * whole < percent * days_of(month.month):
        file = month.parts[0][0]["file"]
        raise BadGrid(
            f"{file}: has {whole} whole days of {month.month}, {days_of(month.month)} are in it "
            f"(climate.complete_month_percent: {percent:g}). Bring the days that are missing, or "
            "shorten the period."
        )


def with_unit(source, entry, band, is_month):
    """Return an entry with the unit and the scale of its file, where the study does not say them.

    Raises
    ------
    BadGrid
        If neither says the unit, or if the two contradict each other.
    """
    text = user_rasters.unit_text(source, band)
    file, declared, about = entry["file"], entry.get("unit"), variables.VARIABLES[entry["variable"]]
    factor, said = variables.unit_of(text) or (1.0, None)
    known = said and any(said in (u, variables.amount(u, about)) for u in about.units)
    if not known:
        if said and declared:
            _refuse_unit(file, text, entry)
        if not declared:
            raise BadGrid(
                f"{file}: {f'its unit {text!r} is none of' if text else 'says no unit of'} "
                f"{entry['variable']}. Declare `unit` in {entry['key']}: "
                f"{', '.join(about.units)}."
            )
        return entry
    if declared and variables.contradicts(said, declared, entry["variable"]):
        _refuse_unit(file, text, entry)
    if not declared and said in ("m", "J m-2", "MJ m-2") and is_month:
        raise BadGrid(
            f"{file}: its unit is {text!r} and does not say of what time: "
            f"{PERIODLESS.format(said=said)}. Declare `unit` in {entry['key']}."
        )
    scale = {}
    if factor != 1 and entry.get("scale") is None:
        if source.scales[band - 1] != 1:
            raise BadGrid(
                f"{file}: its unit is {text!r}, and it has a scale of {source.scales[band - 1]:g} "
                f"too: which counts is not clear. Declare `scale` in {entry['key']}."
            )
        scale = {"scale": factor}
    return entry | {"unit": declared or said} | scale


def _refuse_unit(file, text, entry):
    raise BadGrid(
        f"{file}: its own unit is {text!r}, {entry['key']} declares {entry['unit']}. Remove `unit` "
        "there, or correct the attribute of the file."
    )


def values_of(month, sources, window, percent):
    """Return the values of a month in the variable's monthly unit, on a window.

    Parameters
    ----------
    month : Month
    sources : Sources
    window : rasterio window
    percent : float
        Days that a cell needs, %; the mean of those that it has stands for the month.

    Raises
    ------
    BadGrid
    """
    total, count, steps = 0.0, 0, Steps()
    for entry, band in month.parts:
        source = sources.of(entry)
        source.entry = own = with_unit(source, entry, band, not month.days)
        values = user_rasters.decoded(source, band, window)
        if (
            month.per_day > 1
            and variables.VARIABLES[own["variable"]].units[own["unit"]][2] == "step"
        ):
            steps.add(values, own["file"])
        total = total + np.where(np.isnan(values), 0.0, values)
        count = count + np.isfinite(values)
    enough = 100 * count >= (percent * month.steps if month.days else 100)
    values = np.where(enough & (count > 0), total / np.maximum(count, 1), np.nan)
    days, unit = days_of(month.month), own["unit"]
    if month.days and variables.VARIABLES[own["variable"]].units[unit][2] == "month":
        raise BadGrid(
            f"{own['file']}: holds days, and {own['key']} says {unit}. Declare the unit of a day."
        )
    return variables.converted(values, own["variable"], unit, days, month.steps)


class Steps:
    """Ups and downs of the amounts of hours: those that add up since midnight only rise."""

    def __init__(self):
        self._before, self._ups, self._downs = None, 0, 0

    def add(self, values, file):
        """Take in the next hour.

        Raises
        ------
        BadGrid
            If amounts rise five times as often as they fall.
        """
        if self._before is not None:
            self._ups += int((values > self._before).sum())
            self._downs += int((values < self._before).sum())
        self._before = values
        if self._ups > RISES and self._downs < self._ups / 5:
            raise BadGrid(
                f"{file}: its amounts rise from hour to hour and hardly fall: they are sums since "
                "midnight, as of ERA5-Land. Bring its monthly means or daily sums, or the "
                "differences of its hours."
            )


def check_values(values, variable, month, limits, file):
    """Refuse values that no month can have: another unit, scale or fill than declared."""
    low, high = limits
    with np.errstate(invalid="ignore"):
        wrong = (values < low) | (values > high)
    if wrong.any():
        worst = values[wrong][0]
        raise BadGrid(
            f"{file}: {variable} of {month} is {worst:g} in {wrong.sum()} cells, possible is {low} "
            f"to {high}{plausibility.mistake(variable, values, limits)}. Check unit, scale, offset "
            "and fill in climate.grids."
        )


class Reader:
    """The months of a variable, from one file or many, whole or as the mean of two halves.

    Parameters
    ----------
    entries : list of dict
        Of climate.grids, one variable.
    years : list of int
    around : (bounds, CRS)
        Of the study.
    percent : float
        climate.complete_month_percent

    Raises
    ------
    BadGrid
        If a month is missing, or files have other cells.
    """

    def __init__(self, entries, years, around, percent):
        self.entries, self._percent, self.sources = entries, percent, Sources(around)
        halves = [[e for e in entries if e.get("daily") == half] for half in HALVES]
        self._series = [
            places_of(own, years, Sources(around)) for own in (halves if any(halves) else [entries])
        ]
        for month in (month for series in self._series for month in series):
            check_complete(month, percent)
        for entry in entries:
            self._check_cells(self.sources.of(entry), entry)

    def _check_cells(self, source, entry):
        first = self.sources.of(self.entries[0])
        if source.shape != first.shape or not source.transform.almost_equals(first.transform):
            raise BadGrid(
                f"{entry['file']}: has other cells than {self.entries[0]['file']}. Give all months "
                "of a variable on one grid."
            )

    def place(self, grid):
        """Return the `raster.Grid` and window round a study."""
        source = self.sources.of(self.entries[0])
        window = user_rasters.window_of(source, grid)
        return user_rasters.native_grid(source, window), window

    def months(self, window):
        """Yield (month, file, values) of every month, in order; see `values_of`."""
        for halves in zip(*self._series, strict=True):
            values = [values_of(half, self.sources, window, self._percent) for half in halves]
            yield halves[0].month, halves[0].parts[0][0]["file"], sum(values) / len(values)

    def text(self):
        """Return what was understood: months, how many bands they are of, unit."""
        series, entry = self._series[0], self._series[0][0].parts[0][0]
        source = self.sources.of(entry)
        own = with_unit(source, entry, series[0].parts[0][1], not series[0].days)
        wanted = variables.VARIABLES[own["variable"]].monthly_unit
        first = series[0]
        made = "months" if not first.days else f"{24 // first.per_day}-hourly values to months"
        made = "days to months" if first.days and first.per_day == 1 else made
        made = "mean of minimum and maximum, " + made if len(self._series) > 1 else made
        side = abs(source.transform.a)
        unit = "degree" if source.crs.is_geographic else source.crs.linear_units
        return (
            f"{series[0].month} to {series[-1].month}, {len(series)} {made}, {own['unit']}"
            f"{'' if own['unit'] == wanted else f' -> {wanted}'}, {side:.6g} {unit}"
        )


def write_months(entries, years, grid, output, *, limits, plausible, percent=100.0, lapse=None):
    """Write the months of one variable on the source's cells.

    Parameters
    ----------
    entries : list of dict
        Of climate.grids, one variable: file, layer, unit, scale, offset, fill, crs, first_month,
        select, daily, and year, month, day where the file is named by them.
    years : list of int
    grid : raster.Grid
        The study grid.
    output : raster.Output
        Its bands are the months.
    limits, plausible : [low, high]
        Possible monthly values; where the median of those other than 0 must lie.
    percent : float
        climate.complete_month_percent, for files of days.
    lapse : (float, str), optional
        K km-1 and elevation raster of the source, m: values are reduced to sea level.

    Returns
    -------
    (float, str, list of str)
        Median of the months, what was understood of the files, warnings.

    Raises
    ------
    BadGrid
    """
    variable, found = entries[0]["variable"], Medians()
    with ExitStack() as stack:
        reader = Reader(entries, years, (grid.bounds, grid.crs), percent)
        stack.enter_context(reader.sources)
        native, window = reader.place(grid)
        height = _reduction(lapse, native, stack)
        temporary = stack.enter_context(replacing(output.path))
        with raster.created(temporary, output, native, {}) as target:
            for number, (month, file, values) in enumerate(reader.months(window), start=1):
                check_values(values, variable, month, limits, file)
                found.add(month, values)
                target.write((values - height).astype("float32"), number)
        warnings = found.judged(variable, entries[0], plausible, latitude_of(native))
        return found.median, f"{reader.text()}; {found.text()}", warnings


class Medians:
    """Medians, extremes and gaps of months, for what can be said of a whole series."""

    def __init__(self):
        self._medians, self._lowest, self._highest = [], np.inf, -np.inf
        self._missing = self._cells = 0

    def add(self, month, values):
        """Take in a month; NaN = missing."""
        known = values[np.isfinite(values)]
        others = known[known != 0]
        number = month.astype(int) % 12
        whole = np.median(known) if known.size else np.nan
        self._medians.append((number, np.median(others) if others.size else 0.0, whole))
        self._lowest = min(self._lowest, known.min(initial=np.inf))
        self._highest = max(self._highest, known.max(initial=-np.inf))
        self._missing += values.size - known.size
        self._cells += values.size

    @property
    def median(self):
        """Median over months of the median of the values other than 0."""
        return float(np.median([other for _, other, _ in self._medians]))

    def by_month(self):
        """Return the mean of the medians of each calendar month, shape (12,)."""
        found = [[m for number, _, m in self._medians if number == n] for n in range(12)]
        return np.array([np.mean(own) if own else np.nan for own in found])

    def text(self):
        """Return the share of what is missing, and the extremes."""
        missing = 100 * self._missing / max(self._cells, 1)
        return f"{missing:.2g} % missing, {self._lowest:.4g} to {self._highest:.4g}"

    def judged(self, variable, entry, plausible, latitude):
        """Return warnings; refuse a series that cannot be the variable at its place.

        Raises
        ------
        BadGrid
        """
        file, unit = entry["file"], variables.VARIABLES[variable].monthly_unit
        if not plausible[0] <= self.median <= plausible[1]:
            guess = plausibility.mistake(variable, np.array([self.median]), plausible)
            raise BadGrid(
                f"{file}: the median of monthly {variable} is {self.median:g} {unit}, expected "
                f"between {plausible[0]} and {plausible[1]}{guess}. Check unit, scale and offset "
                "in climate.grids, or change climate.plausible_median."
            )
        fault = plausibility.fault(variable, self.by_month(), latitude)
        if fault:
            raise BadGrid(
                f"{file}: {variable}: {fault}. Check unit, scale, offset and first_month in "
                "climate.grids."
            )
        warning = plausibility.warning(variable, self.by_month(), latitude)
        return [f"{file}: {variable}: {warning}"] if warning else []


def latitude_of(grid):
    """Return the latitude of the middle of a `raster.Grid`, degrees."""
    west, south, east, north = grid.bounds
    middle = [(west + east) / 2], [(south + north) / 2]
    _, (latitude,) = transform(CRS.from_wkt(grid.crs), CRS.from_epsg(4326), *middle)
    return latitude


def _reduction(lapse, native, stack):
    """Return what lies above sea level of the source's temperature, K; 0 without a lapse rate."""
    if lapse is None:
        return 0.0
    rate, path = lapse
    entry = {"file": str(path), "key": "climate.downscaling", "advice": ELEVATION_ADVICE}
    source = user_rasters.opened(entry, stack, (native.bounds, native.crs))
    user_rasters.one_band(source)
    heights.check_unit(source)
    folder = stack.enter_context(TemporaryDirectory())
    clean = str(Path(folder, "heights.tif"))
    user_rasters.without_codes(entry, clean, native)
    (height,) = next(
        raster.blocks([raster.Warped(clean, "bilinear", (1,))], grid=native, mem_mb=1e6)
    )[2][0]
    seen = missing_codes.Seen()
    seen.add(height)
    heights.check(seen, entry)
    return rate * height / 1000
