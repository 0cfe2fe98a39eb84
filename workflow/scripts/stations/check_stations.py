"""Check the records of stations: single values, and the level and dry days of whole records.

Reads   clean records (parquet: degC, mm, MJ m-2), grid (for its CRS)
Writes  records without rejected values and with their flags (parquet), table of those values, table
        of the stations whose whole record is suspect, table of their dry days
"""

import numpy as np
import pandas as pd
from nepflow._log import logged_to, progress
from nepflow.io import raster, tables
from nepflow.io.atomic import replacing
from nepflow.stations import cleaning, flags, quality, radiation, suspects
from nepflow.stations.days import STEPS, distances_km
from nepflow.study.variables import VARIABLES

CHECKS = {"daily": quality.checked, "monthly": quality.checked_months}


def check_stations(inputs, outputs, settings):
    """Single normals are not judged, there is one a month; the level of their record is."""
    records, step = pd.read_parquet(inputs["records"]), settings["time_step"]
    crs, made = raster.grid_of(inputs["grid"]).crs, {"flagged": [], "dry_days": []}
    if step == "normals":
        by_month, made["suspects"] = records.assign(year=2001), []
        steps = STEPS["monthly"](by_month, [2001])
        values = {name: steps.values(VARIABLES[name].column) for name in settings["variables"]}
    else:
        steps = STEPS[step](records, settings["years"])
        values, codes, made = checked(steps, crs, step, settings)
        columns = {VARIABLES[name].column: own for name, own in values.items()}
        records = steps.with_values(columns, codes)
    for name, own in values.items():
        made["suspects"] += departing(steps, crs, name, own, settings)
    with replacing(outputs["records"]) as temporary:
        records.to_parquet(temporary, index=False)
    columns = {
        "flagged": flags.FLAGGED,
        "suspects": suspects.SUSPECTS,
        "dry_days": suspects.DRY_DAYS,
    }
    for name, names in columns.items():
        tables.write(made[name], outputs[name], names, settings["simulated"])


def checked(steps, crs, step, settings):
    """Return values that passed, flag codes, and the tables of what did not."""
    variables, options = settings["variables"], settings["quality"]
    if step == "monthly":
        options = options | settings["monthly_quality"]
    apart = distances_km(cleaning.projected(steps.sites["lon"], steps.sites["lat"], crs))
    near = options["neighbours"]
    weights = quality.neighbour_weights(apart, near["radius_km"], near["max"])
    passed, codes, rejected = {}, {}, []
    for name in progress(variables, len(variables), "checks of station records"):
        about = VARIABLES[name]
        values, before = steps.values(about.column), steps.flags(name)
        top = top_of_atmosphere(steps) if about.below_top_of_atmosphere else None
        codes[name] = CHECKS[step](name, values, before, steps.month, weights, options, top)
        new = codes[name] != before
        unit = about.daily_unit if step == "daily" else about.monthly_unit
        rejected.append(flags.flagged_rows(steps, name, unit, values, codes[name], new))
        passed[name] = np.where(new, np.nan, values)
    made = {"flagged": pd.concat(rejected), "suspects": [], "dry_days": []}
    if step == "daily" and "precipitation" in passed:
        others = ~np.isnan(passed["temperature"])
        found = suspects.dry_days(passed["precipitation"], others, weights)
        names = steps.sites["station"].to_numpy(str)
        made["dry_days"] = list(found.rows(names))
        few = suspects.FEW_DRY_DAYS
        made["suspects"] = [
            (names[k], "precipitation", few, found.dry[k], found.neighbours[k], "% of days")
            for k in np.flatnonzero(found.suspects())
        ]
    return passed, codes, made


def departing(steps, crs, name, values, settings):
    """Return the stations whose whole record lies far from that of the neighbours, as rows."""
    about, limits = VARIABLES[name], settings["suspects"]
    sites = steps.sites
    xy = cleaning.projected(sites["lon"], sites["lat"], crs)
    place = np.column_stack([xy, sites["elevation_m"]]) / 1000
    levels = suspects.normals(values, steps.month, steps.name == "day", about.statistic)
    found = suspects.offsets(levels, place, about.spatial_scale)
    departs = found.suspects(limits["record_difference"][name], limits["record_score"])
    names = sites["station"].to_numpy(str)
    return [
        (names[k], name, suspects.OFFSET, found.level[k], found.reference[k], about.monthly_unit)
        for k in np.flatnonzero(departs)
    ]


def top_of_atmosphere(steps):
    """Radiation above the atmosphere of every step at every station, MJ m-2 d-1 or month-1."""
    first = steps.dates[0].astype("datetime64[D]")
    days = np.arange(first, (steps.dates[-1] + 1).astype("datetime64[D]"))
    day_of_year = pd.DatetimeIndex(days).dayofyear.to_numpy()
    latitude = steps.sites["lat"].to_numpy()
    daily = radiation.extraterrestrial_radiation(latitude, day_of_year[:, None])
    if steps.name == "day":
        return daily
    months = days.astype("datetime64[M]")
    return np.add.reduceat(daily, np.searchsorted(months, steps.dates), axis=0)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        check_stations(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            settings=dict(snakemake.params.items()),
        )
