"""With which code and which packages a page was made."""

import platform
import subprocess
from importlib import metadata
from pathlib import Path

PACKAGES = (
    "numpy",
    "scipy",
    "numba",
    "pandas",
    "pyarrow",
    "xarray",
    "rasterio",
    "rioxarray",
    "geopandas",
    "pyproj",
    "shapely",
    "pyhdf",
    "matplotlib",
    "cmcrameri",
    "jinja2",
    "snakemake",
)


def software(packages=PACKAGES):
    """Return [(name, version)] of Python and of the packages that are installed here."""
    versions = [("Python", platform.python_version())]
    for name in packages:
        try:
            versions.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            continue
    return versions


def commit():
    """Return the short git commit of the code, marked if files were changed since, or None."""
    folder = Path(__file__).parents[1]

    def git(*words):
        return subprocess.run(
            ["git", "-C", str(folder), *words],
            capture_output=True,
            text=True,
            check=True,
            encoding="utf-8",
        ).stdout.strip()

    try:
        name = git("rev-parse", "--short=12", "HEAD")
        changed = git("status", "--porcelain", "--untracked-files=no", "--", str(folder.parents[1]))
    except (OSError, subprocess.CalledProcessError):
        return None
    return f"{name} with local changes" if changed else name
