"""Bring daily solar radiation at the chosen stations.

Reads   ranking of the stations (those chosen count)
Writes  list of the files; these go into the study's raw folder
"""

from pathlib import Path

from nepflow._log import logged_to, progress
from nepflow.download import nasa_power, records, transfer
from nepflow.download import stations as download_stations
from nepflow.download.redaction import keep_secrets_out
from nepflow.download.session import Session
from nepflow.download.transfer import Wanted
from nepflow.io import tables
from nepflow.study import datasets


def acquire_radiation(dataset, years, ranking_path, folder, list_path, **options):
    """One question a station; each answer is read before it counts."""
    entry, folder, rows = datasets.load()[dataset], Path(folder), []
    stations = tables.read(ranking_path, ["station", "lon", "lat", "chosen"])
    chosen = stations[stations["chosen"] == 1]
    first, last = min(years), max(years)
    with Session() as session:
        for station in progress(chosen.itertuples(), len(chosen), "radiation"):
            lon, lat = f"{station.lon:.4f}", f"{station.lat:.4f}"
            address = datasets.address(entry, "file", lon=lon, lat=lat, first=first, last=last)
            identity = transfer.file_name(station.station, ranking_path)
            name = f"{identity}_{first}_{last}.json"
            path = folder / "radiation" / dataset / name
            want = Wanted(address, path, entry["format"], accept=nasa_power.read)
            anew = download_stations.outdated(path, years)
            rows.append((path, records.bring(session, want, entry, anew=anew, **options)))
    records.write_list(rows, list_path, folder)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        keep_secrets_out()
        acquire_radiation(
            dataset=snakemake.params.acquire["radiation"],
            years=snakemake.params.years,
            ranking_path=snakemake.input.ranking,
            folder=snakemake.params.folder,
            list_path=snakemake.output.files,
        )
