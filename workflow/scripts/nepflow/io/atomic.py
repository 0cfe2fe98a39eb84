"""Files appear under their final name only when they are complete."""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

from nepflow import _leftovers as leftovers


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
