"""Units of time and calendars: values of a time axis -> days and dates.

After the CF conventions 1.11, section 4.4.
"""

import math
import re

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
