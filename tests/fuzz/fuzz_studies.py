"""Study files, damaged: settings of every kind, in any encoding."""

import shutil
from pathlib import Path

import yaml
from damage import NUMBERS, WORDS, encoded, line_changed, word_changed
from fuzzing import Impossible, Kind
from nepflow.study import load, settings_file

TOP = load.TOP
NAME = "my_region"
STUDIES = ("northwest_china", "northwest_china_public", "guangxi_karst", "indochina_karst")
VALUES = (
    None, True, False, [], {}, "", " ", -1, 0, 1, 2.5, 1e29, 10**30, 2001.0, "2001", [2010, 2001],
    [1, 1], ["a"], "a{b}", "{year}", "../up", "/etc/passwd", "NA", "$x^{2$", "x" * 3000, [[]],
    {"a": 1}, [None], "2001-01-01", "~/a", "a\nb",
)  # fmt: skip
BOMB = "a: &a [x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 8)}]\n"
    for old, new in zip("abcdef", "bcdefg", strict=True)
)
TEXTS = (
    "- a\n- b\n", "", "a", "5", "a: [", "a: {b: " * 300, "[" * 3000, BOMB + "zones: *g\n",
    "zones: &z [*z]\n", "title: !!python/name:os.system\n", "a: 1\na: 2\n", "? [a]\n: b\n",
    "title: .nan\n", "<<: 5\n", "%YAML 3.0\n---\na: b\n", "a: b\n---\nc: d\n", "\ta: b\n",
    "title: \"\\0\"\n", "title: \"\\ud800\"\n", "&a *a : b\n", "a: !!timestamp 2001-01-01\n",
)  # fmt: skip


def prepare(folder):
    """Study files that damage begins from; what takes long is read once."""
    schema = TOP / "workflow/schemas/study.schema.yaml"
    known = {schema: settings_file.schema_of(schema, load.REGISTRIES)}
    original = settings_file.schema_of

    def schema_of(path, registries=None):
        return known[path] if path in known else original(path, registries)

    settings_file.schema_of = schema_of
    studies = TOP / "config/studies"
    texts = {name: (studies / f"{name}.yaml").read_text(encoding="utf-8") for name in STUDIES}
    return {"texts": texts, "schema": schema}


def _places(node, place=()):
    """Yield the place of every value of a study."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    for key, below in pairs:
        yield (*place, key)
        if isinstance(below, dict | list):
            yield from _places(below, (*place, key))


def _structure_changed(text, chance):
    """Put another value, or none, at some places of a study, or a key that is not known."""
    study = yaml.safe_load(text)
    for _ in range(chance.randrange(1, 4)):
        places = list(_places(study))
        place = places[chance.randrange(len(places))]
        node = study
        for key in place[:-1]:
            node = node[key]
        how = chance.randrange(4)
        if how == 0:
            del node[place[-1]]
        elif how == 1 and isinstance(node, dict):
            node[chance.choice([*WORDS[:8], 5, None, True])] = node[place[-1]]
        else:
            node[place[-1]] = chance.choice(VALUES)
        if not study:
            break
    return yaml.safe_dump(study, allow_unicode=True, sort_keys=False)


def _text_changed(text, chance):
    lines = text.split("\n")
    for _ in range(chance.randrange(1, 4)):
        if lines and chance.random() < 0.4:
            line_changed(lines, chance)
        elif lines:
            at = chance.randrange(len(lines))
            lines[at] = word_changed(lines[at], chance, (*WORDS, *NUMBERS))
    return "\n".join(lines)


def mutated(folder, chance, world):
    """Write a study whose text, structure or encoding is damaged."""
    shutil.copytree(TOP / "config", folder / "config")
    base = chance.choice(sorted(world["texts"]))
    text, how = world["texts"][base], chance.random()
    if how < 0.05:
        text = chance.choice(TEXTS)
    elif how < 0.5:
        text = _structure_changed(text, chance)
    else:
        text = _text_changed(text, chance)
    path = folder / "config/studies" / f"{NAME}.yaml"
    path.write_bytes(encoded(text, chance))
    return base, path


def read(label, path, folder, world):
    """Load a study; return its numbers."""
    study = load.load_study(NAME, folder / "config", world["schema"], "data", "results")
    paths = [str(own) for own in study["files"].values()]
    wrong = [own for own in paths if not own.isprintable() or set(own) & set("{}")]
    if wrong:
        raise Impossible(f"path {wrong[0]!r}")
    return [list(_numbers(study))]


def _numbers(node):
    if isinstance(node, dict | list | tuple):
        for below in node.values() if isinstance(node, dict) else node:
            yield from _numbers(below)
    elif isinstance(node, int | float) and not isinstance(node, bool):
        if node != node:
            raise Impossible("a number that is none")
        yield min(max(node, -(10**200)), 10**200) if isinstance(node, int) else node


def file_of(folder):
    """Return where a study file is tried."""
    return Path(folder, "config/studies", f"{NAME}.yaml")


STUDY_FILES = Kind("study files", prepare, mutated, read, 60)
