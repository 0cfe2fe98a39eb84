"""Write HDF4-EOS grid files as the archive of MODIS holds them."""

import contextlib
import os
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pyhdf.HDF import HC, HDF
from pyhdf.SD import SD, SDC
from pyhdf.V import V  # noqa: F401  HDF.vgstart needs the module loaded

from nepflow.io.atomic import replacing, working_folder

TYPES = {
    "int8": SDC.INT8,
    "uint8": SDC.UINT8,
    "int16": SDC.INT16,
    "uint16": SDC.UINT16,
    "float64": SDC.FLOAT64,
    "int32": SDC.INT32,
}
AXES = ("YDim", "XDim")
STRUCT_LENGTH = 32000  # the library pads the structure text with zeros to this length
SPHERE_RADIUS = 6371007.181  # m


@dataclass(frozen=True)
class Field:
    """One layer of a grid.

    Parameters
    ----------
    name : str
        Name of the scientific data set, for example ``Npp_500m``.
    values : ndarray, shape (y, x)
        Stored numbers, in the type of the file.
    attributes : dict
        Name -> text, or (numbers, type name).
    """

    name: str
    values: np.ndarray
    attributes: dict = field(default_factory=dict)


def _objects(kind, entries):
    """Return the lines of numbered objects, each a list of settings."""
    lines = []
    for number, settings in enumerate(entries, start=1):
        lines.append(f"\t\t\tOBJECT={kind}_{number}")
        lines += [f"\t\t\t\t{setting}" for setting in settings]
        lines.append(f"\t\t\tEND_OBJECT={kind}_{number}")
    return lines


def _header(grid, corners, shape):
    """Return the settings of a grid: name, size, corners and projection."""
    west, north, east, south = corners
    zeros = ",".join("0" * 12)
    settings = [
        f'GridName="{grid}"',
        f"XDim={shape[1]}",
        f"YDim={shape[0]}",
        f"UpperLeftPointMtrs=({west:.6f},{north:.6f})",
        f"LowerRightMtrs=({east:.6f},{south:.6f})",
        "Projection=GCTP_SNSOID",
        f"ProjParams=({SPHERE_RADIUS:.6f},{zeros})",
        "SphereCode=-1",
        "PixelRegistration=HDFE_CENTER",
        "GridOrigin=HDFE_GD_UL",
    ]
    return [f"\t\t{setting}" for setting in settings]


def structure(grid, corners, fields):
    """Return the StructMetadata text of one sinusoidal grid.

    Parameters
    ----------
    grid : str
        Name of the grid.
    corners : tuple of float
        West, north, east, south edge, m.
    fields : list of Field
    """
    shape = fields[0].values.shape
    sizes = [(f'DimensionName="{n}"', f"Size={k}") for n, k in zip(AXES, shape, strict=True)]
    layers = [
        (
            f'DataFieldName="{layer.name}"',
            f"DataType=DFNT_{str(layer.values.dtype).upper()}",
            'DimList=("YDim","XDim")',
        )
        for layer in fields
    ]
    lines = [
        *("GROUP=SwathStructure", "END_GROUP=SwathStructure", "GROUP=GridStructure"),
        *("\tGROUP=GRID_1", *_header(grid, corners, shape)),
        *("\t\tGROUP=Dimension", *_objects("Dimension", sizes), "\t\tEND_GROUP=Dimension"),
        *("\t\tGROUP=DataField", *_objects("DataField", layers), "\t\tEND_GROUP=DataField"),
        *("\t\tGROUP=MergedFields", "\t\tEND_GROUP=MergedFields"),
        *("\tEND_GROUP=GRID_1", "END_GROUP=GridStructure"),
        *("GROUP=PointStructure", "END_GROUP=PointStructure", "END"),
    ]
    return "\n".join(lines) + "\n"


def metadata(group, entries):
    """Return ODL text with one object an entry, as in CoreMetadata.0."""
    lines = [f"GROUP = {group}", "  GROUPTYPE = MASTERGROUP", ""]
    for name, value in entries.items():
        text = value if isinstance(value, int) else f'"{value}"'
        lines += [
            f"  OBJECT = {name}",
            "    NUM_VAL = 1",
            f"    VALUE = {text}",
            f"  END_OBJECT = {name}",
            "",
        ]
    return "\n".join([*lines, f"END_GROUP = {group}", "END", ""])


@contextlib.contextmanager
def _written_in_place(path):
    """Enter a fresh folder beside ``path``; what is written under its name there is moved.

    The library stores the name it was called with in the file. With a temporary name or a
    full path the same content would have other bytes on every run.
    """
    path = Path(path).resolve()
    with replacing(path) as temporary, working_folder(path) as folder:
        with contextlib.chdir(folder):
            yield path.name
        os.replace(Path(folder) / path.name, temporary)


def _write_layers(name, grid, fields, texts):
    """Write scientific data sets and file attributes; return their references."""
    file = SD(name, SDC.WRITE | SDC.CREATE | SDC.TRUNC)
    references = []
    for layer in fields:
        kind = TYPES[str(layer.values.dtype)]
        dataset = file.create(layer.name, kind, layer.values.shape)
        for axis, dimension in enumerate(AXES):
            dataset.dim(axis).setname(f"{dimension}:{grid}")
        dataset.setcompress(SDC.COMP_DEFLATE, 4)
        for key, value in layer.attributes.items():
            attribute = dataset.attr(key)
            if isinstance(value, str):
                attribute.set(SDC.CHAR, value)
            else:
                attribute.set(TYPES[value[1]], value[0])
        dataset[:] = layer.values
        references.append(dataset.ref())
        dataset.endaccess()
    for key, text in texts.items():
        file.attr(key).set(SDC.CHAR, text)
    file.end()
    return references


def _write_groups(name, grid, references):
    """Add the groups by which HDF-EOS finds the fields of a grid."""
    file = HDF(name, HC.WRITE)
    groups = file.vgstart()
    made = []
    for title, kind in (
        (grid, "GRID"),
        ("Data Fields", "GRID Vgroup"),
        ("Grid Attributes", "GRID Vgroup"),
    ):
        group = groups.create(title)
        group._class = kind
        made.append(group)
    for reference in references:
        made[1].add(HC.DFTAG_NDG, reference)
    made[0].insert(made[1])
    made[0].insert(made[2])
    for group in made:
        group.detach()
    groups.end()
    file.close()


def write_grid_file(path, grid, corners, fields, inventory, attributes):
    """Write one granule, complete or not at all.

    Parameters
    ----------
    path : str or Path
        File to write.
    grid : str
        Name of the grid, for example ``MOD_Grid_MOD17A3H``.
    corners : tuple of float
        West, north, east, south edge on the sinusoidal sphere, m.
    fields : list of Field
        Layers of one shape.
    inventory : tuple of two dict
        Entries of CoreMetadata.0 and of ArchiveMetadata.0.
    attributes : dict
        Further file attributes, text.
    """
    texts = {
        "HDFEOSVersion": "HDFEOS_V2.19",
        "StructMetadata.0": structure(grid, corners, fields).ljust(STRUCT_LENGTH, "\0"),
        "CoreMetadata.0": metadata("INVENTORYMETADATA", inventory[0]),
        "ArchiveMetadata.0": metadata("ARCHIVEDMETADATA", inventory[1]),
    }
    with _written_in_place(path) as name:
        references = _write_layers(name, grid, fields, texts | attributes)
        _write_groups(name, grid, references)
