"""Files appear under their final name only when they are complete."""

import math
import os
import shutil
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from nepflow import _leftovers as leftovers
from nepflow import _scarce as scarce


@contextmanager
def replacing(path):
    """Yield a temporary path beside ``path`` and rename it when the block ends well.

    The name carries host and process, so that a job that was left running by a killed
    workflow never writes into the file of its successor; the last complete rename wins.

    Parameters
    ----------
    path : str or Path
        Final name. Its folder is made when missing.

    Yields
    ------
    Path
        Temporary name with the same suffix, in the same folder.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(leftovers.name_of(path.stem, path.suffix))
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def working_folder(path):
    """Yield a folder beside ``path`` that is gone when the block ends.

    It is named as in `replacing`: the next start removes that of a killed job.

    Yields
    ------
    Path
    """
    folder = Path(path).with_name(leftovers.name_of(Path(path).stem, ".work"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def whole_raster(path, mode="w", **profile):
    """Open a raster to write, as `rasterio.open` does, and see that all of it has been written.

    GDAL writes the last blocks, overviews and tags when it closes a file, and does not tell that
    they found no room: a raster that lacks them would pass for complete.

    Raises
    ------
    OSError
    """
    import rasterio  # the environment that plans has none

    scarce.check_room(path)
    with rasterio.open(path, mode, **profile) as target:
        yield target
    size = Path(path).stat().st_size
    if any(end is None or end > size for end in _ends_of_blocks(path)):
        raise scarce.no_room(path)


def _ends_of_blocks(path):
    """Yield where each block of a GeoTIFF and of its overviews ends, bytes; None of one not there.

    Where cells of all bands lie together, the blocks of band 1 are those of all.
    """
    import rasterio

    with rasterio.open(path) as source:
        bands = source.indexes if source.interleaving == rasterio.enums.Interleaving.band else [1]
        for level in (None, *range(len(source.overviews(1)))):
            with rasterio.open(
                path, **({} if level is None else {"OVERVIEW_LEVEL": level})
            ) as view:
                sides = zip(view.shape, view.block_shapes[0], strict=True)
                rows, columns = (range(math.ceil(side / step)) for side, step in sides)
            for band, row, column in product(bands, rows, columns):
                found = [
                    source.get_tag_item(f"BLOCK_{what}_{column}_{row}", "TIFF", band, level)
                    for what in ("OFFSET", "SIZE")
                ]
                yield sum(map(int, found)) if all(found) else None
