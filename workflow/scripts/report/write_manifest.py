"""Write the digest of every product of a study.

Reads   rasters, tables, figures
Writes  manifest: file, kind of digest, SHA-256
"""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from nepflow._log import logged_to, progress
from nepflow.io import raster, tables


def write_manifest(paths, folder, output_path, threads):
    """Rasters by content (geometry, tags, values), other files by their bytes."""
    paths = sorted(map(str, paths))
    with ThreadPoolExecutor(threads) as pool:
        digests = list(progress(pool.map(digest_of, paths), len(paths), "digests"))
    rows = [
        (str(Path(path).relative_to(folder)), *digest)
        for path, digest in zip(paths, digests, strict=True)
    ]
    tables.write(rows, output_path, ["file", "digest_of", "sha256"])


def digest_of(path):
    """Return the kind of the digest of a file, and the digest."""
    if path.endswith(".tif"):
        return "content", raster.digest(path)
    with open(path, "rb") as file:
        return "bytes", hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        write_manifest(
            paths=snakemake.input.products,
            folder=Path(snakemake.output.manifest).parent,
            output_path=snakemake.output.manifest,
            threads=snakemake.threads,
        )
