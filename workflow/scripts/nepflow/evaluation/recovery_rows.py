"""What is recovered of the planted drivers and of the planted change of land -> rows."""

import math

from nepflow import labels
from nepflow.evaluation import recovery

FACTORS = ["variable", "factor", "quantity", "value", "unit"]
LAND_USE = ["variable", "transitions", "quantity", "value", "unit"]
CLEAR_DIFFERENCE = 0.1  # of q, from which two factors have an order; see docs/methods.md


def factor_rows(names, true, found, cells):
    """Yield both q of each factor, and how many of the clear pairs keep their order.

    Parameters
    ----------
    names : list of str
    true, found : sequence of float, one a factor
        q of the truth and of the study's layers, at the same cells.
    cells : int
    """
    for name, planted, seen in zip(names, true, found, strict=True):
        yield name, "true_q_statistic", planted, "1"
        yield name, "recovered_q_statistic", seen, "1"
    pairs, kept = recovery.count_order(true, found, CLEAR_DIFFERENCE)
    yield labels.REGION, "pairs_clearly_apart", pairs, "pairs"
    yield labels.REGION, "clear_pairs_in_order", 100 * kept / pairs if pairs else math.nan, "%"
    yield labels.REGION, "cells", cells, "cells"


def land_use_rows(true, recovered):
    """Yield true and recovered values of the quantities that both have.

    Parameters
    ----------
    true : dict of {(transitions, quantity): (float, str)}
        Values with their units.
    recovered : dict of {(transitions, quantity): float}
    """
    for (of, quantity), (value, unit) in true.items():
        yield of, f"true_{quantity}", value, unit
        if (of, quantity) in recovered:
            yield of, f"recovered_{quantity}", recovered[of, quantity], unit
