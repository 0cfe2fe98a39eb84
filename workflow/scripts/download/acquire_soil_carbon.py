"""Bring soil organic carbon and keep what lies round the area.

Reads   the archive's map, grid (for its place)
Writes  carbon (t C ha-1 of 0-30 cm, in the archive's CRS), list of the file, which goes into the
raw folder
"""

from pathlib import Path

from nepflow._log import logged_to
from nepflow.download import clip, records
from nepflow.download.redaction import keep_secrets_out
from nepflow.download.session import Session
from nepflow.download.transfer import Wanted
from nepflow.io import raster
from nepflow.study import datasets, downloads


def acquire_soil_carbon(dataset, grid_path, folder, carbon_path, list_path, **options):
    """The archive has one file of the whole Earth."""
    entry, folder = datasets.load()[dataset], Path(folder)
    address = datasets.address(entry, "file")
    path = folder / "soil_carbon" / address.rpartition("/")[2]
    with Session() as session:
        record = records.bring(session, Wanted(address, path, entry["format"]), entry, **options)
    comes = downloads.CARBON[dataset]
    name = "soil organic carbon of {}-{} cm".format(*comes["depth_cm"])
    tags = {"source": f"{entry['title']}; {entry['citation']}"}
    clip.write([path], grid_path, raster.Output(carbon_path, comes["unit"], name, tags=tags))
    records.write_list([(path, record)], list_path, folder)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        keep_secrets_out()
        acquire_soil_carbon(
            dataset=snakemake.params.acquire["soil_carbon"],
            grid_path=snakemake.input.grid,
            folder=snakemake.params.folder,
            carbon_path=snakemake.output.carbon,
            list_path=snakemake.output.files,
        )
