"""The rules of the house that a reviewer would otherwise have to check by eye."""

import ast
import modulefinder
import re
import sys
from pathlib import Path

import pytest
import yaml
from nepflow.imports import code_of
from nepflow.study import figures, load, settings_file

RULE = re.compile(r"^( *)rule (\w+):\n(.*?)(?=^ *rule\b|\Z)", re.M | re.S)
# From left to right: a module imports from its own folder and from those before it
STAGES = (
    "study",
    "io",
    "spatial",
    "modis",
    "stations",
    "climate",
    "landcover",
    "npp",
    "respiration",
    "pixel",
    "zones",
    "uncertainty",
    "attribution",
    "detector",
    "restoration",
    "evaluation",
    "download",
    "inputs",
    "figures",
    "report",
)
FILES = {"rasterio", "rioxarray", "pyhdf", "geopandas", "pyogrio"}
NETWORK = {"requests", "earthaccess", "urllib.request", "http", "http.client"}
# Folders whose work is with files; elsewhere only the readers of a stage's own inputs.
FOLDERS_OF_FILES = {"io", "download", "inputs", "simulation"}
READERS = {
    "modis/hdf",
    "modis/tiles",
    "climate/grids",
    "detector/factors",
    "restoration/projects",
    "spatial/sampling",
    "stations/cleaning",
}


def rules(root):
    for path in sorted((root / "workflow/rules").glob("*.smk")):
        for _, name, body in RULE.findall(path.read_text(encoding="utf-8")):
            yield path.name, name, body


def scripts(root):
    """Scripts of rules: those below the folder of a stage, and one that belongs to none."""
    top = root / "workflow/scripts"
    own = {"nepflow", "commands", "__pycache__"}
    found = [*top.glob("*.py"), *(p for p in top.glob("*/*.py") if p.parent.name not in own)]
    return {path.stem: path for path in found}


def library(root):
    """Modules of the library, as 'stage/module' (or 'module'), with their paths."""
    top = root / "workflow/scripts/nepflow"
    found = {str(path.relative_to(top).with_suffix("")): path for path in top.rglob("*.py")}
    return {name: path for name, path in found.items() if not name.endswith("__init__")}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports are invisible to code_of"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own_imports(path, names):
    """The modules of the library, of ``names``, that a file imports."""
    dotted = {"nepflow." + name.replace("/", "."): name for name in names}
    return {dotted[module] for module in imports(path) if module in dotted}


def tops(path):
    return {module.partition(".")[0] for module in imports(path)}


def test_every_rule_is_complete(root):
    found = list(rules(root))
    assert len(found) > 20
    paths = scripts(root)
    for file, name, body in found:
        for part in ("output:", "log:", "conda:", "resources:", "message:", "script:"):
            assert part in body, f"{file}: rule {name} lacks {part}"
        script = paths[name].relative_to(root / "workflow/scripts")
        assert f'"../scripts/{script}"' in body, f"{file}: rule {name} runs another script"
        assert re.search(rf"<logs>/{{study}}({{band}})?/{name}", body) or name == "write_index", (
            name
        )
        for block in re.findall(r"    output:\n((?:        .*\n)+)", body):
            first = [line for line in block.splitlines() if re.match(r" {8}\S", line)]
            assert all(re.match(r" {8}(\w+=|\*\*[\w.]+\(|\))", line) for line in first), (
                f"{name}: unnamed output"
            )


def test_no_function_of_the_rules_is_defined_twice(root):
    """All rule files share one namespace: the later definition would win without a word."""
    names = []
    for path in [*(root / "workflow/rules").glob("*.smk"), root / "Snakefile"]:
        text = path.read_text(encoding="utf-8")
        names += re.findall(r"^def (\w+)\(", text, re.M) + re.findall(r"^(\w+) = ", text, re.M)
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


def test_every_script_has_a_rule_and_a_contract(root):
    in_a_loop = {"gather_bands", "estimate_correlation"}  # a rule a file, a rule a set of drivers
    assert set(scripts(root)) == {name for _, name, _ in rules(root)} | in_a_loop
    for name, path in scripts(root).items():
        text = path.read_text(encoding="utf-8")
        head = ast.get_docstring(ast.parse(text))
        assert "Reads" in head and "Writes" in head, f"{name}: docstring without Reads and Writes"
        before = text.split('if __name__ == "__main__":')[0]
        assert "snakemake." not in before, f"{name}: snakemake outside of the guarded block"
        frame = r"with (\(\n +)?logged_to\(snakemake\.log\[0\]\)[:,]"
        assert re.search(frame, text), name
        assert f"def {name}(" in text


def test_a_stage_has_one_word(root):
    stages = {path.name for path in (root / "workflow/scripts/nepflow").iterdir() if path.is_dir()}
    assert stages - {"__pycache__"} == {*STAGES, "simulation"}
    assert {path.parent.name for path in scripts(root).values()} <= stages | {"scripts"}


def test_packages_hold_no_code(root):
    """`code_of` does not watch them."""
    for path in (root / "workflow/scripts/nepflow").glob("*/**/__init__.py"):
        assert len(ast.parse(path.read_text(encoding="utf-8")).body) == 1, path


def test_imports_run_from_left_to_right(root):
    modules = library(root)
    reached = {name: own_imports(path, modules) for name, path in modules.items()}
    for name, found in reached.items():
        stage = name.partition("/")[0]
        if "/" not in name or stage == "simulation":
            continue
        for other in (other for other in found if "/" in other):
            below = other.partition("/")[0]
            assert STAGES.index(below) <= STAGES.index(stage), f"{name} imports {other}"
    seen = {}

    def walk(name, trail):
        assert name not in trail, f"circle: {' -> '.join([*trail, name])}"
        if name not in seen:
            for other in reached[name]:
                walk(other, [*trail, name])
            seen[name] = True

    for name in reached:
        walk(name, [])


def test_the_launcher_needs_only_what_snakemake_brings(root):
    """`study/` is read before any environment exists; nothing else of the library is."""
    allowed = set(sys.stdlib_module_names) | {"yaml", "jsonschema"}
    modules = library(root)
    for name, path in modules.items():
        if name.startswith("study/"):
            assert tops(path) - {"nepflow"} <= allowed, name
            assert all(other.startswith("study/") for other in own_imports(path, modules)), name


def test_only_readers_import_file_libraries(root):
    for name, path in library(root).items():
        if name.partition("/")[0] not in FOLDERS_OF_FILES and name not in READERS:
            assert not tops(path) & FILES, f"{name} imports {tops(path) & FILES}"


def test_only_figures_draw_and_one_module_saves(root):
    for name, path in library(root).items():
        drawing = name.startswith("figures/")
        assert drawing or "matplotlib" not in tops(path), name
        if drawing and name != "figures/layout":
            assert "savefig(" not in path.read_text(encoding="utf-8"), name


def test_only_downloads_speak_to_a_network(root):
    for name, path in library(root).items():
        if name.partition("/")[0] not in ("download", "inputs"):
            assert not set(imports(path)) & NETWORK, name


def test_simulation_imports_no_formula(root):
    allowed = {"_log", "io/atomic"}
    modules = library(root)
    for name, path in modules.items():
        if name.startswith("simulation/"):
            own = own_imports(path, modules)
            assert {o for o in own if not o.startswith("simulation/")} <= allowed, name


def test_sizes(root):
    """Signs of a second noun, or of fragments; not budgets of a line."""
    modules = library(root)
    lines = {n: len(p.read_text(encoding="utf-8").splitlines()) for n, p in modules.items()}
    assert max(lines.values()) <= 800, max(lines, key=lines.get)
    folders = [name.rpartition("/")[0] for name in modules]
    assert max(map(folders.count, folders)) <= 25  # study/ has one a stage, decision 175
    assert sum(count < 100 for count in lines.values()) <= 45


def test_no_study_in_code(root):
    slugs = {path.stem for path in (root / "config/studies").glob("*.yaml")}
    files = [*(root / "workflow").rglob("*.py"), *(root / "workflow").rglob("*.smk")]
    for path in [*files, root / "Snakefile"]:
        for slug in slugs:
            assert slug not in path.read_text(encoding="utf-8"), f"{path.name} names {slug}"


def pins_of(path):
    entries = yaml.safe_load(path.read_text())["dependencies"]
    return dict(entry.split("=", 1) for entry in entries if "=" in entry)


def test_environments_and_lock_agree(root):
    lock = dict(
        re.findall(r"^([\w.-]+)==([\w.]+)", (root / "envs/requirements.txt").read_text(), re.M)
    )
    for path in (root / "envs").glob("*.yaml"):
        for name, version in pins_of(path).items():
            if name == "python":
                assert version == "3.11"
                continue
            name = name.replace("snakemake-minimal", "snakemake")
            assert lock[name] == version, (
                f"{path.name}: {name} {version}, the lock has {lock[name]}"
            )


def test_lock_is_hashed_and_names_no_host(root):
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (root / "envs" / name).read_text()
        assert "://" not in text and "--index-url" not in text and "--find-links" not in text
        packages = re.findall(r"^[\w.-]+==", text, re.M)
        assert len(packages) == len(re.findall(r"^[\w.-]+==.*\\\n +--hash", text, re.M))


def test_every_key_of_the_defaults_is_in_the_schema_and_used(root):
    path = root / "workflow/schemas/study.schema.yaml"
    schema = settings_file.schema_of(path, load.REGISTRIES)
    defaults = yaml.safe_load((root / "config/defaults.yaml").read_text())
    code = "".join(
        path.read_text()
        for path in [*(root / "workflow").rglob("*.smk"), *(root / "workflow").rglob("*.py")]
    )

    def resolved(node):
        """What a node says with what it refers to; what stands beside the reference counts."""
        name = node.get("$ref", "").removeprefix("#/$defs/")
        return resolved(schema["$defs"][name]) | node if name else node

    def walk(values, node, path):
        for key, value in values.items():
            assert key in node["properties"], f"{path}{key} is not in the schema"
            assert key.removesuffix("_z") in code, f"{path}{key} is used nowhere"
            if isinstance(value, dict):
                walk(value, resolved(node["properties"][key]), f"{path}{key}.")

    walk(defaults, schema, "")

    def closed(node, path):
        if node.get("type") == "object":
            assert node.get("additionalProperties") is False, f"{path} is not closed"
        for key, below in node.get("properties", {}).items():
            assert "default" not in resolved(below), f"{path}.{key} holds a default"
            closed(resolved(below), f"{path}.{key}")

    closed(schema, "study")


def test_no_rule_writes_into_raw_data(root):
    for _, name, body in rules(root):
        for block in re.findall(r"    output:\n((?:        .*\n)+)", body):
            for path in re.findall(r'"([^"]*\.\w+)"', block):
                if path.endswith(".rst"):
                    continue
                assert path.startswith(("<study>/", "<banded>/", "<results>/", "../report")), (
                    f"{name}: {path}"
                )
                if name.startswith("simulate_"):
                    assert path.startswith("<results>/simulated/{study}/")


@pytest.mark.parametrize("folder", ["workflow", "config", "resources", "docs", "tests", "envs"])
def test_no_machine_path_and_no_registry_host(root, folder):
    words = re.compile(r"pypi\.org|pythonhosted|deb\.debian|registry\.npmjs|/work/|/root/")
    for path in (root / folder).rglob("*"):
        if path.suffix in {".py", ".smk", ".md", ".yaml", ".txt", ".rst", ".j2", ".json"}:
            if path.name == "test_structure.py":
                continue
            assert not words.search(path.read_text()), path


def test_code_of_finds_what_python_finds(root):
    """Every module that a script imports, directly or not, is watched; `_*.py` is not."""
    scripts = root / "workflow/scripts"
    for script in sorted([*scripts.glob("*.py"), *scripts.glob("*/*.py")]):
        if script.parent.name in ("commands", "nepflow"):
            continue
        finder = modulefinder.ModuleFinder(path=[str(scripts)])
        finder.load_file(str(script))
        files = {Path(module.__file__) for module in finder.modules.values() if module.__file__}
        ours = {file for file in files if scripts / "nepflow" in file.parents}
        ours -= {file for file in ours if file.name.startswith("_")}  # __init__ too
        watched = {Path(file).resolve() for file in code_of(script.relative_to(scripts))}
        assert watched == {file.resolve() for file in ours}, script.name


def test_an_edited_drawing_reruns_the_figures_of_its_kinds(root):
    """What draws is named, not imported: Python finds it where the module begins."""
    library = root / "workflow/scripts/nepflow"
    for kind, entry in figures.KINDS.items():
        study = {"figures": [{"name": "f", "kind": kind}]}
        watched = {Path(file).resolve() for file in code_of(*figures.code(study, "f"))}
        drawing = library / f"figures/{entry.drawing.split('.')[0]}.py"
        assert drawing in watched and library / "figures/layout.py" in watched
        finder = modulefinder.ModuleFinder(path=[str(root / "workflow/scripts")])
        finder.load_file(str(drawing))
        files = {Path(module.__file__) for module in finder.modules.values() if module.__file__}
        ours = {file.resolve() for file in files if library in file.parents}
        assert {file for file in ours if not file.name.startswith("_")} <= watched, kind
        others = {library / f"figures/{name}.py" for name in ("sankey", "event_study")}
        assert watched & others == {drawing} & others, kind
    assert not any(
        "/figures/" in file
        for file in code_of("figures/draw_figure.py")
        if Path(file).stem not in ("layout", "palettes")
    )


def opened_as_the_machine_likes(tree):
    """Calls that read or write text without saying in which encoding."""
    binary = {"rasterio", "Image", "tarfile", "zipfile", "os"}
    for node in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        called = node.func
        name = getattr(called, "attr", getattr(called, "id", ""))
        owner = getattr(getattr(called, "value", None), "id", "")
        keys = {keyword.arg for keyword in node.keywords}
        words = [part.value for part in node.args if isinstance(part, ast.Constant)]
        if "encoding" in keys or owner in binary:
            continue
        modes = [word for word in words if isinstance(word, str) and set(word) <= set("rwabtx+")]
        as_text = name in ("open", "NamedTemporaryFile", "fdopen") and not any(
            "b" in mode for mode in modes
        )
        runs = name in ("run", "Popen", "check_output") and keys & {"text", "universal_newlines"}
        if (
            as_text
            or runs
            or name in ("write_text", "basicConfig")
            or (name == "read_text" and not words)
        ):
            yield node.lineno


def test_no_file_is_opened_in_the_encoding_of_the_machine(root):
    """What ruff cannot see (PLW1514): paths whose type it does not know."""
    files = [p for f in ("workflow", "benchmarks", "resources") for p in (root / f).rglob("*.py")]
    for path in [*files, root / "tests/support/copies.py"]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not list(opened_as_the_machine_likes(tree)), f"{path}: say encoding="
    for path in [*(root / "workflow/rules").glob("*.smk"), root / "Snakefile"]:
        for line in path.read_text(encoding="utf-8").splitlines():
            if re.search(r"\b(open|read_text|write_text)\(", line):
                assert "encoding=" in line, f"{path}: {line}"


def test_yaml_is_read_in_one_place(root):
    for path in (root / "workflow").rglob("*.py"):
        if path.name != "settings_file.py":
            assert "yaml" not in {name.partition(".")[0] for name in imports(path)}, path


def test_user_text_is_no_format(root):
    """Text of a study goes through `settings_file.filled`; str.format would reach attributes."""
    for name in ("files", "figures", "load", "checks"):
        text = (root / f"workflow/scripts/nepflow/study/{name}.py").read_text(encoding="utf-8")
        assert ".format(" not in text, name


def test_legends_name_their_handles(root):
    """A legend that gathers labels itself leaves out those that begin with _."""
    for path in (root / "workflow/scripts/nepflow").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "legend":
                own = node.args or {k.arg for k in node.keywords} & {"handles"}
                assert own, f"{path.name}: {node.lineno}"


def test_commands_print_on_any_terminal(root):
    for path in (root / "workflow/scripts/commands").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert re.search(r"\n    \w+\.run\(main(, keep_secrets_out)?\)\n$", text), path.name


# Files of the workflow that name a key of a registry; a larger number needs a decision record
FILES_OF_KEYS = {"sankey": 3, "aridity": 2, "chen2010": 3, "radiation": 14, "hamed_rao": 1}


@pytest.mark.parametrize("key", FILES_OF_KEYS)
def test_a_key_of_a_registry_stands_in_few_files(root, key):
    """A change is measured in files (decision 137)."""
    quoted, plain = re.compile(rf"""["']{key}["']"""), re.compile(rf"\b{key}\b")
    found = []
    for path in sorted((root / "workflow").rglob("*")):
        pattern = {".py": quoted, ".smk": quoted, ".yaml": plain}.get(path.suffix)
        if pattern and pattern.search(path.read_text(encoding="utf-8")):
            found.append(str(path.relative_to(root)))
    assert len(found) <= FILES_OF_KEYS[key], "\n".join(found)
