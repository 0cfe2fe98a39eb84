"""Clean the station records of a study.

Reads   station files (tidy CSV or an archive's), outlines of the area, grid (for its CRS)
Writes  records (parquet: station, position, time, degC, mm, MJ m-2), all stations with their
        position (CSV), table of defects
"""

from nepflow import raster, station_file, station_formats, stations, sunshine, tables
from nepflow._log import logged_to
from nepflow.atomic import replacing
from nepflow.variables import VARIABLES

SITE = ["station", "lon", "lat"]


def clean_stations(
    stations_path, area_path, grid_path, records_path, sites_path, defects_path,
    station_format, variables, years, time_step, buffer_km, minimum_stations,
    plausible_median, limits, elevation_limits_m, position_tolerance, defects, angstrom,
    missing_values=(),
):  # fmt: skip
    """Apply the policy of each defect, and count what it removes."""
    columns = {name: VARIABLES[name].column for name in variables}
    kind = "daily" if time_step == "daily" else "monthly"
    steps = station_file.DOORS[time_step][2]
    ledger = stations.Ledger(stations_path, defects)

    substitutes = sunshine.SUBSTITUTES if "radiation" in variables else None
    records = station_formats.read(
        stations_path,
        station_format,
        list(columns.values()),
        time_step,
        substitutes,
        missing_values,
    )
    sites = records[SITE].dropna().drop_duplicates("station")
    records = stations.of_years(records, years, stations_path)
    read = columns | {"sunshine": sunshine.SUNSHINE, "elevation": "elevation_m"}
    possible, policy = limits[kind] | {"elevation": elevation_limits_m}, defects["undeclared_code"]
    records = stations.settle_codes(records, read, possible, ledger, policy)
    records = sunshine.with_radiation(records, time_step, angstrom, ledger)
    station_file.check_units(records, columns, plausible_median[kind], limits[kind], stations_path)
    records = stations.clean(
        records, list(columns.values()), steps, ledger, position_tolerance, elevation_limits_m
    )
    crs = raster.grid_of(grid_path).crs
    records = stations.drop_distant(records, area_path, crs, buffer_km, ledger)
    records = stations.mask_impossible(records, columns, limits[kind], ledger)
    stations.require(records, minimum_stations, ledger)

    with replacing(records_path) as temporary:
        records.to_parquet(temporary, index=False)
    simulated = "simulated" in raster.tags_of(grid_path)
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
