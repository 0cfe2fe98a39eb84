"""Shortage of disk, memory or permission: the cause of a failed job, and its remedy."""

import errno
import os
import resource
import shutil
import tempfile
from pathlib import Path

LEAST_MB = 32  # less room than this is none
LEAST_FILE_MB = 1  # tags and colours of a raster; GDAL hangs where they cannot be written
NEAR = 0.85  # of a limit of memory that was reached
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
LIMITED_TEXTS = ("file too large", "write failed")  # GDAL says the first to the terminal alone
FULL_TEXTS = ("no space left", "disk quota", "file too large")
MEMORY_TEXTS = (
    "cannot allocate",
    "out of memory",
    "bad_alloc",
    "malloc",
    "unable to allocate",
    "new thread",
)
AGAIN = "what is complete stays: then run again (after a kill `make resume`)."


def reason(error, place):
    """Return what the machine was short of, where an error comes of that; else an empty text.

    Libraries hide it: a full disk is "Error from XDR" to one, little memory an unknown projection
    to another. So the state of the machine is asked too.

    Parameters
    ----------
    error : BaseException
    place : str or Path
        A file that the job writes, on the disk of the results.
    """
    chain = list(_chain(error))
    return _disk(chain, Path(place)) or _memory(chain) or _folder(chain)


def check_room(path):
    """Refuse to begin a file that could not hold more than its header.

    Raises
    ------
    OSError
        With the number that a write would fail with.
    """
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    small = 0 <= limit < LEAST_FILE_MB * 1e6
    if small or shutil.disk_usage(Path(path).parent).free < LEAST_MB * 1e6:
        raise no_room(path)


def no_room(path):
    """Return the error of a file that could not be written to its end."""
    number = errno.EFBIG if _limited(Path(path).parent) else errno.ENOSPC
    return OSError(number, os.strerror(number), str(path))


def _limited(folder):
    """Whether the limit of a file is nearer than the end of the disk."""
    return 0 <= resource.getrlimit(resource.RLIMIT_FSIZE)[0] < shutil.disk_usage(folder).free


def _chain(error):
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _says(chain, texts):
    return any(text in str(error).lower() for error in chain for text in texts)


def _of_number(chain, numbers):
    found = (error for error in chain if isinstance(error, OSError) and error.errno in numbers)
    return next(found, None)


def _disk(chain, place):
    error = _of_number(chain, FULL)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    if _of_number(chain, {errno.EFBIG}) or (_says(chain, LIMITED_TEXTS) and _limited(place.parent)):
        return (
            f"A file may have {limit / 1000:.0f} kB at most here (ulimit -f), and one needs more. "
            f"Lift the limit; {AGAIN}"
        )
    named = [Path(error.filename).parent] if error and isinstance(error.filename, str) else []
    for folder in [*named, place.parent, _temporary()]:
        if folder and folder.is_dir() and shutil.disk_usage(folder).free < LEAST_MB * 1e6:
            return _full(folder)
    return _full(place.parent) if error or _says(chain, FULL_TEXTS) else ""


def _full(folder):
    free = shutil.disk_usage(folder).free / 1e6 if folder.is_dir() else 0
    return (
        f"The disk of {folder} is full ({free:.0f} MB free). Free space there (`make doctor` says "
        "how much is needed), or set `results` under pathvars, or TMPDIR, to a larger disk; "
        f"{AGAIN}"
    )


def _temporary():
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:
        return None


def _memory(chain):
    used, limit = _peak_mb(), _limit_mb()
    told = any(isinstance(error, MemoryError) for error in chain) or _says(chain, MEMORY_TEXTS)
    if not told and not (limit and used > NEAR * limit):
        return ""
    bound = f"the limit is {limit:.0f} MB" if limit else f"{_available_mb()} MB are left"
    return (
        f"Memory was short: the job had taken {used:.0f} MB, and {bound}. Give it more "
        "(--set-resources RULE:mem_mb=..., on a cluster docs/cluster.md), fewer --cores, or a "
        f"larger grid.resolution_m; {AGAIN}"
    )


def _peak_mb():
    """Return the most address space that this process had, MB; 0 where the system does not say."""
    return _of_proc("/proc/self/status", "VmPeak:") / 1024


def _limit_mb():
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return 0 if limit == resource.RLIM_INFINITY else limit / 1e6


def _available_mb():
    return _of_proc("/proc/meminfo", "MemAvailable:") // 1024 or "few"


def _of_proc(path, name):
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)


def _folder(chain):
    error = _of_number(chain, FORBIDDEN)
    if error and isinstance(error.filename, str):
        return (
            f"{error.filename} may not be written or read ({os.strerror(error.errno)}). Check its "
            f"permissions, or set `results` under pathvars to a folder of your own; {AGAIN}"
        )
    if _says(chain, ("no usable temporary directory",)):
        return f"There is no folder for temporary files. Set TMPDIR to one that is there; {AGAIN}"
    return ""
