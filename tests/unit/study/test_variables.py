"""The registry of climate variables: defaults, colours and units agree with it."""

import pytest
from nepflow import labels
from nepflow.figures import palettes
from nepflow.study import circularity, figures, load, settings_file
from nepflow.study.variables import COLOURS, VARIABLES, entering


def whole_schema(root):
    """The schema of a study with registries and ``$defs`` written out."""
    schema = settings_file.schema_of(root / "workflow/schemas/study.schema.yaml", load.REGISTRIES)

    def resolved(node):
        if isinstance(node, list):
            return [resolved(part) for part in node]
        if not isinstance(node, dict):
            return node
        name = node.get("$ref", "").removeprefix("#/$defs/")
        node = (schema["$defs"][name] if name else {}) | node
        return {key: resolved(below) for key, below in node.items() if key != "$ref"}

    return resolved({key: below for key, below in schema.items() if key != "$defs"})


def blocks(schema, values, path=""):
    """Blocks of the defaults with a value a variable."""
    for key, below in values.items():
        node = schema.get("properties", {}).get(key, {})
        if isinstance(below, dict):
            if path + key == "climate.station_table":  # given only where a file does not say it
                continue
            if VARIABLES.keys() <= node.get("properties", {}).keys():
                yield f"{path}{key}", below
            else:
                yield from blocks(node, below, f"{path}{key}.")


def test_defaults_have_a_value_of_every_variable(root):
    schema = whole_schema(root)
    defaults = settings_file.read(root / "config/defaults.yaml")
    found = dict(blocks(schema, defaults))
    assert len(found) > 5
    for key, block in found.items():
        assert block.keys() == VARIABLES.keys(), key


def test_schema_tells_the_unit_of_each(root):
    climate = whole_schema(root)["properties"]["climate"]["properties"]
    step = climate["quality"]["properties"]["step"]["properties"]
    assert step["temperature"]["description"] == "K"
    assert climate["tolerance"]["properties"]["radiation"]["description"] == "MJ m-2 month-1"
    assert climate["variables"]["items"]["enum"] == [*VARIABLES]


@pytest.mark.parametrize("name", VARIABLES)
def test_what_others_take_from_an_entry(name):
    about = VARIABLES[name]
    assert labels.quantity_name(name) == about.en.name
    assert name in figures.MEANINGS and (name,) in COLOURS
    assert all(palettes.palette(colours) for colours in about.palette)
    for unit in (about.daily_unit, about.monthly_unit, about.annual_unit):
        meanings = [m for pattern, m in palettes._BY_UNIT if palettes.re.match(pattern, unit)]
        assert meanings[0] == name
    assert about.monthly_unit in about.units


def test_what_npp_contains():
    assert entering("casa") == [*VARIABLES] and entering("mod17") == ["temperature", "radiation"]
    assert tuple(VARIABLES) == circularity.DRIVERS
