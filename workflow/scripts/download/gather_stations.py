"""Gather the station files of archives, and radiation at the stations, in one tidy table.

Reads   lists of station files and of radiation files, and these files
Writes  stations (tidy table of days, docs/data.md), completeness of each station (%)
"""

import logging
from pathlib import Path

import pandas as pd
from nepflow._log import logged_to, progress
from nepflow.download import records, stations
from nepflow.io import tables
from nepflow.io.atomic import replacing
from nepflow.stations.records import BadStations


def gather_stations(
    kind, years, least_percent, folder, list_path, radiation_path, stations_path, found_path
):
    """A station with fewer days than ``least_percent`` is left out; the table keeps its number."""
    names = [row["file"] for row in records.read_list(list_path) if row["file"].endswith(".csv")]
    files = progress(names, len(names), "stations")
    days = pd.concat(
        [stations.read_station_files(Path(folder, name), kind) for name in files], ignore_index=True
    )
    days = days[days["date"].str[:4].astype(int).isin(years)]
    found = stations.completeness(days, years)
    kept = set(found.index[found >= least_percent])
    if not kept:
        raise BadStations(
            f"{list_path}: no station has {least_percent:g} % of the days, the best "
            f"{found.max():.0f} %. Lower acquire.min_complete_percent, or take the other "
            "archive."
        )
    logging.getLogger(__name__).info("%d of %d stations kept", len(kept), len(found))
    days = days[days["station"].isin(kept)]
    if radiation_path:
        days = stations.with_radiation(days, folder, radiation_path)
    with replacing(stations_path) as temporary:
        days.to_csv(temporary, index=False, float_format="%.6g", lineterminator="\n")
    rows = [(station, value, int(station in kept)) for station, value in found.items()]
    tables.write(rows, found_path, ["station", "found_percent", "kept"])


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        gather_stations(
            kind=snakemake.params.acquire["stations"],
            years=snakemake.params.years,
            least_percent=snakemake.params.acquire["min_complete_percent"],
            folder=snakemake.params.folder,
            list_path=snakemake.input.files,
            radiation_path=snakemake.input.get("radiation"),
            stations_path=snakemake.output.stations,
            found_path=snakemake.output.found,
        )
