"""Damage tiles at random and read them: what is noticed, what gives other numbers in silence.

Each damaged copy is read by the workflow's reader and, for comparison, by the HDF4 library alone,
in processes that may die. Writes the table of benchmarks/README.md.

python benchmarks/bench_damage.py [--singles 950] [--mutations 2000] [--seed 1]
"""

import argparse
import os
import sys
import tempfile
from collections import Counter
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from pyhdf.SD import SD, SDC
from readme import machine, replace_part

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "workflow/scripts")]

from nepflow.modis import hdf, hdf4  # noqa: E402
from nepflow.simulation.hdfeos import Field, write_grid_file  # noqa: E402
from nepflow.study import modis  # noqa: E402

NAME = "MOD17A3HGF.A2022001.h12v05.061.2023035051756.hdf"
FIELDS = ("Npp_500m", "Npp_QC_500m")
BATCH = 25  # copies a process reads; one that dies names the copy
OUTCOMES = ("same", "named", "silent", "foreign", "signal")
SCALE = {"scale_factor": (0.0001, "float64"), "_FillValue": (32767, "int16")}


def by_workflow(path):
    """Return what the workflow takes from a tile."""
    fields = modis.PRODUCTS["MOD17A3HGF"].fields.values()
    layers = [hdf.read_layer(path, field.name) for field in fields]
    for layer, field in zip(layers, fields, strict=True):
        hdf.check_place(path, layer)
        hdf.check_scale(layer, field, path)
    return [layer.codes for layer in layers], layers[0].transform


def by_library(path):
    """Return what the HDF4 library gives of a tile, and the corners as it tells them."""
    file = SD(path, SDC.READ)
    codes = [file.select(name).get() for name in FIELDS]
    text = file.attributes()["StructMetadata.0"]
    file.end()
    return codes, text[: text.index("GROUP=Dimension")]


def single(content, places, chance):
    """Return the content with one damage inside its stored data, and what it is called."""
    kind = ("one bit", "one byte", "four bytes", "512 zeros")[chance.integers(4)]
    size = {"one bit": 1, "one byte": 1, "four bytes": 4, "512 zeros": 512}[kind]
    offset, length = places[chance.choice(len(places), p=_weights(places))]
    start = offset + int(chance.integers(max(1, length - size + 1)))
    new = bytearray(content)
    if kind == "one bit":
        new[start] ^= 1 << int(chance.integers(8))
    elif kind == "512 zeros":
        new[start : start + size] = bytes(size)
    else:
        new[start : start + size] = chance.bytes(size)
    return bytes(new[: len(content)]), kind


def _weights(places):
    lengths = np.array([length for _, length in places], dtype=float)
    return lengths / lengths.sum()


def stored_data(path):
    """Return (offset, length) of what holds values: blocks, streams, chunks and their tables."""
    file = os.open(path, os.O_RDONLY)
    places = hdf4.Container(file).places((hdf4.LINKED, hdf4.COMPRESSED, hdf4.CHUNK, hdf4.DATA))
    os.close(file)
    return places


def mutated(content, heads, chance):
    """Return a mutated content, as by a disk or a transfer that fails, and what it is called."""
    kinds = ("bits", "cut", "descriptors", "structure", "inserted", "lost", "zeros")
    kind, new = kinds[chance.integers(len(kinds))], bytearray(content)
    start = int(chance.integers(len(content)))
    length = int(2 ** chance.uniform(0, 12))
    if kind == "bits":
        for place in chance.integers(len(content), size=1 + int(chance.integers(8))):
            new[place] ^= 1 << int(chance.integers(8))
    elif kind == "cut":
        del new[start:]
    elif kind in ("descriptors", "structure"):
        offset, size = heads[kind]
        for place in offset + chance.integers(size, size=1 + int(chance.integers(4))):
            new[place] = int(chance.integers(256))
    elif kind == "inserted":
        new[start:start] = chance.bytes(length)
    elif kind == "lost":
        del new[start : start + length]
    else:
        new[start : start + length] = bytes(length)
    return bytes(new[: max(len(content) + length, 0)]), kind


def heads_of(content):
    """Return (offset, length) of the first descriptors and of StructMetadata.0."""
    start = content.index(b"GROUP=SwathStructure")
    return {"descriptors": (4, 2400), "structure": (start, 1500)}


def outcome(read, path, expected):
    """Read a copy and say what came of it."""
    hdf._texts_of.cache_clear()
    try:
        codes, place = read(path)
    except hdf.BadTile as error:
        return "named" if path in str(error) else "foreign"
    except Exception:
        return "foreign"
    same = all(map(np.array_equal, codes, expected[0])) and _same_place(place, expected[1])
    return "same" if same else "silent"


def _same_place(found, expected):
    if isinstance(found, str):
        return found == expected
    return np.allclose(found, expected, rtol=0, atol=0.05 * expected.a)


def _serve(pipe, read, damage, numbers, folder, expected):
    os.nice(15)
    for number in numbers:
        path = str(Path(folder, NAME))
        content, kind = damage(number)
        Path(path).write_bytes(content)
        pipe.send((number, kind, None))
        pipe.send((number, kind, outcome(read, path, expected)))
    pipe.close()


def campaign(read, damage, count, expected):
    """Return {(kind, outcome): copies} of ``count`` damages; a process that dies costs one copy."""
    found, left, fork = Counter(), list(range(count)), get_context("fork")
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 2)  # the library writes there as it dies
    with tempfile.TemporaryDirectory() as folder:
        while left:
            here, there = fork.Pipe(duplex=False)
            job = fork.Process(
                target=_serve, args=(there, read, damage, left[:BATCH], folder, expected)
            )
            job.start()
            there.close()
            reading, done = None, 0
            while True:
                try:
                    _, kind, result = here.recv()
                except EOFError:
                    break
                reading = kind if result is None else None
                if result:
                    found[kind, result] += 1
                    done += 1
            job.join()
            if reading:
                found[reading, "signal"] += 1
                done += 1
            left = left[done:]
            print(f"{count - len(left)} of {count}", end="\r", flush=True)
    return found


def small_tile(folder, codes):
    """Write a simulated tile of every tenth cell; return its path."""
    west, south, east, north = modis.tile_bounds("h12v05")
    path = Path(folder, NAME)
    layers = [
        Field(name, np.ascontiguousarray(values[::10, ::10]), attributes)
        for name, values, attributes in zip(FIELDS, codes, (SCALE, {}), strict=True)
    ]
    corners = west, north, east, south
    write_grid_file(path, "MOD_Grid_MOD17A3H", corners, layers, ({}, {}), {})
    return path


READERS = {"nepflow": by_workflow, "HDF4 library": by_library}


def line(title, name, content, damage, count):
    """Return a line of the table: copies of one content, read by one reader."""
    read = READERS[name]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, NAME)
        path.write_bytes(content)
        expected = read(str(path))
    found = campaign(read, damage, count, expected)
    sums = [sum(n for (_, result), n in found.items() if result == one) for one in OUTCOMES]
    worst = {key: n for key, n in found.items() if key[1] in OUTCOMES[2:]}
    print(title, name, dict(zip(OUTCOMES, sums, strict=True)), worst, flush=True)
    return f"| {title} | {name} | {count} | " + " | ".join(map(str, sums)) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--singles", type=int, default=950)
    parser.add_argument("--mutations", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    data = Path(os.environ.get("NEPFLOW_REFERENCE_DATA", HERE.parents[1] / "shared/data"))
    real = data / "modis" / NAME
    if not real.is_file():
        sys.exit(f"{real}: not there; set NEPFLOW_REFERENCE_DATA (CONTRIBUTING.md)")
    content, places = real.read_bytes(), stored_data(real)

    def seeded(number):
        return np.random.default_rng([options.seed, number])

    with tempfile.TemporaryDirectory() as folder:
        small = small_tile(folder, by_workflow(str(real))[0]).read_bytes()
    campaigns = {
        "one damage to the data of a genuine tile": (
            content,
            lambda number: single(content, places, seeded(number)),
            options.singles,
        )
    }
    for title, whole, share in (("genuine", content, 1 / 4), ("simulated", small, 3 / 4)):
        heads = heads_of(whole)
        campaigns[f"mutated {title} tile"] = (
            whole,
            lambda number, whole=whole, heads=heads: mutated(whole, heads, seeded(number)),
            int(options.mutations * share),
        )
    lines = [line(title, name, *about) for name in READERS for title, about in campaigns.items()]
    head = ["| damage | reader | copies | " + " | ".join(OUTCOMES) + " |", "|---|---|" + "--:|" * 6]
    replace_part("damage", [f"{machine()}.", "", *head, *lines])


if __name__ == "__main__":
    main()
