"""Rules by which the elements of an archive become the variables of a station.

A reader of an archive returns elements (TAVG, TMAX, PRCP, ...) and decides nothing. What a day of a
station is made of is decided here, for the whole record of the station at once, so that no record
changes its definition from day to day, and no day is dry or wet because nobody reported it.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

ALL_YEARS = ()
DEFINITIONS = ("station", "variable", "how", "days")  # columns of the table of what was done

# Column -> its possible definitions, the first preferred: name, elements whose mean it is
CHOICES = {
    "cma_daily": {
        "temperature_degc": {"TEM-12001": ("TEM-12001",)},
        "precipitation_mm": {"PRE-13011": ("PRE-13011",)},
        "sunshine_h": {"SSD-14032": ("SSD-14032",)},
    },
    "ghcn_daily": {
        "temperature_degc": {"TAVG": ("TAVG",), "(TMAX + TMIN) / 2": ("TMAX", "TMIN")},
        "precipitation_mm": {"PRCP": ("PRCP",)},
        "sunshine_h": {"TSUN": ("TSUN",)},
    },
    "gsod": {
        "temperature_degc": {"TEMP": ("TEMP",)},
        "precipitation_mm": {"PRCP": ("PRCP",)},
    },
}
VARIABLE = {  # as the tables of stations call the columns
    "temperature_degc": "temperature",
    "precipitation_mm": "precipitation",
    "sunshine_h": "sunshine",
}
AS_WELL = 0.98  # share of the other's days with which the preferred definition is taken
WET_MM = 1.0  # a day of rain that an observer of the weather can hardly miss
OBSERVED, RAIN = "TEMP_COUNT", "RAIN_SEEN"  # columns of GSOD beside its elements
# Observations that the mean of a day is made of, GSOD: synoptic hours, three-hourly, hourly
COUNTS = {"4 to 7": (4, 7), "8 to 17": (8, 17), "18 to 24": (18, 24)}
# What the table of definitions says that a reader of the report must know
NOT_USED = "not used"
MEAN_OF = "mean of {} observations"
DRY = "0: no amount, no rain seen"
LEFT_OUT = "left out: dry days not reported, weather flags say nothing"
MIXED_PERCENT = 20  # days of a station whose mean is of another number of observations


@dataclass(frozen=True)
class Rules:
    """What a study chooses, and the list of what was done.

    Attributes
    ----------
    years : sequence of int
        Years that count for the choice of a definition; none: all.
    unreported_rain : dict
        ``climate.unreported_rain``: rule, min_agreement_percent, max_unreported_percent.
    rows : list of (station, variable, how, days)
        `DEFINITIONS`; grows as records are read.
    """

    years: tuple = ALL_YEARS
    unreported_rain: dict = field(default_factory=lambda: {"rule": "missing"})
    rows: list = field(default_factory=list)

    def note(self, stations, variable, how, days):
        """Add a row for every station with at least one such day."""
        found = zip(stations, np.asarray(days, int), strict=True)
        self.rows.extend((str(name), variable, how, int(count)) for name, count in found if count)


def settled(table, kind, columns, rules):
    """Return records whose columns have one definition a station.

    Parameters
    ----------
    table : DataFrame
        station, year, and a column for each element, in the unit of its variable.
    kind : str
        Key of `CHOICES`.
    columns : list of str
        Columns of variables to make.
    rules : Rules

    Returns
    -------
    DataFrame
        ``table`` with ``columns``, without the elements.
    """
    code, stations = pd.factorize(table["station"], sort=True)
    counted = np.ones(len(table), bool)
    if len(rules.years):
        counted = table["year"].isin(rules.years).to_numpy()
    made = {}
    for column in columns:
        ways = {
            name: table[list(elements)].to_numpy(float).mean(axis=1)
            for name, elements in CHOICES[kind][column].items()
        }
        variable = VARIABLE[column]
        if len(ways) > 1:
            made[column] = _noted_choice(ways, code, stations, counted, variable, rules)
        else:
            (made[column],) = ways.values()
    if kind == "gsod" and "precipitation_mm" in made:
        rain = made["precipitation_mm"]
        made["precipitation_mm"] = _gsod_rain(rain, table[RAIN], code, stations, counted, rules)
    if kind == "gsod" and "temperature_degc" in made:
        _note_counts(made["temperature_degc"], table[OBSERVED], code, stations, counted, rules)
    elements = {e for ways in CHOICES[kind].values() for names in ways.values() for e in names}
    return table.drop(columns=[*elements, OBSERVED, RAIN], errors="ignore").assign(**made)


def one_definition(ways, code, stations, counted, least=AS_WELL):
    """Choose one definition for each station: the preferred one where it covers the period too.

    Parameters
    ----------
    ways : dict of {str: ndarray, shape (record,)}
        Values by definition, the preferred first; NaN = none.
    code : ndarray of int, shape (record,)
        Number of the station.
    stations : int
    counted : ndarray of bool, shape (record,)
        Which records lie in the period.
    least : float
        The first definition is taken that has at least this share of the records of the best.

    Returns
    -------
    chosen : ndarray of int, shape (station,)
        Number of the definition.
    days : ndarray of int, shape (definition, station)
        Records of each.
    """
    days = np.stack(
        [
            np.bincount(code[counted & ~np.isnan(values)], minlength=stations)
            for values in ways.values()
        ]
    )
    return (days >= least * days.max(axis=0)).argmax(axis=0), days


def _noted_choice(ways, code, stations, counted, variable, rules):
    """Return the values of each station by its one definition, and note what was left."""
    chosen, days = one_definition(ways, code, len(stations), counted)
    for number, name in enumerate(ways):
        rules.note(stations, variable, name, np.where(chosen == number, days[number], 0))
        left = np.where(chosen == number, 0, days[number])
        rules.note(stations, variable, f"{name}, {NOT_USED}", left)
    return np.choose(chosen[code], list(ways.values()))


def agreement(rain, seen, code, stations):
    """Return how well the weather flags and the amounts of GSOD agree at each station.

    Parameters
    ----------
    rain : ndarray, shape (record,)
        mm; NaN = not reported.
    seen : ndarray, shape (record,)
        1 rain was seen, 0 none was, NaN unknown.
    code : ndarray of int, shape (record,)
        Number of the station.
    stations : int

    Returns
    -------
    flagged : ndarray, shape (station,)
        %, days of at least `WET_MM` on which rain was seen too; NaN without such a day.
    reported : ndarray, shape (station,)
        %, days on which rain was seen that have an amount; NaN without such a day.
    """

    def percent(of, among):
        all_days = np.bincount(code[among], minlength=stations)
        share = np.full(stations, np.nan)
        some = np.bincount(code[among & of], minlength=stations)
        return np.divide(100.0 * some, all_days, out=share, where=all_days > 0)

    return percent(seen == 1, (rain >= WET_MM) & ~np.isnan(seen)), percent(
        ~np.isnan(rain), seen == 1
    )


def _gsod_rain(rain, seen, code, stations, counted, rules):
    """Return rain with the days that nobody reported set by the rule of the study."""
    seen, count = np.asarray(seen, float), len(stations)
    options, name = rules.unreported_rain, "precipitation"

    def days(mask):
        return np.bincount(code[mask & counted], minlength=count)

    unreported = np.isnan(rain) & (seen == 0)
    rules.note(stations, name, "amount reported", days(~np.isnan(rain)))
    rules.note(
        stations,
        name,
        "missing: no amount, rain seen or unknown",
        days(np.isnan(rain) & (seen != 0)),
    )
    if options["rule"] != "weather":
        rules.note(stations, name, "missing: no amount, no rain seen", days(unreported))
        return rain
    trusted = np.all(
        [
            share >= options["min_agreement_percent"]  # NaN, no rain reported at all, is no proof
            for share in agreement(rain[counted], seen[counted], code[counted], count)
        ],
        axis=0,
    )
    dry = unreported & trusted[code]
    rules.note(stations, name, DRY, days(dry))
    known, lost = days(~np.isnan(rain)), days(unreported)
    biased = ~trusted & (100 * lost > options["max_unreported_percent"] * (known + lost))
    rules.note(
        stations,
        name,
        LEFT_OUT,
        np.where(biased, known, 0),
    )
    rules.note(
        stations, name, "missing: no amount, weather flags say nothing", np.where(trusted, 0, lost)
    )
    return np.where(biased[code], np.nan, np.where(dry, 0.0, rain))


def _note_counts(temperature, observations, code, stations, counted, rules):
    """Note from how many observations the mean temperature of a day was made."""
    number = np.asarray(observations, float)
    for name, (low, high) in COUNTS.items():
        mask = counted & ~np.isnan(temperature) & (number >= low) & (number <= high)
        days = np.bincount(code[mask], minlength=len(stations))
        rules.note(stations, "temperature", MEAN_OF.format(name), days)


def sentences(table):
    """Yield what the report says of the rules.

    Parameters
    ----------
    table : DataFrame
        Columns `DEFINITIONS`.
    """
    left = table[table["how"] == LEFT_OUT]["station"]
    if len(left):
        yield (
            f"rain of {len(left)} stations is left out: they do not report their dry days, and "
            f"their weather flags do not show which days were dry ({', '.join(left[:5])}"
            f"{', ...' if len(left) > 5 else ''}; climate.unreported_rain)"
        )
    dry = table[table["how"] == DRY]
    if len(dry):
        yield (
            f"{dry['days'].sum()} days of {len(dry)} stations without an amount of rain count as "
            "dry, since nobody saw rain (station_definitions.csv)"
        )
    counts = table[table["how"].isin([MEAN_OF.format(name) for name in COUNTS])]
    days = counts.groupby("station")["days"].agg(["sum", "max"])
    mixed = int((100 * days["max"] < (100 - MIXED_PERCENT) * days["sum"]).sum())
    if mixed:
        yield (
            f"mean temperature of {mixed} stations changes between 4, 8 and 24 observations a day: "
            "a step between them can look like a trend (station_definitions.csv)"
        )
