"""List every raw input of a study with its digest.

Reads   granules (lists of tiles with digests), files (area, elevation, stations)
Writes  inputs: file, SHA-256, what else proves it
"""

from pathlib import Path

from nepflow import _digests as digests
from nepflow._log import logged_to
from nepflow._watch import watched
from nepflow.io import tables

COLUMNS = ["file", "sha256", "verified"]


def list_inputs(granules_paths, file_paths, output_path, simulated):
    """Tiles are named once, however many years they serve."""
    rows = {}
    for path in file_paths:
        name = Path(path).name
        # yearly folders of one archive hold files of one name
        name = f"{Path(path).parent.name}/{name}" if name in rows else name
        rows[name] = digests.digest(path), digests.verified(path)
    for path in granules_paths:
        table = tables.read(path, COLUMNS)
        rows |= {row[0]: row[1:] for row in table[COLUMNS].itertuples(index=False)}
    listed = [(name, *row) for name, row in rows.items()]
    tables.write(listed, output_path, COLUMNS, simulated=simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), watched(snakemake.params.raw):
        list_inputs(
            granules_paths=snakemake.input.granules,
            file_paths=snakemake.input.files,
            output_path=snakemake.output.inputs,
            simulated=snakemake.params.simulated,
        )
