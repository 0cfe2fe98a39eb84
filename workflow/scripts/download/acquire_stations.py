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


def acquire_stations(inputs, outputs, settings, **options):
    """What was brought before the years of the study were over is asked for again."""
    folder, years, acquire = Path(settings["folder"]), settings["years"], settings["acquire"]
    dataset = acquire["stations"]
    with Session() as session:
        *found, rows = stations.lists(session, dataset, years, folder, **options)
        crs = raster.grid_of(inputs["grid"]).crs
        is_near = area.near(inputs["area"], crs, settings["buffer_km"])
        ranking = stations.ranked(
            *found, is_near, acquire["max_stations"], acquire["min_complete_percent"]
        )
        rows += stations.days(session, dataset, ranking, years, folder, **options)
    lines = [(s.station, s.name, s.lon, s.lat, s.elevation_m, p, int(c)) for s, p, c in ranking]
    tables.write(lines, outputs["ranking"], RANKING)
    records.write_list(rows, outputs["files"], folder)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        keep_secrets_out()
        acquire_stations(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            settings=dict(snakemake.params.items()),
        )
