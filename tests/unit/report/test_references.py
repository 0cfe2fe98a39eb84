"""The bibliography: BibTeX read strictly, every work cited, every citation known."""

import ast

import pytest
from nepflow.report.methods import references
from nepflow.study import pixel, respiration, variables, zones

ENTRY = """@article{sen,
  author = {Sen, P. K.},
  title = {Estimates based on {Kendall's} tau},
  journal = {J. Am. Stat. Assoc.},
  year = {1968},
  volume = {63},
  number = {2},
  pages = {1379--1389},
}
"""


def keys_in_code(root):
    """Keys that ``cited`` is called with, and those that entries of registries name."""
    found = set(references.ALWAYS)
    for path in (root / "workflow/scripts/nepflow/report/methods").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "cited":
                found |= {key.value for key in node.args if isinstance(key, ast.Constant)}
    models = (respiration.DIRECT_MODELS, respiration.SOIL_MODELS, respiration.RELATIONS)
    found |= {it.reference for registry in models for it in registry.values()} - {None, ""}
    options = (pixel.AUTOCORRELATION, pixel.HURST, zones.KINDS, variables.PET_METHODS)
    return found | {work for registry in options for it in registry.values() for work in it.works}


def test_every_work_is_cited_and_every_citation_is_a_work(root):
    assert keys_in_code(root) == references.works().keys()


def test_hand_made_entry():
    (fields,) = references.entries("% a comment\n" + ENTRY).values()
    assert fields["title"] == "Estimates based on Kendall's tau"
    assert references._short(fields) == "Sen, 1968"
    assert references._long(fields) == (
        "Sen (1968), Estimates based on Kendall’s tau, J. Am. Stat. Assoc. 63(2), 1379–1389"
    )


@pytest.mark.parametrize(
    ("authors", "short", "long"),
    [
        ("Mann, H. B.", "Mann", "Mann"),
        ("Hamed, K. H. and Rao, A. R.", "Hamed and Rao", "Hamed and Rao"),
        ("Raich, J. and Potter, C. and Wang, D.", "Raich et al.", "Raich, Potter and Wang"),
        ("Yu, G. and Zheng, Z. and Wang, Q. and others", "Yu et al.", "Yu, Zheng, Wang et al."),
        ("Chen and others", "Chen et al.", "Chen et al."),
        ("UNEP", "UNEP", "UNEP"),
    ],
)
def test_names_of_authors(authors, short, long):
    fields = {"author": authors, "title": "On x", "year": "1990", "publisher": "Griffin"}
    assert references._short(fields) == f"{short}, 1990"
    assert references._long(fields) == f"{long} (1990), On x, Griffin"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  volume = {63},", "  volume = 63,", "entry sen"),
        ("  volume = {63},", "  volumes = {63},", "entry sen"),
        ("  volume = {63},", "  year = {1968},", "entry sen"),
        ("@article", ENTRY + "@article", "entry sen"),
        ("@article", "@articel", "not an entry: @articel"),
        ("\n}\n", "\n", "not an entry: @article"),
    ],
)
def test_anything_else_is_refused(old, new, message):
    with pytest.raises(ValueError, match=message):
        references.entries(ENTRY.replace(old, new))
