"""YAML of people: encodings, what stands twice, numbers that are none, bounds, placeholders."""

import io
import time
from typing import NamedTuple

import pytest
import yaml
from nepflow.study import load, settings_file
from nepflow.study.settings_file import BadSettings


def read(folder, content, **options):
    path = folder / "own.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return settings_file.read(path, **options)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_encodings_that_say_what_they_are(tmp_path, encoding):
    text = "title: 宁夏 Zürich ✓\n"
    if encoding == "utf-16":  # big-endian too
        marked = b"\xfe\xff" + text.encode("utf-16-be")
        assert read(tmp_path, marked) == {"title": "宁夏 Zürich ✓"}
    assert read(tmp_path, text.encode(encoding)) == {"title": "宁夏 Zürich ✓"}


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        ("title: 宁夏碳汇", "gbk", "looks like GBK"),
        ("标题: 宁夏", "gbk", "looks like GBK"),
        ("title: 㐀㐁𠀀宁夏", "gb18030", "GB18030"),
        ("title: 臺灣碳匯", "big5", "Big5"),
        ("title: Zürich, Genève", "latin-1", "Latin-1"),
        ("title: Köln – Öresund", "cp1252", "Windows-1252"),
        ("title: 宁夏", "utf-16-le", "UTF-16 without its mark"),
        ("title: a\0b", "utf-8", "no text"),
    ],
)
def test_other_encodings_are_named_with_the_remedy(tmp_path, text, encoding, said):
    with pytest.raises(BadSettings, match=said) as error:
        read(tmp_path, text.encode(encoding))
    assert "own.yaml" in str(error.value) and "as UTF-8" in str(error.value)
    with pytest.raises(BadSettings, match="is UTF-16"):
        read(tmp_path, "a: 1".encode("utf-16"), utf8_only=True)


def test_text_stays_what_was_written(tmp_path):
    """YAML 1.1 makes False of NO, 45000 of 12:30:00, 8 of 010, a date of 2001-01-01."""
    kept = [
        "NO",
        "no",
        "on",
        "Yes",
        "y",
        "12:30:00",
        "010",
        "007",
        "-01",
        "2001-01-01",
        "1_000",
        "0x1F",
        "0o7",
        "=",
        "N/A",
        "nan",
        "None",
        "1e5x",
        "1.2.3",
        "100m",
    ]
    found = read(tmp_path, "".join(f"k{place}: {text}\n" for place, text in enumerate(kept)))
    assert list(found.values()) == kept
    found = read(tmp_path, "a: 12\nb: -6.5\nc: 1e5\nd: .5\ne: true\nf: ~\ng:\nh: +3\ni: 1.0e-05\n")
    assert list(found.values()) == [12, -6.5, 1e5, 0.5, True, None, None, 3, 1e-5]
    assert isinstance(found["a"], int) and isinstance(found["c"], float)


def test_what_is_written_is_read_the_same_by_any_reader():
    values = {
        str(place): text
        for place, text in enumerate(
            [
                "NO",
                "1e5",
                "007",
                "12:30",
                "null",
                "2001-01-01",
                "~",
                "",
                "0o7",
                "1_0",
                "宁夏",
                "a: b",
            ]
        )
    } | {"n": 1.5, "i": 3, "b": False, "none": None, "list": [{"a": 1}]}
    shared = {"x": values, "y": values}  # written out, not as an alias
    file = io.StringIO()
    settings_file.dump(shared, file)
    assert "&" not in file.getvalue()
    assert yaml.safe_load(file.getvalue()) == shared


def test_a_dump_comes_back(tmp_path):
    values = {"a": "1e5", "b": "NO", "c": ["007", 7], "d": {"e": 0.1}}
    with open(tmp_path / "a.yaml", "w", encoding="utf-8") as file:
        settings_file.dump(values, file)
    assert settings_file.read(tmp_path / "a.yaml") == values


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", "a stands twice, in lines 1 and 3"),
        (
            "c:\n  x: 1\n  y: 1\nd:\n  z: {x: 1,\n    x: 2}\n",
            r"d\.z\.x stands twice, in lines 5 and",
        ),
        ("l:\n  - {name: a, name: b}\n", r"l\.0\.name stands twice, in line 2"),
        ("a: 1\n'a': 2\n", "a stands twice"),
        ("x: &x {a: 1}\ny: {<<: *x, <<: *x}\n", "stands twice"),
        ("a: .nan\n", "line 1: a: .nan is no number"),
        ("a:\n  b: [1, -.inf]\n", r"line 2: a\.b\.1: -\.inf is no number"),
        ("a: 1e999\n", "no number"),
        ("a: " + "9" * 5000, "no number"),
        ("a: 1e31\n", "no number"),
        ("2001: 1\n", "the key 2001 is not text"),
        ("true: 1\n", "the key true is not text"),
        ("~: 1\n", "is not text"),
        ("? [a]\n: 1\n", "the key in brackets is not text"),
        ("- a\n- b\n", "is a list as a whole"),
        ("hello\n", "is one text as a whole"),
        ("5\n", "is a number as a whole"),
        ("", "is empty"),
        ("# only a comment\n", "is empty"),
        ("{}\n", "is empty"),
        ("a:\n\tb: 1\n", "Tabs cannot indent"),
        ("a: 1\n---\nb: 1\n", "remove the line `---`"),
        ("title：宁夏\nperiod: 1\n", "Line 1 has a full-width colon"),
        ("a: !!python/object/apply:os.system [ls]\n", "tag .* does not fit"),
        ("a: !!binary aaaa\n", "does not fit"),
        ("a: !!bool maybe\n", "does not fit"),
        ("a: [1\n", "not valid YAML"),
        ("a: \x01\n", "not valid YAML"),
        ("a: &a [*a]\n", "an alias stands within what it names"),
        ("a: " + "[" * 3000, "more than 50 levels"),
        ("a: " + "[" * 60 + "]" * 60, "more than 50 levels"),
        (
            "a0: &a0 [1]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 80)),
            "50 levels",
        ),
        ("a: " + "x" * 1_100_000, "Is it the right file"),
    ],
)
def test_faults_are_named(tmp_path, text, said):
    with pytest.raises(BadSettings, match=said) as error:
        read(tmp_path, text)
    assert "own.yaml" in str(error.value) and len(str(error.value)) < 1000


@pytest.mark.parametrize("kind", ["[{}]", "{{a: {}}}"])
def test_aliases_serve_but_do_not_explode(tmp_path, kind):
    assert read(tmp_path, "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: *a\n") == {
        "a": {"x": 1, "y": 2},
        "b": {"x": 1, "y": 3},
        "c": {"x": 1, "y": 2},
    }
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    for n in range(1, 25):
        names = ", ".join([f"*a{n - 1}"] * 9)
        lines.append(
            f"a{n}: &a{n} [{names}]" if kind[0] == "[" else f"a{n}: &a{n} {{p: [{names}]}}"
        )
    begin = time.perf_counter()
    with pytest.raises(BadSettings, match="aliases written out"):
        read(tmp_path, "\n".join(lines))
    assert time.perf_counter() - begin < 5


def test_a_folder_is_no_file(tmp_path):
    (tmp_path / "own.yaml").mkdir()
    with pytest.raises(BadSettings, match="cannot be read"):
        settings_file.read(tmp_path / "own.yaml")


@pytest.mark.parametrize(
    "pattern",
    [
        "{tile}",
        "{",
        "}",
        "{0}",
        "{}",
        "{year.__class__}",
        "{year!r}",
        "{year:>5}",
        "{{year}}",
        "{year}{",
        "{ year }",
        "a{year}b{month}",
    ],
)
def test_only_known_placeholders_are_filled(pattern):
    with pytest.raises(BadSettings, match=r"cannot be filled in\. What can be: \{year\}"):
        settings_file.filled(pattern, year=2001)
    assert settings_file.filled("npp_{year}_%s_{year}.tif", year=2001) == "npp_2001_%s_2001.tif"


SCHEMA = """
type: object
additionalProperties: false
properties:
  pair: {type: array, ascending: strictly, items: {type: number}}
  years: {type: array, ascending: weakly, items: {type: integer}}
  box: {type: array, ascending_at: [[0, 2], [1, 3]]}
  zs: {type: object, ascending_keys: [low, middle, high]}
  file: {type: string, placeholders: [year]}
  name: {type: string, pattern: "^[a-z]+$", description: small letters}
  order: {type: integer, enum: [2, 3]}
  switch: {type: boolean}
"""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"pair": [2, 1]}, "pair: [2, 1] do not ascend. Write [1, 2]"),
        ({"pair": [1, 1]}, "do not ascend"),
        ({"pair": [1, 3, 2]}, "Write [1, 2, 3]"),
        ({"years": [2002, 2001]}, "Write [2001, 2002]"),
        ({"years": [2001.0, 2005]}, "years.0: 2001.0 is not of type 'integer'. Write a whole"),
        ({"years": [True, 2005]}, "not of type 'integer'"),
        ({"years": ["2001", 2005]}, "'2001' is not of type 'integer'. Write a plain number"),
        ({"box": [10, 0, 5, 1]}, "10 is not below 5"),
        ({"box": [0, 3, 5, 1]}, "3 is not below 1"),
        ({"zs": {"low": 2, "high": 1}}, "low 2 is above high 1"),
        ({"zs": {"low": 1, "middle": 3, "high": 2}}, "middle 3 is above high 2"),
        ({"file": "a_{tile}.tif"}, "{tile} is no placeholder here. Only {year}"),
        ({"file": "a{.tif"}, "is no placeholder"),
        ({"file": ""}, "an empty text names no file"),
        ({"file": 5}, "5 is not of type 'string'. Put it in quotes"),
        ({"name": "a\n"}, "does not match '^[a-z]+$' (small letters)"),
        ({"order": 2.0}, "not of type 'integer'"),
        ({"switch": "yes"}, "Write true or false"),
        ({"fiel": "a"}, "'fiel' was unexpected). Did you mean file"),
        ({"name": 7 * "x", "switch": "x" * 5000}, " ... "),
    ],
)
def test_faults_of_the_schema_say_what_helps(tmp_path, content, said):
    (tmp_path / "schema.yaml").write_text(SCHEMA, encoding="utf-8")
    (line,) = settings_file.faults(content, tmp_path / "schema.yaml")
    assert said in line and len(line) < 500
    right = {
        "pair": [1, 2],
        "years": [2001, 2001],
        "box": [0, 0, 1, 1],
        "zs": {"low": 1, "high": 1},
        "file": "{year}.tif",
        "name": "a",
        "order": 2,
        "switch": True,
    }
    assert settings_file.faults(right, tmp_path / "schema.yaml") == []


def test_a_schema_takes_names_from_a_registry(tmp_path):
    path = tmp_path / "schema.yaml"
    path.write_text("properties: {kinds: {items: {enum: [<kinds>]}}}\n")
    names = {"kinds": {"map": 1, "series": 2}}
    assert settings_file.faults({"kinds": ["map", "series"]}, path, names) == []
    (line,) = settings_file.faults({"kinds": ["map", "maps"]}, path, names)
    assert line == "  kinds.1: 'maps' is not one of ['map', 'series']"


def site(root, folder, text, given=None):
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return load.load_site(path, root / "workflow/schemas/site.schema.yaml", given)


def test_the_site_has_defaults(root, tmp_path):
    assert site(root, tmp_path, "studies: [a, 宁夏, b-2, c.d]\n") == {
        "studies": ["a", "宁夏", "b-2", "c.d"],
        "raw": "data",
        "acquire": False,
        "results": "results",
    }
    assert site(root, tmp_path, "pathvars: {results: out}\nstudies:\n")["results"] == "out"
    assert site(root, tmp_path, "raw: x\n", {"studies": ["b"]})["studies"] == ["b"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raws: data\n", "Did you mean raw"),
        ("raw: 5\n", "raw: 5 is not of type 'string'"),
        ("raw: a{b}\n", "no placeholder"),
        ("acquire: 'false'\n", "Write true or false"),
        ("acquire: yes\n", "Write true or false"),
        ("studies: a\n", "studies: 'a' is not of type"),
        ("studies: [a, a]\n", "non-unique"),
        ("studies: [2001]\n", "Put it in quotes"),
        ("studies: ['a/b']\n", "'a/b' does not match"),
        ("studies: [../up]\n", "does not match"),
        ("studies: ['{x}']\n", "does not match"),
        ("studies: ['a|b']\n", "does not match"),
        ('studies: ["a\\n"]\n', "does not match"),
        ("studies: ['$(id)', '*']\n", "does not match"),
        ("studies: [.hidden]\n", "does not match"),
        ("studies: [simulated]\n", "does not match"),
        ("studies: [a]\nstudies: [b]\n", "studies stands twice, in lines 1 and 2"),
        ("__use_yte__: true\nstudies: [a]\n", "__use_yte__"),
        ("- a\n", "is a list"),
    ],
)
def test_a_fault_of_the_site_is_named(root, tmp_path, text, said):
    with pytest.raises(load.BadStudy) as error:
        site(root, tmp_path, text)
    assert said in str(error.value) and "config.yaml" in str(error.value)


def test_marks_of_a_schema_stand_for_the_names_of_a_registry(tmp_path):
    path, entry = tmp_path / "schema.yaml", NamedTuple("Entry", [("unit", str)])
    path.write_text(
        "type: object\n"
        "additionalProperties: false\n"
        "properties:\n"
        "  kind: {enum: [none, <kinds>]}\n"
        '  <kinds>: {type: number, description: "in {unit}"}\n'
        "  <lost>: {type: number}\n",
        encoding="utf-8",
    )
    registries = {"kinds": {"near": entry("m"), "far": entry("km")}}
    with pytest.raises(settings_file.BadSettings, match="<lost> names no registry"):
        settings_file.schema_of(path, registries)
    path.write_text(path.read_text("utf-8").replace("  <lost>: {type: number}\n", ""), "utf-8")
    schema = settings_file.schema_of(path, registries)
    assert schema["properties"]["kind"] == {"enum": ["none", "near", "far"]}
    assert schema["properties"]["far"] == {"type": "number", "description": "in km"}
    (line,) = settings_file.faults({"nera": 1}, path, registries)
    assert line.endswith("Did you mean near")
