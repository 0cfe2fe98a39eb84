"""Rules in bands: what their scripts must do, and that nobody else pays."""

import ast
import re


def banded(root):
    """Scripts of the rules that write below <banded>/."""
    text = "\n".join(path.read_text() for path in (root / "workflow/rules").glob("*.smk"))
    bodies = re.split(r"^ *rule\b", text, flags=re.M)[1:]
    bodies = [body for body in bodies if "<logs>/{study}{band}" in body]
    return {re.search(r'script:\n +"\.\./scripts/\w+/(\w+)\.py"', body)[1] for body in bodies}


def test_every_banded_rule_has_a_script_that_knows_its_part(root):
    line = 'bands.only(snakemake.wildcards.get("band"))'
    files = (root / "workflow/scripts").glob("*/*.py")
    knowing = {path.stem for path in files if line in path.read_text(encoding="utf-8")}
    assert knowing == banded(root) and len(knowing) > 20


def test_a_banded_rule_says_it_in_its_outputs_and_its_log(root):
    for path in (root / "workflow/rules").glob("*.smk"):
        for body in re.split(r"^ *rule\b", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
            outputs = re.search(r" output:\n((?: {8,}.*\n)+)", body)
            if outputs and "<banded>/" in outputs[1]:
                assert '"<study>/' not in outputs[1] and "<logs>/{study}{band}/" in body, body
                assert '"{wildcards.study}{wildcards.band}: ' in body, body


def test_scripts_of_bands_write_rasters_by_the_loop_over_space_alone(root):
    writers = {"write", "paste", "blocks", "created"}  # they know no band
    for name in banded(root):
        path = next((root / "workflow/scripts").glob(f"*/{name}.py"))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        used = {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "raster"
        }
        assert not used & writers, f"{name}: {used & writers} would write the whole grid"


def test_bands_are_read_only_where_a_study_asks_for_them(root):
    text = (root / "Snakefile").read_text()
    assert re.search(
        r'^if any\(study\["grid"\]\["blocks"\] > 1 for study in STUDIES.values\(\)\):\n\n?'
        r' +include: "workflow/rules/bands.smk"$',
        text,
        re.M,
    )
    assert re.search(r"^  blocks: 1 ", (root / "config/defaults.yaml").read_text(), re.M)
