"""Checks of a set-up: environment, logins, disk, memory; each tells the remedy."""

import importlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from nepflow.inputs import plan
from nepflow.study import datasets, load

PACKAGES = (
    "numpy",
    "scipy",
    "numba",
    "pandas",
    "pyarrow",
    "xarray",
    "rasterio",
    "geopandas",
    "pyproj",
    "shapely",
    "pyhdf",
    "matplotlib",
    "snakemake",
    "earthaccess",
    "requests",
)


@dataclass(frozen=True)
class Finding:
    """What a check found: its name, whether all is well, a sentence, remedy of a fault, warning."""

    check: str
    well: bool
    text: str
    remedy: str = ""
    warnings: tuple = ()


def guarded(name: str, remedy: str, check: Callable):
    """Yield what a check yields; an error of it is a finding too."""
    try:
        yield from check()
    except Exception as error:
        yield Finding(name, False, f"{type(error).__name__}: {error}", remedy)


def environment(lock):
    """Compare the installed packages with the lock."""
    wanted = {}
    for line in re.findall(
        r"^([\w.-]+==.*?)(?: \\)?$", Path(lock).read_text(encoding="utf-8"), re.M
    ):
        requirement = Requirement(line)
        if not requirement.marker or requirement.marker.evaluate():
            wanted[requirement.name] = str(requirement.specifier).removeprefix("==")
    for name in PACKAGES:
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            found = None
        if name in wanted and found != wanted[name]:
            yield Finding(
                "environment",
                False,
                f"{name} is {found or 'not installed'}, the lock has {wanted[name]}",
                "Delete .venv and run `make demo`, or make the conda environments anew.",
            )
            return
    yield Finding("environment", True, f"{len(PACKAGES)} packages as in the lock")


def hdf4():
    """Write and read an HDF4 file."""
    from pyhdf.SD import SD, SDC

    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "try.hdf"))
        file = SD(path, SDC.WRITE | SDC.CREATE)
        data = file.create("try", SDC.INT16, (2,))
        data[:] = [7, 8]
        data.endaccess()
        file.end()
        file = SD(path)
        values = list(file.select("try").get())
        file.end()
    yield Finding("HDF4", values == [7, 8], "pyhdf writes and reads HDF4")


def login(study, live):
    """Look for an Earthdata login; with ``live``, try it."""
    from urllib.parse import urlsplit

    dataset = datasets.load()["mod17a3hgf_061"]
    host = urlsplit(datasets.address(dataset, "login")).hostname
    path = Path(os.environ.get("NETRC") or Path.home() / ".netrc")
    if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Finding("netrc", False, f"{path} can be read by others", f"Run: chmod 600 {path}")
    if study["acquire"]["tiles"] == "none":
        yield Finding("login", True, "not needed: the study brings no tiles")
        return
    names = ("EARTHDATA_USERNAME", "EARTHDATA_PASSWORD")
    in_file = path.is_file() and host in path.read_text(errors="replace", encoding="utf-8").split()
    if not (os.environ.get("EARTHDATA_TOKEN") or all(map(os.environ.get, names)) or in_file):
        yield Finding(
            "login",
            False,
            f"no Earthdata login: neither a token, nor user and password, nor {host} in {path}",
            "Register with Earthdata, make a token there, and set EARTHDATA_TOKEN (docs/data.md).",
        )
        return
    if live:
        from nepflow.download import earthdata

        earthdata.tried(dataset["product"], dataset["version"])
    yield Finding(
        "login", True, "accepted by Earthdata" if live else "there; not tried (--live tries it)"
    )


def memory(rules, meminfo="/proc/meminfo"):
    """Compare the memory of the machine with the largest job."""
    largest = max(
        int(value)
        for path in Path(rules).glob("*.smk")
        for value in re.findall(r"mem_mb=by_attempt\((\d+)", path.read_text(encoding="utf-8"))
    )
    if not Path(meminfo).exists():
        yield Finding("memory", True, f"not known here; the largest job asks for {largest} MB")
        return
    total = (
        int(re.search(r"MemTotal:\s+(\d+)", Path(meminfo).read_text(encoding="utf-8"))[1]) // 1024
    )
    yield Finding(
        "memory",
        total >= largest,
        f"{total} MB, the largest job asks for {largest} MB",
        "Run on a machine with more memory.",
    )


def disk(study, raw, results, top="."):
    """Compare the free room with what downloads and results will take, on one disk together."""
    from nepflow.download import area as download_area

    bring = plan.download_gb(plan.plan(study, datasets.load()))
    tiles = len(study["tiles"]) * 1.24e6 / 1.6  # km2 of a tile at most; no box is round them
    km2 = tiles or _area_km2(study, top)
    made, _ = download_area.cost(km2, study["grid"]["resolution_m"], len(study["years"]))
    needs = {"raw": (nearest(raw), bring), "results": (nearest(results), made)}
    disks = {}
    for name, (place, needed) in needs.items():
        names, first, sum_gb = disks.get(device(place), ([], place, 0))
        disks[device(place)] = [*names, name], first, sum_gb + needed
    for names, place, needed in disks.values():
        free = shutil.disk_usage(place).free / 1e9
        yield Finding(
            "disk",
            free >= needed,
            f"{' and '.join(names)}: {free:.0f} GB free in {place}, at most {needed:.0f} GB needed",
            "Free space, set raw: (or results: under pathvars:) of config/config.yaml to a larger "
            "disk, or take a larger grid.resolution_m.",
        )


def _area_km2(study, top):
    """Area of the polygons of a study that lists no tiles; 0 while they are not there."""
    from nepflow.download import area as download_area
    from nepflow.io import vectors
    from nepflow.spatial import longitude

    path, settings = Path(top, study["files"]["area"]), study["area"]
    if not path.exists():
        return 0
    area = vectors.read_zones(path, settings)
    return download_area.area_km2(longitude.in_degrees(area))


def nearest(folder):
    """Return the folder, or the nearest one above it that exists."""
    folder = Path(folder).absolute()
    return next(place for place in [folder, *folder.parents] if place.exists())


def device(place):
    """Return the number of the file system of a folder."""
    return place.stat().st_dev


def packages_import():
    """Import what the scripts import; a package that is there may still be broken."""
    for name in ("rasterio", "geopandas", "pyproj", "numba"):
        importlib.import_module(name)
    yield Finding("imports", True, "the libraries load")


def of_site(study, top, live=False):
    """Yield the findings on environment, login, disk and memory."""
    settings = load.settings(top)
    lock = Path(top, "envs/requirements.txt")
    again = "Delete .venv and run `make demo`."
    yield from guarded("environment", again, lambda: environment(lock))
    yield from guarded("imports", again, packages_import)
    yield from guarded(
        "HDF4", "Install pyhdf: delete .venv and run `make demo`; with conda, envs/geo.yaml.", hdf4
    )
    yield from guarded("login", "See docs/data.md, Earthdata login.", lambda: login(study, live))
    raw, results = Path(top, settings["raw"]), Path(top, settings["results"])
    yield from guarded(
        "disk", "Check raw: in config/config.yaml.", lambda: disk(study, raw, results, top)
    )
    yield from guarded("memory", "Check the rules.", lambda: memory(Path(top, "workflow/rules")))
