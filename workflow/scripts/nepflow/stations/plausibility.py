"""Whether a climate can be that of its place: by variable, latitude and calendar month.

Limits of possible values find Kelvin and codes; they do not find Fahrenheit, watts for megajoules,
or a series that begins half a year off. The place does. Pure.
"""

import numpy as np

from nepflow.stations.radiation import extraterrestrial_radiation
from nepflow.stations.records import BadStations
from nepflow.study.variables import PLACE_LATITUDE, PLACE_RAIN, PLACE_SUN, VARIABLES

WARMER, COLDER = 18.0, 45.0  # K from the mean of the latitude at sea level; own choice, see `fault`
LAPSE = -6.5  # K km-1; ICAO standard atmosphere
SWING = 8.0  # K between the warmest and the coldest month from which seasons must be right
SEASONAL = 30.0  # degrees of latitude from which they must
CLEAREST, DIMMEST, DIM = 0.9, 0.22, 0.3  # share of the radiation above the atmosphere; own choice
DESERT = 100.0  # mm yr-1, below which only deserts are
WETTEST = 6000.0  # mm yr-1, above which only a few slopes are
MIDDLES = (15, 46, 74, 105, 135, 166, 196, 227, 258, 288, 319, 349)  # days of the year


def zonal_temperature(latitude):
    """Return the annual mean air temperature of a latitude at sea level, degC.

    ``14.9 - 28.0 P2(sin latitude)``, P2 the second Legendre polynomial.

    Parameters
    ----------
    latitude : float
        degrees.

    References
    ----------
    North (1975), J. Atmos. Sci. 32:2033-2043.
    """
    return 14.9 - 28.0 * (3 * np.sin(np.radians(latitude)) ** 2 - 1) / 2


def mistake(variable, values, limits):
    """Return " (perhaps kelvin)" where other units bring impossible values within the limits.

    Parameters
    ----------
    variable : str
    values : ndarray
        In the declared unit.
    limits : [low, high]
        Possible values.
    """
    known, found = values[np.isfinite(values)], []
    for name, (scale, offset) in VARIABLES[variable].mistakes.items():
        made = known * scale + offset
        if known.size and made.min() >= limits[0] and made.max() <= limits[1]:
            found.append(name)
    return f" (perhaps {' or '.join(found)})" if found else ""


def fault(variable, months, latitude, height=0.0):
    """Return what no climate of a place can be, or an empty text.

    Temperature: an annual mean within 45 K below and 18 K above that of the latitude at sea level
    (Greenland 20 below, the Danakil 9 above, Murman 9 above), and from 30 degrees on, where months
    differ by 8 K or more, a warmest month in the summer half of the year. Radiation: a share of
    that above the atmosphere.

    Parameters
    ----------
    variable : str
    months : ndarray, shape (12,)
        Medians of the calendar months, monthly unit of the variable; NaN where there is none.
    latitude : float
        Of the middle of the study, degrees.
    height : float
        Elevation where it is known, m: the mean of the latitude is taken there.
    """
    if not np.isfinite(months).all():
        return ""
    about = VARIABLES[variable]
    if about.place == PLACE_LATITUDE:
        return _fault_of_heat(months, latitude, height, about.mistakes)
    if about.place == PLACE_SUN:
        share = _share_of_top(months, latitude)
        if not DIMMEST <= share <= CLEAREST:
            return (
                f"its mean year of {months.sum():.0f} MJ m-2 is {100 * share:.0f} % of the "
                f"radiation above the atmosphere at latitude {latitude:.1f}; the ground gets 30 to "
                f"80 %{' (perhaps W m-2)' if DIMMEST <= 2.63 * share <= CLEAREST else ''}"
            )
    return ""


def _fault_of_heat(months, latitude, height, mistakes):
    mean, usual = months.mean(), zonal_temperature(latitude) + LAPSE * height / 1000
    if not usual - COLDER <= mean <= usual + WARMER:
        named = [
            name
            for name, (scale, offset) in mistakes.items()
            if usual - COLDER <= mean * scale + offset <= usual + WARMER
        ]
        return (
            f"its mean of {mean:.1f} degC is {mean - usual:+.0f} K from that of latitude "
            f"{latitude:.1f} at {f'{height:.0f} m' if height else 'sea level'} ({usual:.0f} degC)"
            + (
                f"; as {named[-1]} it would be {_as(mistakes[named[-1]], mean):.1f} degC"
                if named
                else ""
            )
        )
    if abs(latitude) >= SEASONAL and np.ptp(months) >= SWING:
        summer = {4, 5, 6, 7, 8, 9, 10} if latitude > 0 else {10, 11, 12, 1, 2, 3, 4}
        warmest = int(np.argmax(months)) + 1
        if warmest not in summer:
            return (
                f"month {warmest} is the warmest of the year at latitude {latitude:.1f}, so its "
                "months are off: do dates and first_month fit?"
            )
    return ""


def _as(mistake_of, value):
    scale, offset = mistake_of
    return value * scale + offset


def _share_of_top(months, latitude):
    """The year's radiation over that above the atmosphere (FAO-56 eq. 21)."""
    days = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    return months.sum() / (extraterrestrial_radiation(latitude, np.array(MIDDLES)) * days).sum()


def warning(variable, months, latitude):
    """Return what is possible and rare, or an empty text; see `fault`."""
    if not np.isfinite(months).all():
        return ""
    if VARIABLES[variable].place == PLACE_RAIN and not DESERT <= months.sum() <= WETTEST:
        dry = months.sum() < DESERT
        return (
            f"the median precipitation of a year is {months.sum():.1f} mm, as in "
            f"{'deserts alone' if dry else 'few places of the earth'}. If the area is none, the "
            f"unit is another ({'mm d-1, cm, inches' if dry else 'tenths of a millimetre'}?)"
        )
    if VARIABLES[variable].place == PLACE_SUN and _share_of_top(months, latitude) < DIM:
        return (
            f"{100 * _share_of_top(months, latitude):.0f} % of the radiation above the atmosphere "
            "reaches the ground, as under constant cloud alone. Is the unit right?"
        )
    return ""


def of_stations(records, columns, path, declared=(), policy="error"):
    """Return warnings on station records; refuse those that cannot be of their place.

    Rain as in deserts alone is refused too unless the unit is declared: a file in centimetres or
    inches looks so.

    Parameters
    ----------
    records : DataFrame
        station, lat, elevation_m, month and the columns of the variables, days or months.
    columns : dict of {str: str}
        Column of each variable.
    path : str
    declared : collection of str
        Variables whose unit the study or the archive says.
    policy : {"error", "keep"}
        Of single stations whose record is that of the neighbours in another unit
        (``climate.defects.other_unit``).

    Raises
    ------
    BadStations
    """
    warnings = []
    sites = records.drop_duplicates("station")
    latitude, height = (float(sites[name].median()) for name in ("lat", "elevation_m"))
    if not (abs(latitude) <= 90 and np.isfinite(height)):  # positions are judged elsewhere
        return warnings
    for variable, column in columns.items():
        if column not in records:
            continue
        months = _of_columns(records, column, VARIABLES[variable].statistic)
        found = fault(variable, months, latitude, height)
        if found:
            raise BadStations(
                f"{path}: {column}: {found}. Check the unit of the column, and that latitudes and "
                "dates are what they say."
            )
        said = warning(variable, months, latitude)
        rain = VARIABLES[variable].place == PLACE_RAIN and variable not in declared
        if said and rain and months.sum() < DESERT:
            raise BadStations(
                f"{path}: {column}: {said} Convert the column, or say its unit, mm too: "
                f"climate.station_table: {{units: {{{variable}: mm}}}}."
            )
        if policy == "error":
            _refuse_other_units(records, variable, column, path)
        warnings += [f"{path}: {column}: {said}"] if said else []
    return warnings


def _of_columns(records, column, statistic):
    """Medians over stations of the mean month, shape (12,)."""
    means = records.groupby(["station", "month"], observed=True)[column].mean()
    medians = means.groupby("month").median().reindex(range(1, 13)).to_numpy(float)
    days = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    return medians * (days if statistic == "sum" and "day" in records else 1)


NEIGHBOURS, REACH_DEG = 8, 4.0  # stations that one is compared with, and how far they may be
FEWEST = 4  # of them
OFF_K = 12.0  # mean departure of monthly temperatures from which a unit is asked for; own choice
OFF_RATIO, OFF_SPREADS = 7.0, 5.0  # the same of annual rain, over and in spreads of the neighbours
MENDED = 0.3  # of the departure at most is left by the right unit; own choice
RAIN_UNITS = {"inches": 25.4, "centimetres": 10.0, "tenths of a millimetre": 0.1}


def other_units(variable, normals, lon, lat):
    """Return the stations whose record is that of their neighbours in another unit.

    Temperature: the twelve normals depart by `OFF_K` from the medians of the neighbours, and the
    right unit leaves a third of that. Rain: the annual total is more than `OFF_RATIO` times theirs
    or less than that part of it, `OFF_SPREADS` robust spreads of their own, and the unit mends it.

    Parameters
    ----------
    variable : str
    normals : ndarray, shape (12, station)
        Monthly unit of the variable; NaN where there is none.
    lon, lat : ndarray, shape (station,)
        Degrees.

    Returns
    -------
    list of (int, str)
        Number of the station, probable unit.
    """
    about, found = VARIABLES[variable], []
    if about.place not in (PLACE_LATITUDE, PLACE_RAIN):
        return found
    known = np.isfinite(normals).all(axis=0) & np.isfinite(lon) & np.isfinite(lat)
    for station in np.flatnonzero(known):
        apart = np.hypot(
            lat - lat[station], (lon - lon[station]) * np.cos(np.radians(lat[station]))
        )
        apart = np.where(known, apart, np.inf)
        apart[station] = np.inf
        near = np.argsort(apart, kind="stable")[:NEIGHBOURS]
        near = near[apart[near] <= REACH_DEG]
        if len(near) < FEWEST:
            continue
        judge = _unit_of_heat if about.place == PLACE_LATITUDE else _unit_of_rain
        name = judge(normals[:, station], normals[:, near], about.mistakes)
        if name:
            found.append((int(station), name))
    return found


def _unit_of_heat(own, others, mistakes):
    usual = np.median(others, axis=1)
    off = np.abs(own - usual).mean()
    if off < OFF_K:
        return ""
    left = {name: np.abs(own * s + o - usual).mean() for name, (s, o) in mistakes.items()}
    best = min(left, key=left.get)
    return best if left[best] < MENDED * off else ""


def _unit_of_rain(own, others, mistakes):
    totals = others.sum(axis=0)
    if own.sum() <= 0 or (totals <= 0).any():
        return ""
    logs = np.log(totals)
    usual = np.median(logs)
    spread = 1.4826 * np.median(np.abs(logs - usual))
    off = abs(np.log(own.sum()) - usual)
    if off < max(np.log(OFF_RATIO), OFF_SPREADS * spread):
        return ""
    left = {name: abs(np.log(own.sum() * scale) - usual) for name, scale in RAIN_UNITS.items()}
    best = min(left, key=left.get)
    return best if left[best] < MENDED * off else ""


def _refuse_other_units(records, variable, column, path):
    """Refuse stations of another unit than their neighbours."""
    means = records.groupby(["station", "month"], observed=True)[column].mean().unstack("month")
    normals = means.reindex(columns=range(1, 13)).to_numpy(float).T
    sites = records.drop_duplicates("station").set_index("station").reindex(means.index)
    found = other_units(
        variable, normals, *(sites[name].to_numpy(float) for name in ("lon", "lat"))
    )
    if found:
        listed = ", ".join(str(means.index[station]) for station, _ in found[:6])
        raise BadStations(
            f"{path}: {column} of {len(found)} stations ({listed}) is that of their neighbours in "
            f"{found[0][1]}. Convert their values; or leave them out: climate: {{exclude: [...]}}; "
            "or, if they are right, climate: {defects: {other_unit: keep}}."
        )
