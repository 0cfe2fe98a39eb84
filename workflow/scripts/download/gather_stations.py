"""Gather the station files of archives, and radiation at the stations, in one tidy table.

Reads   lists of station files and of radiation files, and these files
Writes  stations (tidy table of days, docs/data.md), completeness of each station (%), and what the
        days of each station are made of
"""

import logging
from pathlib import Path

from nepflow._log import logged_to, progress
from nepflow.download import records, stations
from nepflow.io import tables
from nepflow.io.atomic import replacing
from nepflow.stations import archive_rules
from nepflow.stations.records import BadStations


def gather_stations(inputs, outputs, settings):
    """A station with fewer days than ``min_complete_percent`` is left out, and counted."""
    kind, years = settings["acquire"]["stations"], settings["years"]
    least, list_path = settings["acquire"]["min_complete_percent"], inputs["files"]
    names = [row["file"] for row in records.read_list(list_path) if row["file"].endswith(".csv")]
    files = progress([Path(settings["folder"], name) for name in names], len(names), "stations")
    rules = archive_rules.Rules(tuple(years), settings["unreported_rain"])
    days = stations.read_station_files(files, kind, rules)
    days = days[days["date"].str[:4].astype(int).isin(years)]
    found = stations.completeness(days, years)
    kept = set(found.index[found >= least])
    if not kept:
        raise BadStations(
            f"{list_path}: no station has {least:g} % of the days, the best "
            f"{found.max():.0f} %. Lower acquire.min_complete_percent, or take the other "
            "archive."
        )
    logging.getLogger(__name__).info("%d of %d stations kept", len(kept), len(found))
    days = days[days["station"].isin(kept)]
    if inputs.get("radiation"):
        days = stations.with_radiation(days, settings["folder"], inputs["radiation"])
    with replacing(outputs["stations"]) as temporary:
        days.to_csv(temporary, index=False, float_format="%.6g", lineterminator="\n")
    rows = [(station, value, int(station in kept)) for station, value in found.items()]
    tables.write(rows, outputs["found"], ["station", "found_percent", "kept"])
    tables.write(rules.rows, outputs["definitions"], archive_rules.DEFINITIONS)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        gather_stations(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            settings=dict(snakemake.params.items()),
        )
