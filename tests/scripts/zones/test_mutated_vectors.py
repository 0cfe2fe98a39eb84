"""Damaged polygons and points: some of the many that `mutated_vectors.py` makes."""

import mutated_vectors


def test_damaged_vectors_are_refused_by_name(tmp_path):
    counts, said = mutated_vectors.survey(40, 0, mutated_vectors.make_grid(tmp_path))
    assert not said
    assert counts["accepted"] > 4 and counts["named"] > 10
