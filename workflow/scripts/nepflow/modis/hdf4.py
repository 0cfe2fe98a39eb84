"""The HDF4 container by its own descriptors: every byte that is returned was verified.

The format is that of the HDF4 specification and reference manual, part "tags". The library that
belongs to it does not look at the checksums of deflate streams, returns what a damaged one
unpacks to, and ends the process where descriptors are damaged (docs/decisions/0159).
"""

import math
import os
import struct
import zlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

MAGIC = b"\x0e\x03\x13\x01"
ABSENT = 0xFFFFFFFF  # in a descriptor: no bytes
EMPTY = 1  # tag of a free descriptor
LINKED, COMPRESSED, CHUNK = 20, 40, 61
NUMBER_TYPE, DIMENSIONS, DATA, NUMERIC_GROUP = 106, 701, 702, 720
TABLE_HEAD, TABLE, GROUP = 1962, 1963, 1965
SPECIAL = 0x4000  # bit of a tag: the element is stored in another way than in one piece
IN_BLOCKS, IN_DEFLATE, IN_CHUNKS = 1, 3, 5
DEFLATE = 4
CODINGS = {0: "none", 1: "RLE", 2: "NBIT", 3: "Skipping Huffman", DEFLATE: "deflate", 5: "szip"}
TYPES = {
    4: "S1",
    20: "i1",
    21: "u1",
    22: ">i2",
    23: ">u2",
    24: ">i4",
    25: ">u4",
    5: ">f4",
    6: ">f8",
}
TEXT_TYPES = (3, 4)
LARGEST = 1 << 29  # bytes of a field; that of a whole tile at 250 m has 46 MB


class Damaged(ValueError):
    """An HDF4 file contradicts itself; the message says where, the caller says which file."""


class Unverifiable(Damaged):
    """Data are packed in a way that has no checksum, or that the tag of a damaged file names."""


@dataclass(frozen=True)
class Field:
    """A scientific data set: its type, shape and attributes, the values still unread."""

    name: str
    dtype: np.dtype
    shape: tuple
    attributes: dict
    reference: int


class Container:
    """An open HDF4 file.

    Parameters
    ----------
    file : int
        Descriptor of the open file.

    Raises
    ------
    Damaged
        By every method too: if bytes are missing, overlap, are used twice or are not what their
        checksum says, and where the file is stored in a way that cannot be verified.
    """

    def __init__(self, file):
        self._file, self._size = file, os.fstat(file).st_size
        self._places = self._descriptors()
        self._check_use()

    # --- descriptors and elements

    def _descriptors(self):
        """Return {(tag, reference): (offset, length, is special)}."""
        if self._read(0, 4) != MAGIC:
            raise Damaged("it does not begin like HDF4")
        found, taken, place, seen = {}, [(0, 4)], 4, set()
        while place:
            if place in seen:
                raise Damaged("its blocks of descriptors run in a circle")
            seen.add(place)
            count, following = struct.unpack(">HI", self._read(place, 6))
            slots = self._read(place + 6, 12 * count)
            taken.append((place, 6 + 12 * count))
            for tag, reference, offset, length in struct.iter_unpack(">HHII", slots):
                if tag == EMPTY:
                    continue
                key = tag & ~SPECIAL if tag < 0x8000 else tag, reference
                if key in found:
                    raise Damaged(f"it describes element {key[0]}/{key[1]} twice")
                found[key] = offset, length, key[0] != tag
                if ABSENT not in (offset, length):
                    taken.append((offset, length))
            place = following
        self._check_places(taken)
        return found

    def places(self, tags):
        """Return (offset, length) of the elements with these tags."""
        found = [place[:2] for (tag, _), place in self._places.items() if tag in tags]
        return [place for place in found if ABSENT not in place]

    def _check_places(self, taken):
        """Refuse elements that overlap (one place under two names may be) or are cut off."""
        end = 0
        for offset, length in sorted(set(taken)):
            if length and offset < end:
                raise Damaged(f"two elements overlap at byte {offset}")
            end = max(end, offset + length)
        if end > self._size:
            raise Damaged(f"it has {self._size} bytes and describes {end}; it is cut off")

    def _read(self, offset, length):
        content = os.pread(self._file, length, offset) if offset < 1 << 62 else b""
        if len(content) != length:
            raise Damaged(f"it ends within what stands at byte {offset}; it is cut off")
        return content

    def _raw(self, tag, reference):
        """Return the bytes that a descriptor points to."""
        place = self._places.get((tag, reference))
        if place is None or ABSENT in place[:2]:
            raise Damaged(f"it has no element {tag}/{reference}")
        return self._read(*place[:2])

    def _is_special(self, tag, reference):
        return self._places.get((tag, reference), (0, 0, False))[2]

    def _bytes(self, tag, reference):
        """Return an element in one piece, joined where it is stored in linked blocks."""
        raw = self._raw(tag, reference)
        if not self._is_special(tag, reference):
            return raw
        if _unpack(">H", raw)[0] != IN_BLOCKS:
            raise Damaged(f"element {tag}/{reference} is stored in an unknown way")
        return b"".join(self._raw(LINKED, block) for block in self._blocks(raw)[1])[: _length(raw)]

    def _blocks(self, head):
        """Return the tables of an element in linked blocks, and its blocks that are there."""
        _, length, _, count, following = _unpack(">HIIIH", head)
        tables, blocks, size = [], [], 0
        while following and size < length:
            if following in tables:
                raise Damaged("its linked blocks run in a circle")
            tables.append(following)
            following, *listed = _unpack(f">H{count}H", self._raw(LINKED, tables[-1]))
            for block in listed:
                if block and size < length:
                    blocks.append(block)
                    size += self._places.get((LINKED, block), (0, 0))[1]
        if size < length:
            raise Damaged("a linked block is missing")
        return tables, blocks

    def _check_use(self):
        """Refuse a part that two elements share: a reference was damaged."""
        used = set()
        for (tag, reference), (_, _, special) in self._places.items():
            if not special:
                continue
            head = self._raw(tag, reference)
            kind = _unpack(">H", head)[0]
            if kind == IN_BLOCKS:
                parts = [(LINKED, part) for parts in self._blocks(head) for part in parts]
            elif kind == IN_DEFLATE:
                parts = [(COMPRESSED, _unpack(">HHIH", head)[3])]
            elif kind == IN_CHUNKS:
                parts = [(CHUNK, part) for part in self._chunks(head)[1].values()]
            else:
                raise Damaged(f"element {tag}/{reference} is stored in an unknown way ({kind})")
            for part in parts:
                if part in used:
                    raise Damaged(f"element {part[0]}/{part[1]} is used twice")
                used.add(part)
        lost = {key for key in self._places if key[0] in (COMPRESSED, CHUNK)} - used
        if lost:
            raise Damaged("parts of its data ({}/{}) belong to no field".format(*min(lost)))

    # --- groups and tables

    def _group(self, reference):
        """Return name, class and members [(tag, reference)] of a group."""
        raw = self._raw(GROUP, reference)
        count = _unpack(">H", raw)[0]
        numbers = _unpack(f">H{2 * count}H", raw)[1:]
        name, raw = _text(raw[2 + 4 * count :])
        kind, _ = _text(raw)
        return name, kind, list(zip(numbers[:count], numbers[count:], strict=True))

    def _table(self, reference):
        """Return name, class, fields [(number type, bytes)] and records (bytes) of a table."""
        raw = self._raw(TABLE_HEAD, reference)
        _, records, size, fields = _unpack(">HIHH", raw)
        numbers = _unpack(f">{4 * fields}H", raw[10:])
        raw = raw[10 + 8 * fields :]
        for _ in range(fields):
            _, raw = _text(raw)
        name, raw = _text(raw)
        kind, _ = _text(raw)
        content = self._bytes(TABLE, reference) if records else b""
        widths = numbers[fields : 2 * fields]
        if len(content) != records * size or sum(widths) != size:
            raise Damaged(f"the table {name} is not as long as its head says")
        return name, kind, list(zip(numbers[:fields], widths, strict=True)), content

    def _values(self, members):
        """Return {name: value} of the attributes among the members of a group."""
        found = {}
        for tag, reference in members:
            if tag == TABLE_HEAD:
                name, kind, fields, content = self._table(reference)
                if kind == "Attr0.0" and len(fields) == 1:
                    found[name] = _value(content, fields[0][0])
        return found

    @cached_property
    def _groups(self):
        return [self._group(reference) for tag, reference in self._places if tag == GROUP]

    @cached_property
    def attributes(self):
        """Attributes of the file by name: text, a number or a list of numbers."""
        return self._values(
            [m for _, kind, members in self._groups for m in members if kind == "CDF0.0"]
        )

    # --- fields

    @cached_property
    def fields(self):
        """The `Field` of each name."""
        found = {}
        for name, kind, members in self._groups:
            if kind == "Var0.0":
                if name in found:
                    raise Damaged(f"it has two fields {name}")
                found[name] = self._field(name, members)
        return found

    def _field(self, name, members):
        places = dict(members)
        described = dict(self._pairs(places.get(NUMERIC_GROUP)))
        for tag in (DATA, DIMENSIONS, NUMBER_TYPE):
            if places.get(tag, described.get(tag)) != described.get(tag):
                raise Damaged(f"its two descriptions of {name} differ")
        raw = self._raw(DIMENSIONS, described.get(DIMENSIONS))
        rank = _unpack(">H", raw)[0]
        shape = _unpack(f">H{rank}i", raw)[1:]
        number = self._raw(NUMBER_TYPE, described.get(NUMBER_TYPE))
        if len(number) != 4 or number[1] not in TYPES:
            raise Damaged(f"{name} has an unknown type of numbers")
        dtype = np.dtype(TYPES[number[1]])
        if number[2] != 8 * dtype.itemsize:
            raise Damaged(
                f"{name} has numbers of {number[2]} bits, its type has {8 * dtype.itemsize}"
            )
        if not shape or min(shape) < 1 or math.prod(shape) * dtype.itemsize > LARGEST:
            raise Damaged(f"{name} has impossible dimensions {shape}")
        return Field(name, dtype, shape, self._values(members), described.get(DATA))

    def _pairs(self, reference):
        raw = self._raw(NUMERIC_GROUP, reference)
        return list(struct.iter_unpack(">HH", raw[: len(raw) // 4 * 4]))

    def values(self, name):
        """Return the values of a field, and whether a checksum in the file covers each.

        Returns
        -------
        values : ndarray
            In the order of bytes of the machine.
        verified : bool
        """
        field = self.fields[name]
        key, size = (DATA, field.reference), math.prod(field.shape) * field.dtype.itemsize
        kind = _unpack(">H", self._raw(*key))[0] if self._is_special(*key) else None
        if kind == IN_CHUNKS:
            return self._joined(field)
        content, verified = self._stored(*key, size)
        values = np.frombuffer(content, field.dtype).reshape(field.shape)
        return _native(values), verified

    def holds_checksum(self, name):
        """Tell whether checksums in the file cover the values of a field, which stay unread."""
        key = DATA, self.fields[name].reference
        if not self._is_special(*key):
            return False
        head = self._raw(*key)
        kind = _unpack(">H", head)[0]
        return kind == IN_DEFLATE or (
            kind == IN_CHUNKS and _unpack(">HIBI", head)[3] & 0xFF == IN_DEFLATE
        )

    def _stored(self, tag, reference, size):
        """Return the ``size`` bytes of an element, inflated where it is compressed."""
        if self._is_special(tag, reference):
            head = self._raw(tag, reference)
            if _unpack(">H", head)[0] == IN_DEFLATE:
                _, _, length, stream, model, coding = _unpack(">HHIHHH", head)
                if length != size:
                    raise Damaged(f"element {tag}/{reference} has {length} bytes, not {size}")
                _check_coding(model, coding)
                return _inflated(self._bytes(COMPRESSED, stream), size), True
        content = self._bytes(tag, reference)
        if len(content) != size:
            raise Damaged(f"element {tag}/{reference} has {len(content)} bytes, not {size}")
        return content, False

    def _chunks(self, head):
        """Return shape, shape of a chunk, fill and {place: reference} of a field in chunks."""
        _, _, _, flag, cells, in_chunk, width, tag, table, _, _, rank = _unpack(
            ">HIBIIIIHHHHI", head
        )
        if rank > 8 or tag != TABLE_HEAD:
            raise Damaged("the head of its chunks is damaged")
        numbers = _unpack(f">{3 * rank}i", head[35:])
        shape, sides = numbers[1::3], numbers[2::3]
        if (
            min((*shape, *sides), default=0) < 1
            or math.prod(sides) != in_chunk
            or math.prod(shape) != cells
        ):
            raise Damaged(f"its chunks have impossible dimensions {sides} of {shape}")
        rest = head[35 + 12 * rank :]
        fill_size = _unpack(">I", rest)[0]
        fill, rest = rest[4 : 4 + fill_size], rest[4 + fill_size :]
        if flag & 0xFF == IN_DEFLATE:
            _, _, model, coding = _unpack(">HIHH", rest)
            _check_coding(model, coding)
        elif flag & 0xFF:
            raise Damaged("its chunks are stored in an unknown way")
        return (shape, sides, width, fill), self._chunk_table(table, shape, sides)

    def _chunk_table(self, table, shape, sides):
        _, _, fields, content = self._table(table)
        if [width for _, width in fields] != [4 * len(shape), 2, 2]:
            raise Damaged("the table of its chunks is damaged")
        most, found = [-(-n // side) for n, side in zip(shape, sides, strict=True)], {}
        for *place, tag, reference in struct.iter_unpack(f">{len(shape)}iHH", content):
            inside = all(0 <= number < count for number, count in zip(place, most, strict=True))
            if not inside or tuple(place) in found or tag != CHUNK:
                raise Damaged("the table of its chunks is damaged")
            found[tuple(place)] = reference
        return found

    def _joined(self, field):
        (shape, sides, width, fill), chunks = self._chunks(self._raw(DATA, field.reference))
        if shape != field.shape or width != field.dtype.itemsize:
            raise Damaged(f"{field.name} has dimensions {field.shape}, its chunks {shape}")
        values, verified = np.empty(shape, field.dtype.newbyteorder("=")), bool(chunks)
        values[...] = np.frombuffer(fill, field.dtype)[0] if len(fill) == width else 0
        for place, reference in chunks.items():
            content, sure = self._stored(CHUNK, reference, math.prod(sides) * width)
            start = [number * side for number, side in zip(place, sides, strict=True)]
            here = values[tuple(slice(s, s + side) for s, side in zip(start, sides, strict=True))]
            part = np.frombuffer(content, field.dtype).reshape(sides)
            here[...] = part[tuple(slice(n) for n in here.shape)]
            verified &= sure
        return values, verified


def _unpack(layout, raw):
    """Return the numbers at the beginning of ``raw``."""
    size = struct.calcsize(layout)
    if len(raw) < size:
        raise Damaged("an element is shorter than what it must hold")
    return struct.unpack(layout, raw[:size])


def _length(head):
    return _unpack(">HI", head)[1]


def _text(raw):
    """Return a text that follows its length, and what stands behind it."""
    end = 2 + _unpack(">H", raw)[0]
    if len(raw) < end:
        raise Damaged("a name is cut off")
    return raw[2:end].decode("latin-1"), raw[end:]


def _value(content, kind):
    """Return an attribute: text, a number, or a list of numbers."""
    if kind in TEXT_TYPES:
        return content.decode("utf-8", errors="replace")
    if kind not in TYPES or len(content) % np.dtype(TYPES[kind]).itemsize:
        raise Damaged("an attribute has an unknown type of numbers")
    values = np.frombuffer(content, TYPES[kind]).tolist()
    return values[0] if len(values) == 1 else values


def _check_coding(model, coding):
    if model or coding != DEFLATE:
        raise Unverifiable(
            f"its data are packed by {CODINGS.get(coding, 'something unknown')}, which has no "
            "checksum; tiles of the archive are packed by deflate"
        )


def _inflated(stream, size):
    """Return ``size`` bytes of a deflate stream; zlib compares its Adler-32."""
    unpacking = zlib.decompressobj()
    try:
        content = unpacking.decompress(stream, size + 1)
    except zlib.error as error:
        raise Damaged(f"a deflate stream is damaged ({error})") from None
    if len(content) != size or not unpacking.eof:
        raise Damaged("a deflate stream is damaged (it does not end where its data end)")
    return content


def _native(values):
    return values.astype(values.dtype.newbyteorder("="))
