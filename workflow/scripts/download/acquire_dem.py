"""Bring the tiles of Copernicus DEM that cover the area.

Reads   outlines of the area, the archive's list of tiles
Writes  elevation (virtual raster over the tiles, m), list of the tiles; these go into the raw
folder
"""

import logging
from pathlib import Path

from nepflow._log import logged_to, progress
from nepflow.download import area, elevation, records
from nepflow.download.redaction import keep_secrets_out
from nepflow.download.session import Session
from nepflow.download.transfer import Wanted
from nepflow.study import datasets

MARGIN_DEG = 0.05  # so that cells at the edge find elevation on both sides


def acquire_dem(dataset, outlines_path, folder, dem_path, list_path, **options):
    """Tiles that the archive does not have are ocean, where elevation is 0."""
    entry, folder = datasets.load()[dataset], Path(folder)
    with Session() as session:
        address = datasets.address(entry, "inventory")
        index = Wanted(
            address, folder / "dem" / f"{dataset}_tiles.txt", "text", accept=elevation.listed
        )
        rows = [(index.path, records.bring(session, index, entry, **options))]
        polygon = area.in_degrees(outlines_path, MARGIN_DEG)
        names, absent = elevation.wanted(dataset, polygon, elevation.listed(index.path))
        logging.getLogger(__name__).info(
            "no tile, counted as ocean: %s", ", ".join(absent) or "none"
        )
        for name in progress(names, len(names), "elevation"):
            address = datasets.address(entry, "file", tile=name)
            want = Wanted(address, folder / "dem" / f"{name}.tif", entry["format"])
            rows.append((want.path, records.bring(session, want, entry, **options)))
    elevation.write_mosaic([path for path, _ in rows[1:]], dataset, dem_path)
    records.write_list(rows, list_path, folder)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        keep_secrets_out()
        acquire_dem(
            dataset=snakemake.params.acquire["dem"],
            outlines_path=snakemake.input.area,
            folder=snakemake.params.folder,
            dem_path=snakemake.output.dem,
            list_path=snakemake.output.files,
        )
