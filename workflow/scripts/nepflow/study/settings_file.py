"""YAML files, written by people: read strictly, and compared with a schema.

Standard library, yaml and jsonschema only: the workflow reads it before any environment exists.
"""

import codecs
import difflib
import itertools
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import yaml
from jsonschema import Draft202012Validator, ValidationError, validators

LARGEST_BYTES = 1_000_000
MOST_VALUES = 100_000  # with every alias written out
DEEPEST = 50
LARGEST_NUMBER = 1e30
LONGEST_TEXT = 10_000  # letters
LONGEST_PATH, LONGEST_NAME = 4000, 255  # bytes that file systems take
# what no editor shows and no file or page can hold; lines and tabs are text
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# UTF-32 first: its mark begins with that of UTF-16
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
# YAML 1.2 (core), so that NO, on, 12:30 and 2001-01-01 stay the text that was written. A number
# with a leading 0 stays text too: it is 8 or 10 by the version of YAML.
_SCALARS = (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", list("-+0123456789")),
    (
        "float",
        r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
)
_TAG = "tag:yaml.org,2002:"


class BadSettings(ValueError):
    """A YAML file that cannot be read, or that says one thing twice."""


def read(path, utf8_only=False):
    """Return the content of a YAML file whose top level is a mapping.

    Keys are text, values are dict, list, str, int, float, bool or None. Text follows YAML 1.2:
    ``NO``, ``on``, ``12:30``, ``2001-01-01`` and ``007`` stay text.

    Parameters
    ----------
    path : str or Path
        UTF-8, with or without a mark, or UTF-16 with one.
    utf8_only : bool
        Refuse UTF-16, for files that others read too.

    Raises
    ------
    FileNotFoundError
    BadSettings
        With file, line and remedy: another encoding, no YAML, a key twice, a number that is none,
        text with signs that cannot be shown, a file that is too large or too deep, a top level
        that is no mapping.
    """
    text = _text(path, utf8_only)
    loader = None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None or node.value in ([], ""):
            raise BadSettings(f"{path}: is empty. Write `key: value` lines (docs/tutorial.md).")
        if not isinstance(node, yaml.MappingNode):
            raise BadSettings(
                f"{path}: is {_kind(node)} as a whole, not lines of `key: value`. "
                "Write them without a leading `-`, such as `title: My region`." + _wide(text)
            )
        _sizes(node, {}, path)
        return _value(node, path)
    except yaml.YAMLError as error:
        raise BadSettings(f"{path}: is not valid YAML: {error}{_hint(error, text)}") from None
    finally:
        if loader:
            loader.dispose()


@dataclass(frozen=True)
class Scalar:
    """A key or a value of a YAML text.

    Attributes
    ----------
    place : tuple of str
        Keys from the top to it; the last one is itself where it is a key. Places in lists are left
        out.
    text : str
    is_key : bool
    start, end : int
        Characters of the text that hold it, with quotes.
    line : int
    """

    place: tuple
    text: str
    is_key: bool
    start: int
    end: int
    line: int


def scalars(path):
    """Return the text of a YAML file that `read` accepts, and its keys and values in order.

    Raises
    ------
    FileNotFoundError
    BadSettings
    """
    read(path)
    text = _text(path, False)
    loader = _Loader(text)
    try:
        return text, list(_scalars(loader.get_single_node(), (), False))
    finally:
        loader.dispose()


def _scalars(node, place, is_key):
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(key, (*place, key.value), True)
            yield from _scalars(value, (*place, key.value), False)
    elif isinstance(node, yaml.SequenceNode):
        for part in node.value:
            yield from _scalars(part, place, False)
    else:
        start, end = node.start_mark, node.end_mark
        yield Scalar(place, node.value, is_key, start.index, end.index, start.line + 1)


def dump(content, file):
    """Write a dictionary as YAML that any reader, ours too, takes for the same."""
    yaml.dump(content, file, Dumper=_Dumper, allow_unicode=True, sort_keys=False)


def filled(pattern, **fields):
    """Return a text with ``{name}`` replaced; other braces are refused.

    Raises
    ------
    BadSettings
    """
    wrong = stray_braces(pattern, fields)
    if wrong:
        names = " and ".join(f"{{{name}}}" for name in fields) or "none"
        raise BadSettings(f"{pattern}: {wrong} cannot be filled in. What can be: {names}.")
    return _PLACEHOLDER.sub(lambda found: str(fields[found[1]]), pattern)


def stray_braces(pattern, names):
    """Return the first part with a brace that is none of ``{name}``, or None."""
    rest = _PLACEHOLDER.sub(lambda found: "" if found[1] in names else found[0], pattern)
    found = re.search(r"\{[^{}]*\}?|\}", rest)
    return found[0] if found else None


def schema_of(path, registries=None):
    """Return a JSON schema whose marks ``<registry>`` became the names of the registry.

    Parameters
    ----------
    path : Path
        JSON schema as YAML. A mark in a list stands for the names; as a key of ``properties`` for
        one property a name, in which ``{field}`` stands for a field of the entry.
    registries : dict of {str: dict}, optional
        Entries by name, by name of the registry.

    Raises
    ------
    BadSettings
        If a mark names no registry.
    """
    return _named_after(read(path), {f"<{name}>": own for name, own in (registries or {}).items()})


def _named_after(node, registries):
    """A part of a schema with its marks replaced."""
    if isinstance(node, dict):
        pairs = [pair for key, below in node.items() for pair in _pairs(key, below, registries)]
        return {key: _named_after(below, registries) for key, below in pairs}
    if isinstance(node, list):
        return [_named_after(part, registries) for own in node for part in _of(own, registries)]
    return node


def _of(mark, registries):
    """The entries that a mark stands for; anything else stands for itself."""
    if not (isinstance(mark, str) and re.fullmatch(r"<\w+>", mark)):
        return [mark]
    if mark not in registries:
        raise BadSettings(f"{mark} names no registry. There are: {', '.join(registries)}.")
    return registries[mark]


def _pairs(key, below, registries):
    """A key of a schema, or one a name where it is a mark."""
    found = _of(key, registries)
    if not isinstance(found, dict):
        return [(key, below)]
    return [(name, _described(below, entry)) for name, entry in found.items()]


def _described(below, entry):
    """A schema whose description is filled with the fields of an entry."""
    if "description" not in below:
        return below
    text = _PLACEHOLDER.sub(lambda field: getattr(entry, field[1]), below["description"])
    return below | {"description": text}


def faults(content, schema, registries=None):
    """Return a line for each fault of a content: its key and what is wrong.

    Parameters
    ----------
    content : dict
    schema : Path
        JSON schema as YAML. Beyond the standard it may say ``ascending`` (strictly | weakly) of a
        list, ``ascending_at`` of pairs of its places, ``ascending_keys`` of keys of a mapping,
        ``placeholders`` (names that may stand in braces) of a text.
    registries : dict, optional
        What its marks stand for, see `schema_of`.
    """
    found = _Validator(schema_of(schema, registries)).iter_errors(content)
    found = sorted(found, key=lambda fault: [str(part) for part in fault.absolute_path])
    return [_line(fault) for fault in found]


# --- bytes to text


def _text(path, utf8_only):
    """The text of a file, in the encoding that it says or UTF-8."""
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise BadSettings(
                f"{path}: has {path.stat().st_size / 1e6:.0f} MB, settings have "
                f"{LARGEST_BYTES / 1e6:.0f} MB at most. Is it the right file?"
            )
        content = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise BadSettings(f"{path}: cannot be read ({error.strerror}). Put a file there.") from None
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    remedy = "Save it as UTF-8 (Notepad: Save as, Encoding UTF-8; VS Code: Save with Encoding)."
    if utf8_only and not encoding.startswith("utf-8"):
        raise BadSettings(f"{path}: is {encoding.upper()}. {remedy}")
    if encoding == "utf-8" and b"\0" in content:
        kind = "UTF-16 without its mark" if b"\0" in content[:4] else "no text"
        raise BadSettings(f"{path}: holds zero bytes, so it is {kind}. {remedy}")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadSettings(
            f"{path}: line {line} is not {encoding.removesuffix('-sig').upper()}; the file looks "
            f"like {_likely(content)}. {remedy}"
        ) from None


def _likely(content):
    """Name the encoding that some bytes are probably in."""
    for name in ("gb2312", "gb18030", "big5"):
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        # a letter of Latin-1 with the next one may look like one Chinese character
        if name == "gb2312" or re.search(r"[\u4e00-\u9fff]{2}", text):
            kind = "GBK (Chinese Windows)"
            return kind if name == "gb2312" else f"{kind}, GB18030 or Big5"
    return "Windows-1252 or Latin-1"


# --- text to values


class _Loader(yaml.SafeLoader):
    """Composes nodes with the scalars of above, to a bounded depth."""

    yaml_implicit_resolvers: ClassVar = {}
    depth = 0

    def compose_node(self, parent, index):
        """Compose a node, unless too many are around it."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise yaml.MarkedYAMLError(
                problem=f"more than {DEEPEST} levels lie in one another. Flatten it",
                problem_mark=self.peek_event().start_mark,
            )
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


class _Dumper(yaml.SafeDumper):
    """Quotes what YAML 1.1 or 1.2 would take for something else than text; writes no alias."""

    def ignore_aliases(self, data):
        """Write everything out."""
        return True


for _name, _pattern, _first in _SCALARS:
    for _class in (_Loader, _Dumper):
        _class.add_implicit_resolver(_TAG + _name, re.compile(rf"^(?:{_pattern})$"), _first)
# text that begins like a number and is none, such as 007: quoted when written
_Dumper.add_implicit_resolver(
    _TAG + "int", re.compile(r"^[-+]?[0-9][0-9_:]*$"), list("-+0123456789")
)


def _sizes(node, known, path):
    """Count values and levels below a node with every alias written out; refuse too many."""
    if id(node) in known:
        if known[id(node)] is None:
            raise BadSettings(f"{path}: {_at(node)}: an alias stands within what it names.")
        return known[id(node)]
    known[id(node)], count, levels = None, 1, 1
    if isinstance(node, yaml.MappingNode):
        below = [part for pair in node.value for part in pair]
    else:
        below = node.value if isinstance(node, yaml.SequenceNode) else []
    for part in below:
        more, deep = _sizes(part, known, path)
        count, levels = count + more, max(levels, deep + 1)
        if count > MOST_VALUES or levels > DEEPEST:
            raise BadSettings(
                f"{path}: {_at(node)}: has more than {MOST_VALUES} values or {DEEPEST} levels, "
                "aliases written out. Shorten it."
            )
    known[id(node)] = count, levels
    return known[id(node)]


def _value(node, path, key=""):
    """What a node stands for."""
    kind = node.tag.removeprefix(_TAG)
    if isinstance(node, yaml.MappingNode) and kind == "map":
        return _mapping(node, path, key)
    if isinstance(node, yaml.SequenceNode) and kind == "seq":
        return [_value(part, path, f"{key}.{place}") for place, part in enumerate(node.value)]
    if isinstance(node, yaml.ScalarNode):
        if kind == "str":
            return _shown(node, path, key)
        if kind == "null":
            return None
        if kind == "bool" and node.value.lower() in ("true", "false"):
            return node.value.lower() == "true"
        if kind in ("int", "float"):
            return _number(node, kind, path, key)
    raise BadSettings(
        f"{path}: {_at(node)}: {_named(key)}the tag {node.tag} does not fit. Remove it."
    )


def _mapping(node, path, above):
    """A dictionary; a key that stands twice is refused, ``<<`` brings what is not there."""
    found, lines, below = {}, {}, {}
    for key_node, value_node in node.value:
        if key_node.tag == _TAG + "merge" or (
            key_node.value == "<<" and getattr(key_node, "style", "") is None
        ):
            key = "<<"
        elif key_node.tag != _TAG + "str":
            raise BadSettings(
                f"{path}: {_at(key_node)}: {_named(above)}the key "
                f"{key_node.value if isinstance(key_node, yaml.ScalarNode) else 'in brackets'} is "
                "not text. Put it in quotes, or is a `- ` or a quote missing?"
            )
        else:
            key = _shown(key_node, path, above)
        line = key_node.start_mark.line + 1
        place = f"{above}.{key}".lstrip(".")
        if key in lines:
            raise BadSettings(
                f"{path}: {place} stands twice, {_lines(lines[key], line)}. YAML would drop "
                "the first; keep one, or put what both say under one."
            )
        lines[key] = line
        value = _value(value_node, path, place)
        if key != "<<":
            found[key] = value
            continue
        for part in reversed(value if isinstance(value, list) else [value]):
            if not isinstance(part, dict):
                raise BadSettings(f"{path}: {_at(key_node)}: << needs an alias of a mapping.")
            below |= part
    return below | found


def _shown(node, path, key):
    """A text that can be shown."""
    unseen = _UNSEEN.search(node.value)
    if unseen:
        raise BadSettings(
            f"{path}: {_at(node)}: {_named(key)}holds the sign {unseen[0]!a}, which no text "
            "has. Delete it; between double quotes, a backslash is written twice."
        )
    if len(node.value) > LONGEST_TEXT:
        raise BadSettings(
            f"{path}: {_at(node)}: {_named(key)}a text of {len(node.value)} letters, at most "
            f"{LONGEST_TEXT} are read. Shorten it, or is a quote missing?"
        )
    return node.value


def _number(node, kind, path, key):
    """A finite number of a usual size."""
    try:
        value = float(node.value.lower().replace(".inf", "inf").replace(".nan", "nan"))
        whole = kind == "int" and len(node.value) < 40
        if math.isfinite(value) and abs(value) <= LARGEST_NUMBER:
            return int(node.value) if whole else value
    except ValueError:
        pass
    raise BadSettings(
        f"{path}: {_at(node)}: {_named(key)}{node.value[:40]} is no number that can be computed "
        "with. Write a finite one, null where none is meant, or quotes where it is text."
    )


# --- what a fault says


def _lines(first, second):
    return f"in line {first}" if first == second else f"in lines {first} and {second}"


def _at(node):
    return f"line {node.start_mark.line + 1}"


def _named(key):
    return f"{key.lstrip('.')}: " if key.lstrip(".") else ""


def _kind(node):
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return {"int": "a number", "float": "a number"}.get(node.tag.removeprefix(_TAG), "one text")


def _wide(text):
    """Say it where a colon or blank of a Chinese keyboard stands for the plain one."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"[\s\u3000]*(?:- *)?[\w-]+[ \u3000]*\uff1a", line) or "\u3000" in line[:20]:
            return (
                f" Line {number} has a full-width colon or blank: write `: ` with half-width ones."
            )
    return ""


def _hint(error, text):
    """A remedy for the usual slips."""
    said = str(error)
    if "\\t" in said:
        return "\nTabs cannot indent: write blanks."
    if "expected a single document" in said:
        return "\nA file holds one study: remove the line `---` within it."
    return _wide(text)


def _nearest(fault):
    """Of alternatives that all fail, the fault of the one that was probably meant."""
    while fault.context:
        beyond_type = [own for own in fault.context if own.validator != "type" or own.relative_path]
        fault = (beyond_type or fault.context)[0]
    return fault


def _remedy_of_type(value, wanted):
    """How to write a value as what is wanted; an empty text was told so already."""
    types = wanted if isinstance(wanted, list) else [wanted]
    if "string" in types:
        return "" if isinstance(value, str) else ". Put it in quotes to make it text"
    if "boolean" in types:
        return ". Write true or false"
    if "integer" in types and isinstance(value, float):
        return ". Write a whole number without a point"
    if isinstance(value, str | bool) and {"integer", "number"} & set(types):
        return ". Write a plain number: no quotes, unit, leading 0 or _"
    return ""


def _line(fault):
    """A fault of the schema: key, what is wrong, what helps."""
    fault = _nearest(fault)
    key = ".".join(map(str, fault.absolute_path)) or "top level"
    said = (
        fault.message
        if len(fault.message) < 300
        else fault.message[:140] + " ... " + (fault.message[-140:])
    )
    value = fault.instance
    if fault.validator == "type" and not isinstance(value, dict | list):
        said += _remedy_of_type(value, fault.validator_value)
    if fault.validator == "not":
        said = f"{value!r} cannot be"
    if fault.validator in ("pattern", "not") and "description" in fault.schema:
        said += f" ({fault.schema['description']})"
    if fault.validator == "additionalProperties" and isinstance(value, dict):
        known = fault.schema.get("properties", {})
        for name in (name for name in value if name not in known):
            near = difflib.get_close_matches(name, known, 1)
            said += f". Did you mean {near[0]}" if near else ""
    return f"  {key}: {said}"


# --- the schema language, with what we add to it


def _whole(checker, value):
    return isinstance(value, int) and not isinstance(value, bool)


def _pattern(validator, pattern, value, schema):
    # `$` of Python also fits before a last line break
    if isinstance(value, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _typed(validator, types, value, schema):
    """The standard check of types; a text must also say something."""
    yield from Draft202012Validator.VALIDATORS["type"](validator, types, value, schema)
    if isinstance(value, str) and "string" in types and not value.strip():
        remedy = "names no file" if "placeholders" in schema else "says nothing"
        yield ValidationError(f"an empty text {remedy}. Write it, or leave the key out")


def _ascending(validator, how, value, schema):
    if not _numbers(value):
        return
    steps = itertools.pairwise(value)
    if not all(low < high or (how == "weakly" and low == high) for low, high in steps):
        remedy = f"Write {sorted(value)}" if how == "weakly" or _differ(value) else "Use each once"
        yield ValidationError(f"{value} do not ascend. {remedy}")


def _ascending_at(validator, places, value, schema):
    if not _numbers(value):
        return
    for first, second in places:
        if second < len(value) and value[first] >= value[second]:
            yield ValidationError(
                f"{value}: {value[first]} is not below {value[second]}. "
                + schema.get("description", "Turn them round")
            )


def _ascending_keys(validator, keys, value, schema):
    here = [key for key in keys if isinstance(value, dict) and key in value]
    for low, high in itertools.pairwise(here):
        if _numbers([value[low], value[high]]) and value[low] > value[high]:
            yield ValidationError(
                f"{low} {value[low]} is above {high} {value[high]}. Turn them round"
            )


def path_fault(text):
    """Return why a text cannot be the path of a file or folder on a disk; empty if it can.

    Parameters
    ----------
    text : str
        Relative or absolute.
    """
    if not text.isprintable():
        return "it has a line break, a tab or another sign that cannot be shown"
    if text != text.strip():
        return "it begins or ends with a blank"
    if text.startswith("~"):
        return "~ is not replaced here. Write the folder out"
    if "://" in text or text.startswith("/vsi"):
        return "it is an address, not a file on a disk. Get the file and name it"
    if "\\" in text:
        return "a backslash parts no folders. Write / between them"
    size = max(len(part.encode()) for part in text.split("/"))
    if size > LONGEST_NAME or len(text.encode()) > LONGEST_PATH:
        return "it is too long for a file system. Shorten it"
    return ""


def _placeholders(validator, names, value, schema):
    fault = path_fault(value) if isinstance(value, str) else ""
    if fault:
        yield ValidationError(f"{value!r} names no file: {fault}")
    wrong = stray_braces(value, names) if isinstance(value, str) else None
    if wrong:
        known = " and ".join(f"{{{name}}}" for name in names)
        yield ValidationError(
            f"{value!r}: {wrong} is no placeholder here. "
            + (f"Only {known} is filled in" if known else "Rename the file without braces")
        )


def _numbers(value):
    return isinstance(value, list) and all(
        isinstance(part, int | float) and not isinstance(part, bool) for part in value
    )


def _differ(value):
    return len(set(value)) == len(value)


_Validator = validators.extend(
    Draft202012Validator,
    {
        "type": _typed,
        "pattern": _pattern,
        "ascending": _ascending,
        "ascending_at": _ascending_at,
        "ascending_keys": _ascending_keys,
        "placeholders": _placeholders,
    },
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _whole),
)


class BadStudy(ValueError):
    """A study file that says something the workflow cannot do."""
