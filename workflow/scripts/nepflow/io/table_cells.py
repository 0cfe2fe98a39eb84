"""Meaning of single cells of tables that users bring: numbers, dates, places, names of stations.

Pure. A text has one meaning or none; what depends on the other cells of a column (whether 1,234 is
a decimal comma, whether 3/4/2001 is in March) is decided over all different texts of the column.
"""

import calendar
import datetime
import math
import re
import unicodedata
from typing import NamedTuple

import numpy as np

# kinds of a cell where a number belongs
VALUE, MISSING, TRACE, NONE = "a number", "missing", "a trace (0)", "no number"
DECIMAL, THOUSANDS, EITHER = "decimal comma", "separators of thousands", "either"
MISSING_WORDS = frozenset(
    [
        "na",
        "n/a",
        "#n/a",
        "nan",
        "null",
        "none",
        "nil",
        "-",
        "--",
        "---",
        ".",
        "..",
        "*",
        "**",
        "***",
        "/",
        "//",
        "m",
        "missing",
        "nodata",
        "no_data",
        "x?",
        "缺",
        "缺测",
        "无",
        "无数据",
        "\\n",
        "-nan",
    ]
)
TRACE_WORDS = frozenset(["t", "tr", "trace", "微量", "0.0t", "0t"])
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
DECIMAL_COMMA = re.compile(r"[+-]?(\d*,\d{1,2}|\d*,\d{4,}|0+,\d+|\d{4,},\d+)")
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}((,\d{3})+\.\d+|(,\d{3}){2,}|([ '\u2019]\d{3})+(\.\d+)?)")
_POINTS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d+")
_QUOTES = "\"'`\u2018\u2019\u201c\u201d"


class Cell(NamedTuple):
    """What a cell is: kind, value, and the other value that it could have."""

    kind: str
    value: float = math.nan
    other: float = math.nan


def plain(text):
    """Return a text without blanks at its ends, marks of byte order, and wide letters."""
    if text.isascii():
        return text.strip()
    text = unicodedata.normalize("NFKC", text).replace("\u2212", "-").replace("\ufeff", "")
    return text.replace("\u200b", "").strip()


def folded(text):
    """Return a name of a column as it is compared: no case, blanks, _ or hyphens."""
    return re.sub(r"[\s_\-.]+", "", plain(text)).casefold()


def number(text):
    """Return the `Cell` of a text where a number belongs."""
    text = plain(text).strip(_QUOTES).strip()
    if not text or text.casefold() in MISSING_WORDS:
        return Cell(MISSING)
    if text.casefold() in TRACE_WORDS:
        return Cell(TRACE, 0.0)
    if _PLAIN.fullmatch(text):
        return _finite(VALUE, text)
    if _EITHER.fullmatch(text):
        whole = float(text.replace(",", ""))
        return Cell(EITHER, whole, float(text.replace(",", ".")))
    if _THOUSANDS.fullmatch(text):
        return _finite(THOUSANDS, re.sub(r"[ ,'\u2019]", "", text))
    if DECIMAL_COMMA.fullmatch(text):
        return _finite(DECIMAL, text.replace(",", "."))
    if _POINTS.fullmatch(text):
        return _finite(DECIMAL, text.replace(".", "").replace(",", "."))
    return Cell(NONE)


def _finite(kind, text):
    value = float(text)
    return Cell(kind, value) if math.isfinite(value) else Cell(NONE)


def of_workbook(value):
    """Return the text of a cell of a workbook."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)


# --- names of stations


def station(text):
    """Return the name of a station: no blanks, quotes or ``.0`` that a spreadsheet adds.

    Numbers with an exponent are given back as they are: a spreadsheet has cut them.
    """
    text = plain(text).strip(_QUOTES).strip()
    whole = re.fullmatch(r"(\d+)\.0*", text)
    return whole[1] if whole else text


def cut(name):
    """Tell whether a spreadsheet has written a name as a number with an exponent."""
    return bool(re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", name))


def unpadded(name):
    """Return the name of a station without leading zeros, as numbers lose them."""
    return name.lstrip("0") or "0" if name.isdigit() else name


# --- dates

MONTHS = [name.casefold() for name in calendar.month_abbr]
_YMD = re.compile(r"(\d{4})\s*[-/.年_]\s*(\d{1,2})\s*[-/.月_]\s*(\d{1,2})日?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YM = re.compile(r"(\d{4})\s*[-/.年_]?\s*(\d{1,2})月?")
_DAY_OF_YEAR = re.compile(r"(\d{4})-?(\d{3})")
_MIXED = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})")
_MY = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{4})")
_NAMED = re.compile(r"(?:(\d{1,2})[\s-]+)?([a-z]{3,9})\.?(?:[\s-]+(\d{1,2}))?[\s,-]+(\d{4})")
_NAMED_LAST = re.compile(r"(\d{4})[\s-]+([a-z]{3,9})\.?(?:[\s-]+(\d{1,2}))?")
_TIME = re.compile(r"(?:\s+|T)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.0+)?)?\s*(?:Z|UTC|[+-]00:?00)?$")


def month(text):
    """Return the number of a month, 1 to 12, from a number or a name; None where it is none."""
    text = plain(text).casefold().strip(_QUOTES)
    text = re.sub(r"\.0*$", "", text).removesuffix("月")
    if re.fullmatch(r"\d{1,2}", text):
        return int(text) if 1 <= int(text) <= 12 else None
    full = [name.casefold() for name in calendar.month_name]
    if len(text) >= 3 and text.isalpha():
        found = [k for k in range(1, 13) if full[k].startswith(text)]
        return found[0] if len(found) == 1 else None
    return None


class Dates(NamedTuple):
    """Dates of texts: year, month, day (nan where there is none), what was understood, doubt.

    ``doubt`` is a text whose order of day and month no other text settles, or None.
    """

    year: np.ndarray
    month: np.ndarray
    day: np.ndarray
    order: str
    doubt: str | None
    times: set


def dates(texts, order=None):
    """Return the `Dates` of different texts of one column.

    Parameters
    ----------
    texts : list of str
    order : {"day first", "month first"}, optional
        Of days and months before the year; without it a day above 12 tells.
    """
    parts, mixed, times = np.full((3, len(texts)), np.nan), [], set()
    for place, text in enumerate(texts):
        text = plain(text).strip(_QUOTES)
        time = _TIME.search(text)
        if time:
            times.add(tuple(int(part or 0) for part in time.groups()))
            text = text[: time.start()]
        text = re.sub(r"^(\d+)\.0+$", r"\1", text)
        both = _MIXED.fullmatch(text)
        if both:
            mixed.append((place, *map(int, both.groups()), text))
            continue
        parts[:, place] = _date(text.casefold())
    doubt = None
    if mixed:
        first, second = (max(row[k] for row in mixed) for k in (1, 2))
        if order is None and first > 12 >= second:
            order = "day first"
        elif order is None and second > 12 >= first:
            order = "month first"
        if order is None:
            doubt = mixed[0][4]
        for place, one, two, year, _ in mixed:
            day, number = (one, two) if order != "month first" else (two, one)
            parts[:, place] = _valid(year, number, day)
    return Dates(*parts, order if mixed else "", doubt, times)


def _date(text):
    """Year, month and day of a text."""
    found = _YMD.fullmatch(text) or _COMPACT.fullmatch(text)
    if found:
        return _valid(*map(int, found.groups()))
    found = _DAY_OF_YEAR.fullmatch(text)
    if found:
        year, day = map(int, found.groups())
        if not (1 <= year <= 9999 and 1 <= day <= 365 + calendar.isleap(year)):
            return np.nan, np.nan, np.nan
        date = datetime.date(year, 1, 1) + datetime.timedelta(day - 1)
        return date.year, date.month, date.day
    found = _YM.fullmatch(text)
    if found:
        return _valid(int(found[1]), int(found[2]), None)
    found = _MY.fullmatch(text)
    if found:
        return _valid(int(found[2]), int(found[1]), None)
    found = _NAMED.fullmatch(text) or None
    if found:
        day = found[1] or found[3]
        return _valid(int(found[4]), month(found[2]), day and int(day))
    found = _NAMED_LAST.fullmatch(text)
    if found:
        return _valid(int(found[1]), month(found[2]), found[3] and int(found[3]))
    return np.nan, np.nan, np.nan


def _valid(year, number, day):
    none = np.nan, np.nan, np.nan
    if not number or not 1 <= number <= 12 or not 1 <= year <= 9999:
        return none
    if day is None:
        return year, number, np.nan
    return (year, number, day) if 1 <= day <= calendar.monthrange(year, number)[1] else none


def is_serial(text):
    """Tell whether a text is the number by which Excel keeps a day between 1927 and 2064."""
    return bool(re.fullmatch(r"[1-5]\d{4}(\.\d+)?", plain(text)))


# --- places

_HEMISPHERES = {
    "n": 1, "e": 1, "s": -1, "w": -1,
    "北纬": 1, "东经": 1, "南纬": -1, "西经": -1, "北": 1, "东": 1, "南": -1, "西": -1,
}  # fmt: skip
_SIDE = "|".join(sorted(_HEMISPHERES, key=len, reverse=True))
_ANGLE = re.compile(
    rf"(?P<before>{_SIDE})?\s*(?P<sign>[+-])?\s*(?P<d>\d{{1,3}}(?:\.\d+)?)\s*(?:°|d|deg|度|º|:|-|\s|$)?\s*"
    rf"(?:(?P<m>\d{{1,2}}(?:\.\d+)?)\s*(?:['′’m]|min|分|:|-|\s|$)?\s*)?"
    rf"(?:(?P<s>\d{{1,2}}(?:\.\d+)?)\s*(?:[\"″”s]|''|sec|秒|$)?\s*)?(?P<after>{_SIDE})?"
)


def angle(text):
    """Return the degrees of a text with degrees, minutes and seconds; NaN where it is none.

    ``34°54'12"N``, ``34-54-12``, ``34 54.2``, ``N34.903``, ``北纬34度54分``.
    """
    # before letters are made plain, which splits signs of seconds
    text = text.replace("\u2033", '"').replace("\u2032", "'").replace("\u00ba", "\u00b0")
    text = plain(text).casefold()
    found = _ANGLE.fullmatch(text)
    if not found:
        return math.nan
    degrees, minutes, seconds = (float(found[k] or 0) for k in "dms")
    if minutes >= 60 or seconds >= 60:
        return math.nan
    if (found["m"] and degrees % 1) or (found["s"] and minutes % 1):
        return math.nan
    sides = [_HEMISPHERES[side] for side in (found["before"], found["after"]) if side]
    if len(sides) > 1 or (sides and found["sign"] == "-"):
        return math.nan
    sign = sides[0] if sides else -1 if found["sign"] == "-" else 1
    return sign * (degrees + minutes / 60 + seconds / 3600)


def of_minutes(coded):
    """Return degrees of places written as one number: 8737 is 87 deg 37 min, 873712 has seconds.

    Parameters
    ----------
    coded : ndarray
        Whole numbers.

    Returns
    -------
    ndarray
        NaN where minutes or seconds are none.
    """
    coded = np.asarray(coded, float)
    sign, size = np.sign(coded), np.abs(coded)
    with_seconds = np.nanmax(size, initial=0) >= 100_000
    seconds = size % 100 if with_seconds else np.zeros_like(size)
    size = size // 100 if with_seconds else size
    degrees, minutes = size // 100, size % 100
    found = sign * (degrees + minutes / 60 + seconds / 3600)
    return np.where((minutes < 60) & (seconds < 60) & (coded % 1 == 0), found, np.nan)


def of_hundredths(coded):
    """Return degrees of places whose two decimals are minutes: 34.54 is 34 deg 54 min."""
    return of_minutes(np.round(100 * np.asarray(coded, float), 6))


def looks_like_hundredths(values):
    """Tell whether decimals of different degrees are minutes: none of many is 60 or more.

    Decimal degrees would do so by chance with 0.6 to the power of their number; one in a million
    is the limit (own choice).
    """
    known = np.unique(np.asarray(values, float)[np.isfinite(values)])
    hundredths = np.round(100 * (np.abs(known) % 1), 6)
    if not len(known) or (hundredths % 1 != 0).any():
        return False
    return bool((hundredths < 60).all() and 0.6 ** len(known) < 1e-6)
