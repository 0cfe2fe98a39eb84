"""Bring soil organic carbon or population density and keep what lies round the area.

Reads   the archive's map, or one of each country, grid (for its place)
Writes  raster (t C ha-1 of 0-30 cm, or people km-2, in the archive's CRS), list of the files,
        which go into the raw folder
"""

from pathlib import Path

from nepflow._log import logged_to, progress
from nepflow.download import clip, records, transfer
from nepflow.download.redaction import keep_secrets_out
from nepflow.download.session import Session
from nepflow.download.transfer import Wanted
from nepflow.io import raster
from nepflow.study import datasets


def acquire_raster(name, dataset, about, grid_path, folder, raster_path, list_path, **options):
    """``about`` has the words of each file's address, see `downloads.raster`."""
    entry, folder, rows = datasets.load()[dataset], Path(folder), []
    with Session() as session:
        for words in progress(about["files"], len(about["files"]), name):
            address = datasets.address(entry, "file", **words)
            path = folder / name / transfer.file_name(address.rpartition("/")[2], dataset)
            want = Wanted(address, path, entry["format"])
            rows.append((path, records.bring(session, want, entry, **options)))
    tags = {"source": f"{entry['title']}{about['edition']}; {entry['citation']}"}
    output = raster.Output(raster_path, about["unit"], about["long_name"], tags=tags)
    clip.write([path for path, _ in rows], grid_path, output)
    records.write_list(rows, list_path, folder)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        keep_secrets_out()
        acquire_raster(
            name=snakemake.wildcards.raster,
            dataset=snakemake.params.dataset,
            about=snakemake.params.about,
            grid_path=snakemake.input.grid,
            folder=snakemake.params.folder,
            raster_path=snakemake.output.raster,
            list_path=snakemake.output.files,
        )
