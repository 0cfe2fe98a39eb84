"""The reader of HDF4 containers beside the library, and on damaged files."""

import os
import struct
from pathlib import Path

import numpy as np
import pytest
import tiles
from nepflow.modis import hdf, hdf4
from nepflow.study import modis
from pyhdf.SD import SD, SDC

CHANCE = np.random.default_rng(5)
CODES = CHANCE.integers(-30000, 32767, (60, 60)).astype("int16")
NPP = modis.PRODUCTS["MOD17A3HGF"].fields["npp"]


def opened(path):
    return hdf4.Container(os.open(path, os.O_RDONLY))


def as_by_library(path):
    """Compare every field and attribute with the library's; return which are verified."""
    file, container, verified = SD(str(path), SDC.READ), opened(path), {}
    assert set(container.fields) == set(file.datasets())
    for name in container.fields:
        dataset = file.select(name)
        values, verified[name] = container.values(name)
        assert np.array_equal(values, dataset.get()) and values.dtype == dataset.get().dtype
        assert dataset.attributes().items() <= container.fields[name].attributes.items()
    assert file.attributes().items() <= container.attributes.items()
    return verified


def test_genuine_tiles_as_by_the_library(reference_data):
    for path in (reference_data / "modis").glob("*.hdf"):
        # the tile is packed, in chunks whose streams are in linked blocks; the clipped file is not
        assert set(as_by_library(path).values()) == {path.name.startswith("MOD17")}


def written(folder, values, compression=None, kind=SDC.INT16):
    path = str(folder / "made.hdf")
    file = SD(path, SDC.WRITE | SDC.CREATE | SDC.TRUNC)
    dataset = file.create("made", kind, values.shape)
    if compression:
        dataset.setcompress(*compression)
    dataset[:] = values
    dataset.attr("limits").set(SDC.FLOAT64, [0.5, 2.0])
    dataset.endaccess()
    file.end()
    return path


def test_packed_and_plain_fields_as_by_the_library(tmp_path):
    assert as_by_library(written(tmp_path, CODES, (SDC.COMP_DEFLATE, 6))) == {"made": True}
    assert as_by_library(written(tmp_path, CODES)) == {"made": False}
    small = CHANCE.normal(size=(2, 3, 4))
    assert as_by_library(written(tmp_path, small, kind=SDC.FLOAT64)) == {"made": False}


def in_two_blocks(content, tag, reference):
    """Return a file with one element in linked blocks, as the library stores one that grew."""
    new, slots = bytearray(content), 10
    places = range(slots, slots + 12 * struct.unpack(">H", content[4:6])[0], 12)
    rows = {place: struct.unpack(">HHII", content[place : place + 12]) for place in places}
    own, start, length = next(
        (place, row[2], row[3]) for place, row in rows.items() if row[:2] == (tag, reference)
    )
    half, end = length // 2, len(content)
    new += struct.pack(">HIIIH", hdf4.IN_BLOCKS, length, length - half, 2, 899)
    new += struct.pack(">HHH", 0, 900, 901)
    row = struct.pack(">HHII", tag | hdf4.SPECIAL, reference, end, 16)
    new[own : own + 12] = row
    parts = [(899, end + 16, 6), (900, start, half), (901, start + half, length - half)]
    free = [place for place, row in rows.items() if row[0] == hdf4.EMPTY]
    for place, part in zip(free, parts, strict=False):
        new[place : place + 12] = struct.pack(">HHII", hdf4.LINKED, *part)
    return bytes(new)


def test_streams_in_linked_blocks_as_by_the_library(tmp_path):
    path = written(tmp_path, CODES, (SDC.COMP_DEFLATE, 6))
    whole = Path(path).read_bytes()
    Path(path).write_bytes(in_two_blocks(whole, hdf4.COMPRESSED, 1))
    assert len(opened(path).places([hdf4.LINKED])) == 3
    assert as_by_library(path) == {"made": True}
    spoiled(path, len(whole) + 16, struct.pack(">HHH", 0, 901, 900))
    with pytest.raises(hdf4.Damaged, match="deflate stream"):
        opened(path).values("made")
    spoiled(path, len(whole) + 16, struct.pack(">HHH", 899, 900, 0))
    with pytest.raises(hdf4.Damaged, match="in a circle"):
        opened(path)


def test_other_packing_is_refused(tmp_path):
    path = written(tmp_path, CODES, (SDC.COMP_RLE,))
    with pytest.raises(hdf4.Unverifiable, match="packed by RLE"):
        opened(path).values("made")


def spoiled(path, place, new):
    content = bytearray(Path(path).read_bytes())
    content[place : place + len(new)] = new
    Path(path).write_bytes(content)


def test_every_damage_to_a_stream_is_named(tmp_path):
    """The library returns other numbers, or an error without the name of the file."""
    path = tiles.write_npp(tmp_path, "h25v05", CODES)
    sound = Path(path).read_bytes()
    (start, length), _ = opened(path).places([hdf4.COMPRESSED])
    for place in CHANCE.integers(start, start + length, 60):
        Path(path).write_bytes(sound)
        spoiled(path, place, bytes([sound[place] ^ 1 << int(CHANCE.integers(8))]))
        hdf._texts_of.cache_clear()
        with pytest.raises(hdf.BadTile, match=r"h25v05.*deflate stream is damaged.*get it again"):
            hdf.read_layer(path, NPP.name)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (lambda c, p: (p[hdf4.DIMENSIONS] + 2, struct.pack(">i", 61)), "StructMetadata.0 says"),
        (lambda c, p: (p[hdf4.DIMENSIONS] + 2, struct.pack(">i", -60)), "impossible dimensions"),
        (lambda c, p: (p[hdf4.NUMBER_TYPE] + 1, b"\x17"), "numbers of type uint16"),
        (lambda c, p: (p[hdf4.NUMBER_TYPE] + 1, b"\x63"), "unknown type of numbers"),
        (lambda c, p: (4, b"\x7f\xff"), "cut off"),
        (lambda c, p: (c.index(b"XDim=60"), b"XDim=00"), "size and corners"),
        (lambda c, p: (c.index(b"XDim=60"), b"XDim=61"), "StructMetadata.0"),
        (lambda c, p: (c.index(b"GCTP_SNSOID"), b"GCTP_GEOGRA"), "projection GCTP_GEOGRA"),
        (lambda c, p: (c.index(b"UpperLeft"), b"X"), "size and corners"),
        (lambda c, p: (c.index(b"UpperLeftPointMtrs=(") + 20, b"9"), "StructMetadata|middle lies"),
        (lambda c, p: (c.index(b"GridName"), b"X"), "has no field"),
    ],
)
def test_damaged_heads_are_named(tmp_path, fault, message):
    path = tiles.write_npp(tmp_path, "h25v05", CODES)
    container = opened(path)
    first = {tag: container.places([tag])[0][0] for tag in (hdf4.DIMENSIONS, hdf4.NUMBER_TYPE)}
    spoiled(path, *fault(Path(path).read_bytes(), first))
    with pytest.raises(hdf.BadTile, match=rf"h25v05.*({message})"):
        hdf.check(path, [NPP])


def test_parts_that_change_owner_are_refused(tmp_path):
    """Two fields of one size: a damaged reference would give the one for the other."""
    path = tiles.write_npp(tmp_path, "h25v05", CODES)
    content = Path(path).read_bytes()
    head = struct.pack(">HHIH", hdf4.IN_DEFLATE, 0, CODES.nbytes, 1)
    spoiled(path, content.index(head) + 8, struct.pack(">H", 2))
    with pytest.raises(hdf.BadTile, match="used twice"):
        hdf.read_layer(path, NPP.name)


def test_a_bomb_is_not_unpacked(tmp_path):
    path = tiles.write_npp(tmp_path, "h25v05", np.zeros((2000, 2000)))
    content = Path(path).read_bytes()
    head = struct.pack(">HHI", hdf4.IN_DEFLATE, 0, 8_000_000)
    spoiled(path, content.index(head) + 4, struct.pack(">I", 100))
    with pytest.raises(hdf.BadTile, match="has 100 bytes, not 8000000"):
        hdf.read_layer(path, NPP.name)


def test_folders_and_dead_links_are_named(tmp_path):
    folder = tmp_path / tiles.name_of("h25v05")
    folder.mkdir()
    dead = tmp_path / tiles.name_of("h26v05")
    dead.symlink_to(tmp_path / "nowhere")
    for path in (folder, dead):
        with pytest.raises(hdf.BadTile, match=rf"{path.name}: cannot be read.*link to nothing"):
            hdf.read_layer(path, NPP.name)
