"""Bring the tiles of a product and year from Earthdata, verified, with their records.

Reads   the catalogue of the archive, or the lock file of the study where there is one
Writes  list of tiles (columns of earthdata.LOCK_COLUMNS); the tiles go into the study's raw folder
"""

from pathlib import Path

from nepflow._log import logged_to, progress
from nepflow.download import earthdata, records
from nepflow.download.redaction import keep_secrets_out
from nepflow.download.transfer import Wanted
from nepflow.study import datasets


def acquire_tiles(
    product,
    collection,
    year,
    tiles,
    folder,
    list_path,
    lock_path=None,
    unknown_checksum="error",
    **options,
):
    """What is there and sound is kept; nothing is overwritten."""
    dataset = datasets.load()[f"{product.lower()}_{collection}"]
    datasets.address(dataset, "file", granule="")  # a retired product is refused here
    lock = earthdata.locked(lock_path, product, collection, year, tiles)
    auth = earthdata.login()
    if lock is None:
        found = earthdata.search(auth, product, collection, year, tiles, **options)
    else:
        found = [earthdata.of_row(row) for row in lock.values()]
    rows = []
    with auth.get_session() as session:
        for granule in progress(found, len(found), f"{product} {year}"):
            path = Path(folder, granule.file)
            want = Wanted(
                granule.address,
                path,
                dataset["format"],
                granule.size,
                granule.checksum,
                unknown_checksum=unknown_checksum,
            )
            record = records.bring(session, want, dataset, **options)
            earthdata.refuse_change(lock, granule, record, lock_path)
            rows.append(earthdata.row(granule, record))
    earthdata.write_list(rows, list_path)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        keep_secrets_out()
        acquire_tiles(
            product=snakemake.wildcards.product,
            collection=snakemake.wildcards.collection,
            year=int(snakemake.wildcards.year),
            tiles=snakemake.params.tiles,
            folder=snakemake.params.folder,
            list_path=snakemake.output.granules,
            lock_path=snakemake.params.lock,
            unknown_checksum=snakemake.params.unknown_checksum,
        )
