"""List every raw input of a study with its digest.

Reads   granules (lists of tiles with digests), files (area, elevation, stations)
Writes  inputs: file, SHA-256
"""

import hashlib
from pathlib import Path

from nepflow._log import logged_to
from nepflow._watch import watched
from nepflow.io import tables


def list_inputs(granules_paths, file_paths, output_path, simulated):
    """Tiles are named once, however many years they serve."""
    rows = {}
    for path in file_paths:
        name = Path(path).name
        # yearly folders of one archive hold files of one name
        name = f"{Path(path).parent.name}/{name}" if name in rows else name
        with open(path, "rb") as file:
            rows[name] = hashlib.file_digest(file, "sha256").hexdigest()
    for path in granules_paths:
        table = tables.read(path, ["file", "sha256"])
        rows |= dict(zip(table["file"], table["sha256"], strict=True))
    tables.write(rows.items(), output_path, ["file", "sha256"], simulated=simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), watched(snakemake.params.raw):
        list_inputs(
            granules_paths=snakemake.input.granules,
            file_paths=snakemake.input.files,
            output_path=snakemake.output.inputs,
            simulated=snakemake.params.simulated,
        )
