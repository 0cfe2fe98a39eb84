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
from nepflow.stations import archive_rules, cleaning


def clean_stations(inputs, outputs, settings):
    """Apply the policy of each defect, and count what it removes."""
    ledger = cleaning.Ledger(settings["stations_path"], settings["defects"])
    crs = raster.grid_of(inputs["grid"]).crs
    records, sites, rules, warnings, _ = cleaning.cleaned(settings, inputs["area"], crs, ledger)
    for warning in warnings:
        logging.getLogger(__name__).warning(warning)

    with replacing(outputs["records"]) as temporary:
        records.to_parquet(temporary, index=False)
    simulated = settings["simulated"]
    tables.write(sites.sort_values("station"), outputs["sites"], cleaning.SITE, simulated)
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
