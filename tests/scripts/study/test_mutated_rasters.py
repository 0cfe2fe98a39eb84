"""Damaged rasters are read right or refused by name; thousands of them by hand (see the script)."""

import climate_study
import mutated_rasters


def test_no_foreign_error_no_infinity_no_hang(tmp_path):
    grid = climate_study.make(tmp_path)["grid"]
    counts, said = mutated_rasters.survey(60, 0, grid)
    assert said == []
    assert counts["accepted"] > 5 and counts["named"] > 20
