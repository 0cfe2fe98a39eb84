"""Temporary files carry host and process, so that those of killed jobs can be told and removed.

Standard library only: the workflow reads it before any environment exists.
"""

import os
import re
import shutil
import socket
import time
from contextlib import suppress

OLD_S = 7 * 86400  # a job of another machine that began longer ago is gone
NAME = re.compile(r"\.(?P<stem>.+)\.(?P<host>[^.]+(?:\.[^.]+)*)\.(?P<pid>\d+)(?:\.\w+)?")


def name_of(stem, suffix):
    """Return the name of a temporary file or folder of this process."""
    return f".{stem}.{socket.gethostname()}.{os.getpid()}{suffix}"


def sweep(folder):
    """Remove the temporary files and folders of jobs that are no more; return their paths.

    A job of this machine is asked for by its number; what one of another machine left goes after
    a week.
    """
    swept = []
    for place, folders, files in os.walk(folder):
        for name in [name for name in [*folders, *files] if name.startswith(".")]:
            path = os.path.join(place, name)
            if _is_left(name, path):
                _remove(path)
                swept.append(path)
        folders[:] = [name for name in folders if not name.startswith(".")]
    return swept


def _is_left(name, path):
    host = f".{socket.gethostname()}."
    found = NAME.fullmatch(name)
    if not found:
        return False
    if host in name:
        return not _runs(int(found["pid"]))
    try:
        return time.time() - os.lstat(path).st_mtime > OLD_S
    except OSError:
        return False


def _runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, ignore_errors=True)
        return
    with suppress(OSError):
        os.unlink(path)
