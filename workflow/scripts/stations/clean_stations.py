"""Clean the station records of a study.

Reads   station files (tidy CSV or an archive's), outlines of the area, grid (for its CRS)
Writes  records (parquet: station, position, time, degC, mm, MJ m-2), all stations with their
        position (CSV), table of defects
"""

from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.io.atomic import replacing
from nepflow.stations import archives, cleaning, radiation
from nepflow.stations import records as stations_records
from nepflow.study.variables import VARIABLES

SITE = ["station", "lon", "lat"]


def clean_stations(
    stations_path,
    area_path,
    grid_path,
    records_path,
    sites_path,
    defects_path,
    station_format,
    variables,
    years,
    time_step,
    buffer_km,
    minimum_stations,
    plausible_median,
    limits,
    elevation_limits_m,
    position_tolerance,
    defects,
    angstrom,
    simulated,
    missing_values=(),
):
    """Apply the policy of each defect, and count what it removes."""
    columns = {name: VARIABLES[name].column for name in variables}
    kind = "daily" if time_step == "daily" else "monthly"
    steps = stations_records.DOORS[time_step][2]
    ledger = cleaning.Ledger(stations_path, defects)

    substitutes = radiation.SUBSTITUTES if "radiation" in variables else None
    records = archives.read_stations(
        stations_path,
        station_format,
        list(columns.values()),
        time_step,
        substitutes,
        missing_values,
    )
    sites = records[SITE].dropna().drop_duplicates("station")
    records = cleaning.of_years(records, years, stations_path)
    read = columns | {"sunshine": radiation.SUNSHINE, "elevation": "elevation_m"}
    possible, policy = limits[kind] | {"elevation": elevation_limits_m}, defects["undeclared_code"]
    records = cleaning.settle_codes(records, read, possible, ledger, policy)
    records = radiation.with_radiation(records, time_step, angstrom, ledger)
    stations_records.check_units(
        records, columns, plausible_median[kind], limits[kind], stations_path
    )
    records = cleaning.clean(
        records, list(columns.values()), steps, ledger, position_tolerance, elevation_limits_m
    )
    crs = raster.grid_of(grid_path).crs
    records = cleaning.drop_distant(records, area_path, crs, buffer_km, ledger)
    records = cleaning.mask_impossible(records, columns, limits[kind], ledger)
    cleaning.require(records, minimum_stations, ledger)

    with replacing(records_path) as temporary:
        records.to_parquet(temporary, index=False)
    tables.write(sites.sort_values("station"), sites_path, SITE, simulated)
    tables.write(ledger.rows, defects_path, ledger.COLUMNS, simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        clean_stations(
            area_path=snakemake.input.area,
            grid_path=snakemake.input.grid,
            records_path=snakemake.output.records,
            sites_path=snakemake.output.sites,
            defects_path=snakemake.output.defects,
            **{name: snakemake.params[name] for name in snakemake.params.keys()},  # noqa: SIM118
        )
