"""What goes wrong with records, and the list of it."""

import numpy as np

COLUMNS = ("station", "defect", "variable", "first_date", "last_date", "days", "value", "unit")
UNITS = {"temperature_degc": "degC", "precipitation_mm": "mm", "radiation_mj_m2": "MJ m-2"}
ALL = ",".join(UNITS)
LOST_DAYS = 0.004  # share of single values that are missing
BLOCK_GAPS = 0.20  # share of stations with a longer interruption
LATE_STARTS = 0.08  # share of stations that begin years later
OUTLIERS = {  # variable -> values written instead, or shifts
    "temperature_degc": (("set", 999.0), ("shift", 40.0), ("shift", -40.0)),
    "precipitation_mm": (("set", 9999.0), ("set", -5.0)),
    "radiation_mj_m2": (("set", 999.0), ("set", -1.0)),
}
OUTLIER_STATIONS = 0.30
DUPLICATE_STATIONS = 0.10


def entry(station, defect, variable, dates, value="", unit=""):
    """Return one row of the list of defects."""
    return dict(
        zip(
            COLUMNS,
            (station, defect, variable, dates[0], dates[-1], len(dates), value, unit),
            strict=True,
        )
    )


def lose_days(rng, name, days, records):
    """Blank single values and longer blocks in place; return the list."""
    found = []
    for variable, values in records.items():
        lost = np.flatnonzero(rng.random(len(days)) < LOST_DAYS)
        values[lost] = np.nan
        if len(lost):
            found.append(entry(name, "missing days", variable, days[lost]))
    if rng.random() < BLOCK_GAPS:
        length = int(min(rng.integers(40, 500), len(days) // 4))
        first = int(rng.integers(0, len(days) - length))
        for values in records.values():
            values[first : first + length] = np.nan
        found.append(entry(name, "interruption", ALL, days[first : first + length]))
    if rng.random() < LATE_STARTS:
        first = int(len(days) * rng.uniform(0.1, 0.4))
        for values in records.values():
            values[:first] = np.nan
        found.append(entry(name, "late start", ALL, days[:first]))
    return found


def spoil_values(rng, name, days, records):
    """Plant impossible values in place; return the list."""
    found = []
    if rng.random() >= OUTLIER_STATIONS:
        return found
    for variable, choices in OUTLIERS.items():
        kind, amount = choices[int(rng.integers(len(choices)))]
        present = np.flatnonzero(np.isfinite(records[variable]))
        if len(present) == 0:
            continue
        day = int(rng.choice(present))
        spoilt = amount if kind == "set" else round(records[variable][day] + amount, 1)
        records[variable][day] = spoilt
        found.append(
            entry(name, "impossible value", variable, days[[day]], spoilt, UNITS[variable])
        )
    return found


def repeated_days(rng, name, days, records):
    """Return the positions of days to write, some twice, changed repeats, and the list.

    Returns
    -------
    positions : ndarray of int
        Days in the order of the file.
    changed : ndarray of int
        Places in ``positions`` whose temperature disagrees with the other record of that day.
    found : list of dict
    """
    positions = np.arange(len(days))
    if rng.random() >= DUPLICATE_STATIONS:
        return positions, np.array([], dtype=int), []
    whole = np.flatnonzero(np.all(np.isfinite(list(records.values())), axis=0))
    same, other = np.split(np.sort(rng.choice(whole, 6, replace=False)), 2)
    positions = np.sort(np.concatenate([positions, same, other]), kind="stable")
    changed = np.searchsorted(positions, other, side="right") - 1
    found = [entry(name, "identical repeat", ALL, days[[k]]) for k in same]
    found += [
        entry(name, "conflicting repeat", "temperature_degc", days[[k]], 2.7, "K") for k in other
    ]
    return positions, changed, found
