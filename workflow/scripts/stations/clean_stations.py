"""Clean the station records of a study.

Reads   station files (tidy CSV or an archive's), outlines of the area, grid (for its CRS)
Writes  records (parquet: station, position, time, degC, mm, MJ m-2), all stations with their
        position (CSV), tables of defects and of what the days of each station are made of
"""

import logging

from nepflow._log import logged_to
from nepflow._watch import watched
from nepflow.io import raster, tables
from nepflow.io.atomic import replacing
from nepflow.stations import archive_rules, archives, cleaning, plausibility, radiation
from nepflow.stations import records as stations_records
from nepflow.study.variables import VARIABLES

SITE = ["station", "lon", "lat"]


def clean_stations(inputs, outputs, settings):
    """Apply the policy of each defect, and count what it removes."""
    stations_path, variables = settings["stations_path"], settings["variables"]
    time_step, defects = settings["time_step"], settings["defects"]
    columns = {name: VARIABLES[name].column for name in variables}
    kind = "daily" if time_step == "daily" else "monthly"
    limits, heights = settings["limits"][kind], settings["elevation_limits_m"]
    steps = stations_records.DOORS[time_step][2]
    ledger = cleaning.Ledger(stations_path, defects)

    substitutes = radiation.SUBSTITUTES if "radiation" in variables else None
    rules = archive_rules.Rules(tuple(settings["years"]), settings["unreported_rain"])
    records = archives.read_stations(
        stations_path,
        settings["station_format"],
        list(columns.values()),
        time_step,
        substitutes,
        settings["missing_values"],
        rules,
        settings.get("station_table"),
    )
    sites = records[SITE].dropna().drop_duplicates("station")
    records = cleaning.exclude(records, settings["exclude"], columns, ledger)
    records = cleaning.of_years(records, settings["years"], stations_path)
    read = columns | {"sunshine": radiation.SUNSHINE, "elevation": "elevation_m"}
    possible, policy = limits | {"elevation": heights}, defects["undeclared_code"]
    records = cleaning.settle_codes(records, read, possible, ledger, policy)
    records = radiation.with_radiation(records, time_step, settings["angstrom"], ledger)
    stations_records.check_units(
        records, columns, settings["plausible_median"][kind], limits, stations_path
    )
    for warning in plausibility.of_stations(
        records,
        columns,
        stations_path,
        settings.get("declared_units", ()),
        defects.get("other_unit", "keep"),
    ):
        logging.getLogger(__name__).warning(warning)
    records = cleaning.clean(
        records, list(columns.values()), steps, ledger, settings["position_tolerance"], heights
    )
    crs = raster.grid_of(inputs["grid"]).crs
    records = cleaning.drop_distant(records, inputs["area"], crs, settings["buffer_km"], ledger)
    records = cleaning.mask_impossible(records, columns, limits, ledger)
    cleaning.require(records, settings["min_stations"], ledger)

    with replacing(outputs["records"]) as temporary:
        records.to_parquet(temporary, index=False)
    simulated = settings["simulated"]
    tables.write(sites.sort_values("station"), outputs["sites"], SITE, simulated)
    tables.write(ledger.rows, outputs["defects"], ledger.COLUMNS, simulated)
    if inputs.get("gathered"):  # the archive was read before
        gathered = tables.read(inputs["gathered"], archive_rules.DEFINITIONS)
        rules.rows.extend(gathered.itertuples(index=False, name=None))
    tables.write(rules.rows, outputs["definitions"], archive_rules.DEFINITIONS, simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), watched(snakemake.params.raw):
        clean_stations(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            settings=dict(snakemake.params.items()),
        )
