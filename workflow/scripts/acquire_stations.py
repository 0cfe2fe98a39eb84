"""Bring the records of the most complete stations in and around the area.

Reads   outlines of the area, grid (for its CRS), the archive's lists of stations
Writes  ranking of all stations near the area, list of the files; these go into the raw folder
"""

import logging
from functools import partial
from pathlib import Path

import requests
from nepflow import raster, tables
from nepflow._log import logged_to, progress
from nepflow_acquire import area, gathering, records, register, station_index
from nepflow_acquire.redaction import keep_secrets_out
from nepflow_acquire.transfer import NotThere, Wanted

RANKING = ("station", "name", "lon", "lat", "elevation_m", "announced_percent", "chosen")


def acquire_stations(
    dataset, years, acquire, buffer_km, outlines_path, grid_path, folder, ranking_path, list_path,
    **options,
):  # fmt: skip
    """A year of a station that the archive does not have is left out; the log names it."""
    entry, folder = register.load()[dataset], Path(folder)
    sites_of, completeness_of = station_index.INDEXES[dataset]
    readable = partial(gathering.read, kind=dataset)
    with requests.Session() as session:
        rows, readers = (
            [],
            {"stations": sites_of, "inventory": partial(completeness_of, years=years)},
        )
        paths = {p: folder / "stations" / f"{dataset}_{p}.txt" for p in readers}
        for purpose, path in paths.items():
            reader = partial(station_index.read, reader=readers[purpose])
            want = Wanted(register.address(entry, purpose), path, "text", accept=reader)
            rows.append((path, records.bring(session, want, entry, **options)))
        found = [station_index.read(paths[purpose], readers[purpose]) for purpose in readers]
        is_near = area.near(outlines_path, raster.grid_of(grid_path).crs, buffer_km)
        ranking = station_index.ranked(
            *found, is_near, acquire["most_stations"], acquire["least_complete_percent"],
        )  # fmt: skip
        wanted = station_index.files(ranking, dataset, entry, years, folder / "stations")
        for address, path in progress(wanted, len(wanted), "stations"):
            try:
                want = Wanted(address, path, entry["format"], accept=readable)
                rows.append((path, records.bring(session, want, entry, **options)))
            except NotThere as error:
                logging.getLogger(__name__).info("left out: %s", error)
    lines = [(s.station, s.name, s.lon, s.lat, s.elevation_m, p, int(c)) for s, p, c in ranking]
    tables.write(lines, ranking_path, RANKING)
    records.write_list(rows, list_path, folder)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        keep_secrets_out()
        acquire_stations(
            dataset=snakemake.params.acquire["stations"],
            years=snakemake.params.years,
            acquire=snakemake.params.acquire,
            buffer_km=snakemake.params.buffer_km,
            outlines_path=snakemake.input.area,
            grid_path=snakemake.input.grid,
            folder=snakemake.params.folder,
            ranking_path=snakemake.output.ranking,
            list_path=snakemake.output.files,
        )
