"""Inputs that once were read wrongly stay read right, or refused with the word that helps."""

import shutil

import corpus
import fuzz_studies
import pytest
from fuzzing import outcome
from kinds_of_inputs import KINDS


@pytest.mark.parametrize("name", corpus.CASES)
def test_a_found_case(worlds, tmp_path, name):
    kind, label, file, write, expected = corpus.CASES[name]
    kind, path = KINDS[kind], tmp_path / file
    if kind is KINDS["study files"]:
        shutil.copytree(fuzz_studies.TOP / "config", tmp_path / "config")
    write(path)
    what, said = outcome(kind, label, path, tmp_path, worlds(kind))
    if expected == "accepted":
        assert what == "accepted", said
    else:
        assert what == "named", said
        assert expected == "named" or expected in said
