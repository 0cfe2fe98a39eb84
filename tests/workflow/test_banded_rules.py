"""Rules in bands: which there are, what their scripts must do, and that nobody else pays."""

import ast
import re

WRITERS = {"write", "paste", "blocks", "created"}  # of rasters; they know no band


def banded(root):
    """Names in BANDED_RULES of bands_paths.smk."""
    text = (root / "workflow/rules/bands_paths.smk").read_text()
    return ast.literal_eval(re.search(r"BANDED_RULES = (\[.*?\])", text, re.S)[1])


def scripts(root):
    """Scripts of the rules in BANDED_RULES, a variant's that of the rule that it varies."""
    text = "\n".join(path.read_text() for path in (root / "workflow/rules").glob("*.smk"))
    varied = {own: of for of, own in re.findall(r"^use rule (\w+) as (\w+) with:", text, re.M)}
    return {varied.get(name, name) for name in banded(root)}


def test_every_banded_rule_has_a_twin_and_a_script_that_knows_its_part(root):
    files = ("bands_layers", "bands_statistics")
    text = "\n".join((root / f"workflow/rules/{name}.smk").read_text() for name in files)
    twins = re.findall(
        r"^use rule (\w+) as \1_band with:\n"
        r'    output:\n        \*\*files_of_band\("\1"\),\n'
        r'    log:\n        log_of_band\("\1"\),\n',
        text,
        re.M,
    )
    assert twins == banded(root) and len(set(twins)) == len(twins) > 10
    line = 'bands.only(snakemake.wildcards.get("band")):'
    files = (root / "workflow/scripts").glob("*/*.py")
    knowing = {path.stem for path in files if line in path.read_text(encoding="utf-8")}
    assert knowing == scripts(root)


def test_scripts_of_bands_write_rasters_by_the_loop_over_space_alone(root):
    for name in scripts(root):
        path = next((root / "workflow/scripts").glob(f"*/{name}.py"))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        used = {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "raster"
        }
        assert not used & WRITERS, f"{name}: {used & WRITERS} would write the whole grid"


def test_bands_are_read_only_where_a_study_asks_for_them(root):
    text = (root / "Snakefile").read_text()
    assert re.search(r'^if BANDED_STUDIES:\n+    include: "workflow/rules/bands.smk"$', text, re.M)
    assert re.search(r"^  blocks: 1 ", (root / "config/defaults.yaml").read_text(), re.M)
    body = (root / "workflow/rules/bands.smk").read_text()
    for part in ("log:", "conda:", "resources:", "message:", "script:", "localrule: True"):
        assert part in body
    assert 'code=code_of("gather_bands.py")' in body
