"""Scripts take files and settings by the names that their rules give them."""

import ast
import re

MAPPINGS = {"inputs": "input", "outputs": "output", "settings": "params"}


def bodies(root):
    """Text of each rule, by the name of its script."""
    for path in (root / "workflow/rules").glob("*.smk"):
        for body in re.split(r"^ *rule\b", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
            script = re.search(r'script:\n +"\.\./scripts/(\w+/\w+\.py)"', body)
            if script:
                yield script[1], body


def declared(body, part):
    """Names that a rule gives its inputs, outputs or params; None if a function gives them."""
    lines = re.search(rf"^( +){part}:\n((?:\1 +.*\n)+)", body, re.M)
    if not lines:
        return set()
    by_function = "unpack(" in lines[2] or "**" in lines[2]
    return None if by_function else set(re.findall(r"^ +(\w+)=", lines[2], re.M))


def taken(tree):
    """(Mapping, name) of each key that a script reads of its mappings or of ``snakemake``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            if getattr(node.value, "id", "") in MAPPINGS:
                yield MAPPINGS[node.value.id], node.slice.value
        elif isinstance(node, ast.Attribute) and is_of_snakemake(node.value):
            yield node.value.attr, node.attr


def is_of_snakemake(node):
    """Whether a node is such as ``snakemake.input``."""
    return isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "snakemake"


def whole(text, mapping):
    """Whether a script gets all of a rule's files or settings as a mapping."""
    return f"{mapping}=dict(snakemake.{MAPPINGS[mapping]}.items())" in text


def test_names_that_scripts_read_are_those_of_their_rules(root):
    checked = 0
    for script, body in bodies(root):
        text = (root / "workflow/scripts" / script).read_text(encoding="utf-8")
        for part, name in taken(ast.parse(text)):
            given = declared(body, part) if part in MAPPINGS.values() else None
            if given is None or name in ("items", "get", "keys"):
                continue
            if (part, name) == ("params", "raw"):  # the loop of the Snakefile gives it
                continue
            mapping = next(key for key, value in MAPPINGS.items() if value == part)
            if whole(text, mapping) or f"snakemake.{part}.{name}" in text:
                assert name in given, f"{script}: {part} {name} is not in its rule"
                checked += 1
    assert checked > 300


def test_no_file_is_known_by_its_place(root):
    for path in (root / "workflow/scripts").rglob("*.py"):
        found = re.findall(
            r"\boutputs\[\d|snakemake\.(?:output|input)\[\d", path.read_text("utf-8")
        )
        assert not found, f"{path}: {found}"
