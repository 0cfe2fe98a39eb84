"""Summarise annual quantities over the zones of a study.

Reads   sums over all zones, the grid
Writes  series (mean, total, area, valid share a year and zone), trends of the zones' means
"""

import numpy as np
import pandas as pd
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.zones.sums import COLUMNS, SUMS, Summary, chosen, period, statistics, year_values


def summarise_zones(sums_path, zones_name, grid_path, outputs, own_years, settings):
    """The region is the zone ``all``; a zone's mean is over its valid cells.

    Zones have rows of their ``own_years`` alone: not of years for which another year's map stands.

    Parameters
    ----------
    sums_path, zones_name, grid_path : str
    outputs : dict
        series, trends; shown_series and shown_trends: what figures and the report show of them.
    own_years : list of int
    settings : dict
        summary (`Summary`), show (see `sums.chosen`), simulated.
    """
    cell_km2 = raster.grid_of(grid_path).cell_area_m2 / 1e6
    kinds, summary = ["region", zones_name], settings["summary"]
    sums = pd.read_parquet(sums_path, filters=[("zones", "in", kinds)])
    sums = sums[(sums.zones == "region") | sums.year.isin(own_years)]
    series, trends, shown = [], [], None
    for quantity in sums.quantity.unique():
        of_quantity = sums[sums.quantity == quantity]
        for kind in kinds:
            rows = of_quantity[of_quantity.zones == kind]
            if rows.empty:
                continue
            years, unit = sorted(rows.year.unique().tolist()), rows.unit.iloc[0]
            rows = rows.sort_values(["code", "year"], kind="stable")
            of_zones = rows[list(SUMS)].to_numpy().reshape(-1, len(years), len(SUMS)).T
            names = ["all"] if kind == "region" else rows.zone.iloc[:: len(years)].tolist()
            if kind != "region" and shown is None:
                shown = names, *chosen(names, of_zones[2].mean(axis=0), settings["show"], kind)
            found = year_values(quantity, unit, of_zones[:3], cell_km2)
            series.append(series_rows(kind, names, years, found))
            found = list(statistics(quantity, unit, years, of_zones, cell_km2, summary))
            trends.append(trend_rows(kind, names, period(years), found))
    for name, parts, columns in (
        ("series", series, tables.COLUMNS),
        ("trends", trends, COLUMNS),
    ):
        table = pd.concat(parts, ignore_index=True)
        tables.write(table, outputs[name], columns, simulated=settings["simulated"])
        some, columns = shown_of(table, shown, columns)
        tables.write(some, outputs[f"shown_{name}"], columns, simulated=settings["simulated"])


def shown_of(table, shown, columns):
    """Return the rows of the zones that are shown, and which they are in a column ``shown``."""
    names, those, said = shown or ([], [], "")
    if not said:
        return table, columns
    names = [name for name, one in zip(names, those, strict=True) if one]
    some = table[(table["zones"] == "region") | table["zone"].isin(names)]
    return some.assign(shown=said), [*columns, "shown"]


def series_rows(kind, names, years, found):
    """Return the rows of zones, years and quantities, in this order."""
    each, count = len(years) * len(found), len(names)
    values = np.stack([values for _, _, values in found], axis=-1)  # year, zone, quantity
    columns = {
        "zones": np.full(count * each, kind, dtype=object),
        "zone": np.repeat(np.array(names, dtype=object), each),
        "year": np.tile(np.repeat(years, len(found)), count),
        "quantity": np.tile([name for name, _, _ in found], count * len(years)),
        "value": values.transpose(1, 0, 2).ravel(),
        "unit": np.tile([unit for _, unit, _ in found], count * len(years)),
    }
    return pd.DataFrame(columns)


def trend_rows(kind, names, years, found):
    """Return the rows of zones and statistics, in this order; ``years`` is their period."""
    count = len(names)
    numbers = ("value", "low", "high", "valid_years", "valid_share_percent")
    columns = {
        "zones": kind,
        "zone": np.repeat(np.array(names, dtype=object), len(found)),
        "year": years,
        "quantity": np.tile([one.name for one in found], count),
        "unit": np.tile([one.unit for one in found], count),
        **{
            name: np.stack([getattr(one, name) for one in found], axis=-1).ravel()
            for name in numbers
        },
    }
    return pd.DataFrame(columns)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        summarise_zones(
            sums_path=snakemake.input.sums,
            zones_name=snakemake.wildcards.zones,
            grid_path=snakemake.input.grid,
            outputs=dict(snakemake.output.items()),
            own_years=snakemake.params.own_years,
            settings={
                "summary": Summary(**snakemake.params.summary),
                "show": snakemake.params.show,
                "simulated": snakemake.params.simulated,
            },
        )
