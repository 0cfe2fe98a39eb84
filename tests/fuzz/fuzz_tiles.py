"""MODIS tiles (HDF4-EOS), damaged; `benchmarks/bench_damage.py` does so with genuine ones."""

import numpy as np
from damage import bytes_changed
from fuzzing import Impossible, Kind
from nepflow.modis import hdf
from nepflow.simulation.hdfeos import Field, write_grid_file
from nepflow.study import modis

NAME = "MOD17A3HGF.A2022001.h12v05.061.2023035051756.hdf"
SIDE = 60  # cells
WORDS = ("XDim", "UpperLeft", "GCTP", "DFNT_INT16", "Npp_500m", "GROUP", "=", "(", "20")


def _layers(path):
    fields = modis.PRODUCTS["MOD17A3HGF"].fields.values()
    layers = [hdf.read_layer(str(path), field.name) for field in fields]
    for layer, field in zip(layers, fields, strict=True):
        hdf.check_place(str(path), layer)
        if hasattr(hdf, "check_scale"):  # an older checkout has none
            hdf.check_scale(layer, field, str(path))
    return layers


def prepare(folder):
    """A sound tile and what it holds."""
    path, numbers = folder / NAME, np.random.default_rng(1)
    west, south, east, north = modis.tile_bounds("h12v05")
    scale = {"scale_factor": (0.0001, "float64"), "_FillValue": (32767, "int16")}
    codes = numbers.integers(0, 9000, (SIDE, SIDE)).astype("int16")
    quality = numbers.integers(0, 100, (SIDE, SIDE)).astype("uint8")
    fields = [Field("Npp_500m", codes, scale), Field("Npp_QC_500m", quality, {})]
    write_grid_file(path, "MOD_Grid_MOD17A3H", (west, north, east, south), fields, ({}, {}), {})
    return {"content": path.read_bytes(), "codes": [layer.codes for layer in _layers(path)]}


def mutated(folder, chance, world):
    """Damage a tile: anywhere, in its descriptors, or a word of its description."""
    content, path = world["content"], folder / NAME
    how = chance.choice(["bytes", "descriptors", "words"])
    if how == "bytes":
        content = bytes_changed(content, chance)
    elif how == "descriptors":
        content = bytearray(content)
        for _ in range(chance.randrange(1, 5)):
            content[chance.randrange(4, 2400)] = chance.randrange(256)
    else:
        word = chance.choice(WORDS).encode()
        at = content.find(word, chance.randrange(len(content) // 2))
        new = chance.choice([b"nan", b"1e999", b"-1", b"\xff", b"", b"9" * 12, b"inf", b"()"])
        content = content[:at] + new + content[at + len(word) :]
    path.write_bytes(bytes(content))
    return how, path


def read(label, path, folder, world):
    """Read a tile as the workflow does; other numbers than those of the sound one are a fault."""
    codes = [layer.codes for layer in _layers(path)]
    if not all(map(np.array_equal, codes, world["codes"])):
        raise Impossible("other numbers than in the sound tile")
    return codes


TILES = Kind("tiles", prepare, mutated, read, 60)
