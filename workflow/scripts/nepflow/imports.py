"""Modules of the library that a script imports, so that a changed formula reruns its users.

Snakemake watches the script of a rule, not what the script imports.
"""

import functools
import os
import re
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[1]
# `from nepflow.x import a, b`, also over several lines in brackets, and `import nepflow.x`
_IMPORT = re.compile(
    r"^[ \t]*(?:from (nepflow[\w.]*) import (\([^)]*\)|[^\n]*)|import (nepflow[\w.]*))", re.M
)


@functools.cache
def direct(path):
    """Return the files of the library that a Python file imports."""
    names = []
    for package, imported, module in _IMPORT.findall(path.read_text(encoding="utf-8")):
        words = re.findall(r"\w+", re.sub(r"#.*| as \w+", "", imported))
        names += [module or package, *(f"{package}.{word}" for word in words)]
    files = (SCRIPTS.joinpath(*name.split(".")).with_suffix(".py") for name in names)
    return [file for file in files if file.name[0] != "_" and file.is_file()]


@functools.cache
def code_of(*scripts):
    """Return the files of the library that scripts import, directly or not.

    Modules named ``_*.py`` cannot change a number and are left out.

    Parameters
    ----------
    *scripts : str
        Paths below ``workflow/scripts``; those of the library are themselves returned.

    Returns
    -------
    list of str
        Paths from the working directory, sorted.
    """
    queue = [SCRIPTS / script for script in scripts]
    found = {file for file in queue if SCRIPTS / "nepflow" in file.parents}
    while queue:
        for file in direct(queue.pop()):
            if file not in found:
                found.add(file)
                queue.append(file)
    return sorted(map(os.path.relpath, found))
