"""Write the digest of every product of a study.

Reads   rasters, tables, figures
Writes  manifest: file, kind of digest, SHA-256
"""

import hashlib
from pathlib import Path

from nepflow import overviews, tables
from nepflow._log import logged_to, progress


def write_manifest(paths, folder, output_path):
    """Rasters by content (geometry, tags, values), other files by their bytes."""
    rows = []
    for path in progress(sorted(map(str, paths)), len(paths), "digests"):
        if path.endswith(".tif"):
            kind, digest = "content", overviews.digest(path)
        else:
            kind, digest = "bytes", hashlib.sha256(Path(path).read_bytes()).hexdigest()
        rows.append((str(Path(path).relative_to(folder)), kind, digest))
    tables.write(rows, output_path, ["file", "digest_of", "sha256"])


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        write_manifest(
            paths=snakemake.input.products,
            folder=Path(snakemake.output.manifest).parent,
            output_path=snakemake.output.manifest,
        )
