"""The house rules that a reviewer would otherwise have to check by eye."""

import ast
import modulefinder
import os
import re
import sys
from pathlib import Path

import pytest
import yaml

RULE = re.compile(r"^rule (\w+):\n(.*?)(?=^rule |\Z)", re.M | re.S)
FILES_STRATUM = {"rasterio", "rioxarray", "pyhdf", "geopandas"}
TABLES = {"pandas", "pyarrow"}


def rules(root):
    for path in sorted((root / "workflow/rules").glob("*.smk")):
        for name, body in RULE.findall(path.read_text()):
            yield path.name, name, body


def modules(root):
    folder = root / "workflow/scripts"
    return sorted(
        path
        for name in ("nepflow", "nepflow_twin", "nepflow_acquire", "commands")
        for path in folder.glob(f"{name}/*.py")
    )


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports are invisible to code_of"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_rule_is_complete(root):
    found = list(rules(root))
    assert len(found) > 20
    for file, name, body in found:
        for part in ("input:", "output:", "log:", "conda:", "resources:", "message:", "script:"):
            assert part in body, f"{file}: rule {name} lacks {part}"
        assert f'code=code_of("{name}.py")' in body, f"{file}: rule {name} lacks code="
        assert f'"../scripts/{name}.py"' in body, f"{file}: rule {name} runs another script"
        assert f"<logs>/{{study}}/{name}" in body or name == "write_index", name
        for block in re.findall(r"    output:\n((?:        .*\n)+)", body):
            first = [line for line in block.splitlines() if re.match(r" {8}\S", line)]
            assert all(re.match(r" {8}(\w+=|\*\*\w+\(|\))", line) for line in first), (
                f"{name}: unnamed output"
            )


def test_no_function_of_the_rules_is_defined_twice(root):
    """All rule files share one namespace: the later definition would win without a word."""
    names = []
    for path in [*(root / "workflow/rules").glob("*.smk"), root / "Snakefile"]:
        text = path.read_text()
        names += re.findall(r"^def (\w+)\(", text, re.M) + re.findall(r"^(\w+) = ", text, re.M)
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


def test_every_script_has_a_rule_and_a_contract(root):
    names = {name for _, name, _ in rules(root)} | {
        "gather_bands"
    }  # in a loop: test_banded_rules.py
    scripts = {path.stem for path in (root / "workflow/scripts").glob("*.py")}
    assert scripts == names
    for name in scripts:
        text = (root / f"workflow/scripts/{name}.py").read_text()
        head = ast.get_docstring(ast.parse(text))
        assert "Reads" in head and "Writes" in head, f"{name}: docstring without Reads and Writes"
        before = text.split('if __name__ == "__main__":')[0]
        assert "snakemake." not in before, f"{name}: snakemake outside of the guarded block"
        assert re.search(r"with logged_to\(snakemake\.log\[0\]\)[:,]", text), name
        assert f"def {name}(" in text


def test_formulas_import_no_files(root):
    """A module is of the file stratum if it imports a file library; formulas reach none."""
    folder = root / "workflow/scripts/nepflow"
    formulas = {
        "respiration", "trend", "npp", "zonal", "landcover", "modis", "spline", "smoothing",
        "kernels", "climate", "study", "study_checks", "study_layers", "own_files",
        "equal_area", "grid_units", "quality", "flags", "kriging", "settings_file",
        "variogram", "names", "calendars",
        "reconstruction", "radiation", "figure_entries", "dependence", "transitions",
        "surfaces", "evaluation", "lattice", "coarse", "spread",
        "uncertainty", "transformations", "residuals", "fitting", "fit_log",
        "casa", "evaporation", "ndvi", "agreement",
        "detector", "detector_entries", "discretisation", "sampling_grid", "stability",
        "surrogates", "terrain_slope", "land_use", "land_use_entries", "dominance", "correlation",
        "respiration_models", "soil_respiration", "heterotrophic", "soil_budget", "soil_carbon",
        "attribution_choices", "acquire_choices", "attribution", "null_trends", "attribution_rows",
        "attribution_error", "contrast", "field_agreement", "plot_models",
        "change_point", "restoration", "restoration_effects", "restoration_entries",
        "restoration_inference",
        "restoration_rows", "restoration_stages", "restoration_units", "missing_codes",
    }  # fmt: skip
    for name in formulas:
        tops = {module.partition(".")[0] for module in imports(folder / f"{name}.py")}
        wrong = tops & (FILES_STRATUM | TABLES | {"matplotlib", "xarray"})
        assert not wrong, f"{name} imports {wrong}"
        own = {m.split(".")[1] for m in imports(folder / f"{name}.py") if m.startswith("nepflow.")}
        assert own <= formulas, f"{name} reaches {own - formulas}"


def test_drawing_saves_nothing_and_reads_nothing(root):
    folder = root / "workflow/scripts/nepflow"
    drawing = [p for p in folder.glob("*.py") if "matplotlib" in p.read_text()]
    assert drawing
    for path in drawing:
        tops = {module.partition(".")[0] for module in imports(path)}
        assert not tops & FILES_STRATUM, path.name
        if path.stem != "plates":
            assert "savefig(" not in path.read_text(), path.name


def test_launcher_modules_need_only_what_snakemake_brings(root):
    allowed = set(sys.stdlib_module_names) | {"yaml", "jsonschema", "nepflow"}
    folder = root / "workflow/scripts/nepflow"
    for name in (
        "study",
        "study_checks",
        "modis",
        "landcover",
        "grid_units",
        "figure_entries",
        "dependence",
        "detector_entries",
        "land_use_entries",
        "respiration_models",
        "attribution_choices",
        "acquire_choices",
        "own_files",
        "restoration_entries",
        "settings_file",
        "study_layers",
        "equal_area",
    ):
        tops = {module.partition(".")[0] for module in imports(folder / f"{name}.py")}
        assert tops <= allowed, f"{name} needs {tops - allowed}"


def test_plans_are_made_before_any_environment(root):
    allowed = set(sys.stdlib_module_names) | {"yaml", "jsonschema", "nepflow", "nepflow_acquire"}
    for name in ("plan", "register", "yours"):
        path = root / f"workflow/scripts/nepflow_acquire/{name}.py"
        tops = {module.partition(".")[0] for module in imports(path)}
        assert tops <= allowed, f"{name} needs {tops - allowed}"
        own = {m for m in imports(path) if m.startswith("nepflow_acquire.")}
        assert own <= {"nepflow_acquire.register"}


def test_only_acquisition_speaks_to_a_network(root):
    for path in modules(root):
        if path.parent.name in ("nepflow", "nepflow_twin"):
            tops = {module.partition(".")[0] for module in imports(path)}
            assert not tops & {"requests", "earthaccess", "urllib", "http"}, path


def test_twin_imports_no_formula(root):
    allowed = {
        "nepflow._log",
        "nepflow.atomic",
        "nepflow._log.progress",
        "nepflow.atomic.replacing",
    }
    for path in (root / "workflow/scripts/nepflow_twin").glob("*.py"):
        own = {m for m in imports(path) if m == "nepflow" or m.startswith("nepflow.")}
        assert own <= allowed, f"{path.name} imports {own - allowed}"


def test_no_study_in_code(root):
    slugs = {path.stem for path in (root / "config/studies").glob("*.yaml")}
    files = [*(root / "workflow").rglob("*.py"), *(root / "workflow").rglob("*.smk")]
    for path in [*files, root / "Snakefile"]:
        for slug in slugs:
            assert slug not in path.read_text(), f"{path.name} names the study {slug}"


def test_budgets(root):
    """Sizes of architecture.md; a docstring does not count, data tables are exempt."""
    limits = [("workflow/scripts/*.py", 100), ("workflow/rules/*.smk", 200)]
    for pattern, limit in limits:
        for path in root.glob(pattern):
            assert len(path.read_text().splitlines()) <= limit, path.name
    for path in modules(root):
        assert len(path.read_text().splitlines()) <= 480, path.name
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                lines = node.end_lineno - body[0].lineno + 1 if body else 0
                assert lines <= 50, f"{path.name}: {node.name} has {lines} lines of code"


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
    schema = yaml.safe_load((root / "workflow/schemas/study.schema.yaml").read_text())
    defaults = yaml.safe_load((root / "config/defaults.yaml").read_text())
    code = "".join(
        path.read_text()
        for path in [*(root / "workflow").rglob("*.smk"), *(root / "workflow").rglob("*.py")]
    )

    def walk(values, node, path):
        for key, value in values.items():
            assert key in node["properties"], f"{path}{key} is not in the schema"
            assert key.removesuffix("_z") in code, f"{path}{key} is used nowhere"
            if isinstance(value, dict):
                walk(value, node["properties"][key], f"{path}{key}.")

    walk(defaults, schema, "")

    def closed(node, path):
        if node.get("type") == "object":
            assert node.get("additionalProperties") is False, f"{path} is not closed"
        for key, below in node.get("properties", {}).items():
            assert "default" not in below, f"{path}.{key} holds a default"
            closed(below, f"{path}.{key}")

    closed(schema, "study")


def test_no_rule_writes_into_raw_data(root):
    for _, name, body in rules(root):
        for block in re.findall(r"    output:\n((?:        .*\n)+)", body):
            for path in re.findall(r'"([^"]*\.\w+)"', block):
                if path.endswith(".rst"):
                    continue
                assert path.startswith(("<study>/", "<results>/", "../report")), f"{name}: {path}"
                if name.startswith("simulate_"):
                    assert path.startswith("<results>/twin/{study}/")


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
    tree = ast.parse((root / "workflow/rules/common.smk").read_text())
    wanted = ("code_of", "imported_names")
    functions = [node for node in tree.body if getattr(node, "name", "") in wanted]
    known = {"SCRIPTS": scripts, "ast": ast, "os": os}
    exec(compile(ast.Module(functions, []), "common.smk", "exec"), known)
    for script in sorted(scripts.glob("*.py")):
        finder = modulefinder.ModuleFinder(path=[str(scripts)])
        finder.load_file(str(script))
        files = {Path(module.__file__) for module in finder.modules.values() if module.__file__}
        ours = {file for file in files if file.parent.name.startswith("nepflow")}
        ours -= {file for file in ours if file.name.startswith("_")}
        watched = {Path(file).resolve() for file in known["code_of"](script.name)}
        assert watched == {file.resolve() for file in ours}, script.name


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
    for path in [*files, root / "tests/copies.py"]:
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
    for name in ("own_files", "figure_entries", "study", "study_checks"):
        text = (root / f"workflow/scripts/nepflow/{name}.py").read_text(encoding="utf-8")
        assert ".format(" not in text, name


def test_legends_name_their_handles(root):
    """A legend that gathers labels itself leaves out those that begin with _."""
    for path in (root / "workflow/scripts/nepflow").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "legend":
                own = node.args or {k.arg for k in node.keywords} & {"handles"}
                assert own, f"{path.name}: {node.lineno}"


def test_commands_print_on_any_terminal(root):
    for path in (root / "workflow/scripts/commands").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert text.endswith(("    site.run(main)\n", "    site.run(main, keep_secrets_out)\n"))
