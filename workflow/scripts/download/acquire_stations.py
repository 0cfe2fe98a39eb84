"""Bring the records of the most complete stations in and around the area.

Reads   outlines of the area, grid (for its CRS), the archive's lists of stations
Writes  ranking of all stations near the area, list of the files; these go into the raw folder
"""

from pathlib import Path

from nepflow._log import logged_to
from nepflow.download import area, records, stations
from nepflow.download.redaction import keep_secrets_out
from nepflow.download.session import Session
from nepflow.io import raster, tables

RANKING = ("station", "name", "lon", "lat", "elevation_m", "announced_percent", "chosen")


def acquire_stations(
    dataset, years, acquire, buffer_km, outlines_path, grid_path, folder, ranking_path, list_path,
    **options,
):  # fmt: skip
    """What was brought before the years of the study were over is asked for again."""
    folder = Path(folder)
    with Session() as session:
        *found, rows = stations.lists(session, dataset, years, folder, **options)
        is_near = area.near(outlines_path, raster.grid_of(grid_path).crs, buffer_km)
        ranking = stations.ranked(
            *found, is_near, acquire["most_stations"], acquire["least_complete_percent"],
        )  # fmt: skip
        rows += stations.days(session, dataset, ranking, years, folder, **options)
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
