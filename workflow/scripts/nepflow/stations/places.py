"""Places of stations as files write them: degrees, minutes, metres, feet. Pure."""

import numpy as np

from nepflow.io import table_cells
from nepflow.stations import columns as station_columns
from nepflow.stations.columns import LAT, LON

ESTIMATED = 100_000  # added by CMA to elevations that were estimated


def position(table, ours, theirs, texts, reading):
    """Return a coordinate or height of the rows; NaN = none."""
    values, odd = np.full(len(texts.texts), np.nan), []
    comma = any(table_cells.DECIMAL_COMMA.fullmatch(text.strip()) for text in texts.texts)
    for place, text in enumerate(texts.texts):
        cell = table_cells.number(text)
        if cell.kind == table_cells.EITHER and comma:
            cell = table_cells.Cell(table_cells.DECIMAL, cell.other)
        if cell.kind in (table_cells.VALUE, table_cells.DECIMAL) or (
            cell.kind == table_cells.THOUSANDS and ours not in (LON, LAT)
        ):
            values[place] = cell.value
        elif cell.kind != table_cells.MISSING:
            values[place] = table_cells.angle(text) if ours in (LON, LAT) else np.nan
            if np.isnan(values[place]):
                row = first_used(table, texts, place)
                if row is not None:
                    needed = "degrees" if ours in (LON, LAT) else "metres"
                    table.refuse_cell(theirs, text, row, f"{needed} are needed there.")
            else:
                odd.append(text)
    if odd:
        table.said.append(f"{theirs}: degrees and minutes as {odd[0].strip()}")
    if ours not in (LON, LAT):
        values = _heights(table, ours, theirs, values, reading)
    return texts.of(values)


def first_used(table, texts, place):
    """Return the first used row of a text; None where all its rows are left out."""
    rows = texts.codes == place
    rows = rows if table.left_out is None else rows & ~table.left_out
    return int(np.argmax(rows)) if rows.any() else None


def _heights(table, ours, theirs, values, reading):
    """Return heights in metres; feet and tenths by declaration."""
    unit = station_columns.unit_of_column(
        table, ours, theirs, reading.unit_of(ours), reading.time_step
    )
    values[np.isin(values, np.asarray(reading.missing, float))] = np.nan
    estimated = np.abs(values) >= ESTIMATED
    if unit.factor == 0.1 and estimated.any():
        values = np.where(estimated, values - np.sign(values) * ESTIMATED, values)
        table.said.append(f"{theirs}: {estimated.sum()} heights were estimated (100000 taken away)")
    if unit.converts:
        table.said.append(f"{theirs}: {unit.text} becomes m")
    return values * unit.scale


def check(table, places, found, texts, reading):
    """Bring coordinates to degrees, in place; refuse those that are none."""
    declared = reading.settings.get("positions")
    limits = {LON: 360.0, LAT: 90.0}
    known = {}
    for name in limits:
        values = places[name]
        codes = np.isin(values, [-9999, -999, -99, 9999, 99999, 999999, -99999, 999])
        places[name] = np.where(codes, np.nan, values)
        known[name] = np.unique(table.used(places[name]))
        known[name] = known[name][np.isfinite(known[name])]
    coded = {
        name: len(values) > 0 and (np.abs(values) > limits[name]).any() and (values % 1 == 0).all()
        for name, values in known.items()
    }
    if any(coded.values()) and all((values % 1 == 0).all() for values in known.values()):
        made = {name: table_cells.of_minutes(places[name]) for name in limits}
        sound = all(
            np.isfinite(made[n][np.isfinite(places[n])]).all()
            and np.nanmax(np.abs(made[n]), initial=0) <= limits[n]
            for n in limits
        )
        if sound and declared != "degrees":
            example = next(f"{values[0]:.0f}" for values in known.values() if len(values))
            table.said.append(f"places are degrees and minutes, such as {example}")
            places |= made
            known = {name: np.unique(made[name][np.isfinite(made[name])]) for name in limits}
    elif declared == "degrees_minutes":
        made = {name: table_cells.of_hundredths(places[name]) for name in limits}
        for name, values in made.items():
            wrong = np.isnan(values) & np.isfinite(places[name])
            if wrong.any():
                row = int(np.argmax(wrong))
                text = found[texts[name]].texts[found[texts[name]].codes[row]]
                table.refuse_cell(texts[name], text, row, "no minutes of 60 or more can be.")
        table.said.append("places are degrees and minutes, as declared")
        places |= made
        known = {name: np.unique(made[name][np.isfinite(made[name])]) for name in limits}
    elif declared is None and all(table_cells.looks_like_hundredths(v) for v in known.values()):
        table.refuse(
            f"none of {min(map(len, known.values()))} places has decimals of 60 or more, as where "
            "34.54 is 34 degrees 54 minutes. Declare "
            f"{table.written.key}: {{positions: degrees_minutes}} or {{positions: degrees}}."
        )
    _refuse_places(table, known, texts, limits)
    if len(known[LON]) and known[LON].max() > 180:
        table.said.append("longitudes 0 to 360")
        places[LON] = np.where(places[LON] > 180, places[LON] - 360, places[LON])


def _refuse_places(table, known, texts, limits):
    """Refuse coordinates of which most are none: swapped, or metres."""
    lat, lon = known[LAT], known[LON]
    if not (len(lat) and len(lon)):
        return
    beyond = (np.abs(lat) > 90).mean()
    if beyond > 0.5 and (np.abs(lat) <= 180).all() and (np.abs(lon) <= 90).all():
        table.refuse(
            f"column {texts[LAT]} holds {lat[np.abs(lat) > 90][0]:g}, which is no latitude, and "
            f"{texts[LON]} holds latitudes: they are swapped. Write {table.written.key}: "
            f"{{columns: {{lon: {texts[LAT]}, lat: {texts[LON]}}}}}, or mend the file."
        )
    for name, values in known.items():
        wrong = np.abs(values) > limits[name]
        if wrong.mean() > 0.5:
            table.refuse(
                f"column {texts[name]} holds {values[wrong][0]:g}; degrees are needed (34.9, "
                "34°54'N, or 3454 for degrees and minutes in both columns), no metres."
            )
