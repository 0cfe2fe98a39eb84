"""What factors explain in a study beside what they explain in its truth."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from compare_factors import compare_factors
from nepflow.io import raster
from test_detect_factors import GRID, OPTIONS, sampled, world  # noqa: F401

CLASSES = [
    {"name": "loam", "codes": [4]},
    {"name": "clay", "codes": [5, 6]},
    {"name": "sand", "codes": [9]},
]
BANDS = ("2001", "2002")


def cube(folder, name, values, **options):
    path = str(folder / f"{name}.tif")
    output = raster.Output(path, "unit", name, bands=BANDS, **options)
    raster.write(np.stack(values).astype("float64"), output, GRID)
    return path


def test_truth_is_read_as_means_and_as_classes_of_a_year(world):  # noqa: F811
    """The truth is what the study saw, but for its variable: there soil counts for nothing."""
    folder = world["folder"]
    _, height, soil, _ = world["values"]
    divisions = folder / "discretisation.csv"
    sample, _ = sampled(world)
    codes = np.array([0, 4, 6, 0, 9])[soil.astype(int)]
    named = {"dtype": "uint8", "classes": dict.fromkeys(range(1, 18), "a class")}
    truth = [
        (cube(folder, "true", [height - 1, height + 1]), None, None),
        (cube(folder, "true_height", [height - 5, height + 5]), None, None),
        (cube(folder, "cover", [codes * 0 + 4, codes], **named), 2002, CLASSES),
        (world["layers"][3], None, None),
    ]
    path = str(folder / "recovery.csv")
    compare_factors(str(folder / "sample.npz"), str(divisions), truth, path, "v", OPTIONS, 100)
    table = pd.read_csv(path).set_index(["factor", "quantity"])["value"]
    known = np.isfinite(sample.y)
    assert table["all", "cells"] == known.sum() == sample.y.size
    place = sample.rows, sample.columns
    frame = pd.DataFrame({"soil": soil[place], "true": height[place], "seen": sample.y})
    for name, column in (("true", "true"), ("recovered", "seen")):
        groups = frame.groupby("soil")[column]
        q = 1 - (groups.var(ddof=0) * groups.size()).sum() / frame[column].var(ddof=0) / len(frame)
        assert table["soil", f"{name}_q_statistic"] == pytest.approx(q, abs=1e-5)
    assert table["height", "true_q_statistic"] > 0.8 > table["height", "recovered_q_statistic"]
    q = {
        kind: {name: table[name, f"{kind}_q_statistic"] for name in ("height", "soil", "other")}
        for kind in ("true", "recovered")
    }
    clear = [
        pair for pair in permutations(q["true"], 2) if q["true"][pair[0]] - q["true"][pair[1]] > 0.1
    ]
    kept = [pair for pair in clear if q["recovered"][pair[0]] > q["recovered"][pair[1]]]
    assert table["all", "pairs_clearly_apart"] == len(clear) >= 2
    assert table["all", "clear_pairs_in_order"] == pytest.approx(100 * len(kept) / len(clear))
