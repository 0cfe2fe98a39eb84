"""The schemas leave no setting without bounds, and no text that says nothing."""

import pytest
from nepflow.study import equal_area, load, settings_file

SCHEMAS = load.TOP / "workflow/schemas"
# numbers that are data of the user or of a paper, of any size up to settings_file.LARGEST_NUMBER
DATA = (
    "missing", "missing_values", "offset", "select", "cuts", "value", "tolerance", "rounding",
    "interval", "scale", "fill", "valid", "levels", "terms",
)  # fmt: skip


def numbers(node, place=()):
    """Yield (place, schema) of each number of a schema."""
    if isinstance(node, dict):
        types = node.get("type", [])
        types = types if isinstance(types, list) else [types]
        if {"number", "integer"} & set(types) and "enum" not in node:
            yield place, node
        for key, below in node.items():
            yield from numbers(below, (*place, str(key)))
    elif isinstance(node, list):
        for key, below in enumerate(node):
            yield from numbers(below, (*place, str(key)))


@pytest.mark.parametrize("schema", ["study.schema.yaml", "site.schema.yaml"])
def test_every_number_has_bounds(schema):
    found = dict(numbers(settings_file.schema_of(SCHEMAS / schema, load.REGISTRIES)))
    open_ended = [
        place
        for place, node in found.items()
        if not ({"minimum", "exclusiveMinimum"} & set(node))
        or not ({"maximum", "exclusiveMaximum"} & set(node))
    ]
    assert [place for place in open_ended if not set(DATA) & set(place)] == []


def test_the_schema_has_no_key_that_means_nothing():
    """A comma in a description without quotes begins another key."""
    known = {
        "type", "properties", "additionalProperties", "items", "prefixItems", "required", "enum",
        "const", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "not",
        "minItems", "maxItems", "uniqueItems", "minLength", "contains", "allOf", "anyOf", "oneOf",
        "$ref", "$defs", "$schema", "title", "description", "ascending", "ascending_at",
        "ascending_keys", "placeholders",
    }  # fmt: skip

    def words(node):
        if isinstance(node, dict):
            for key, below in node.items():
                yield key
                if key in ("properties", "$defs"):
                    for own in below.values():
                        yield from words(own)
                elif key not in ("const", "enum"):
                    yield from words(below)
        elif isinstance(node, list):
            for below in node:
                yield from words(below)

    for path in SCHEMAS.glob("*.schema.yaml"):
        assert set(words(settings_file.schema_of(path, load.REGISTRIES))) <= known


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("area.gpkg", ""),
        ("/data/shared/area.gpkg", ""),
        ("../shared/area.gpkg", ""),
        ("宁夏/区 域.gpkg", ""),
        ("a[1]*.gpkg", ""),
        (" area.gpkg", "blank"),
        ("a\tb.gpkg", "tab"),
        ("~user/area.gpkg", "Write the folder out"),
        ("/vsizip/a.zip/b.shp", "an address"),
        ("s3://bucket/a.tif", "an address"),
        ("C:\\data\\a.tif", "Write / between"),
        ("宁" * 100 + ".gpkg", "too long"),
        ("a/" * 3000 + "b", "too long"),
    ],
)
def test_paths(path, said):
    fault = settings_file.path_fault(path)
    assert (said in fault) if said else fault == ""


@pytest.mark.parametrize(
    ("crs", "said"),
    [
        ("+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105", ""),
        ("+proj=aea +lat_1=-20 +lat_2=-40 +lon_0=-60", ""),
        ("+proj=laea +lat_0=90 +lon_0=-180", ""),
        ("+proj=cea +lat_ts=30", ""),
        ('PROJCS["x"]', ""),
        ("EPSG:6933", ""),
        ("+proj=laea +lat_0=95", "lat_0=95 is no latitude"),
        ("+proj=laea +lat_0=nan", "lat_0=nan is no latitude"),
        ("+proj=laea +lat_0=north", "no number of degrees"),
        ("+proj=laea +lon_0=400", "no longitude"),
        ("+proj=aea", "no cone"),
        ("Albers", "is no CRS"),
        ("", "is no CRS"),
    ],
)
def test_angles_of_a_crs(crs, said):
    fault = equal_area.fault_of(crs)
    assert (said in fault) if said else fault == ""
