"""Tables of the geographical detector."""

import itertools

import numpy as np

from nepflow import labels
from nepflow.detector import detector, factors, surrogates
from nepflow.detector import sample as detector_sample

DIVISIONS = [
    "factor",
    "shared_inputs",
    "method",
    "classes",
    "chosen",
    "limits",
    "quantity",
    "value",
    "unit",
]
_TIDY = ["quantity", "value", "unit"]
COLUMNS = {
    "factors": ["variable", "factor", "shared_inputs", *_TIDY],
    "interactions": ["variable", "first", "second", "shared_inputs", "interaction", *_TIDY],
    "risk": ["variable", "factor", "shared_inputs", "stratum", "other", *_TIDY],
    "ecological": ["variable", "first", "second", "shared_inputs", *_TIDY],
    "scales": ["variable", "factor", "shared_inputs", "spacing_km", *_TIDY],
}
AS_IT_IS = "–"  # of a factor that came in classes


def strata_names(breaks, unit):
    """Return names such as ``to 4 mm``, ``4 to 8 mm``, ``above 8 mm``; a limit belongs below."""
    text = labels.unit_text(unit)
    between = [f"{low:.4g} to {high:.4g} {text}" for low, high in itertools.pairwise(breaks)]
    names = [f"to {breaks[0]:.4g} {text}", *between, f"above {breaks[-1]:.4g} {text}"]
    return [name.strip() for name in names]


def marked(rows, marks):
    """Return rows whose first value is a factor with how it entered the variable as second."""
    return [(row[0], marks.get(row[0], ""), *row[1:]) for row in rows]


def division_rows(name, ways, q, best, unit):
    """Yield a row a candidate division of a factor with its q, the chosen one marked."""
    for place, ((method, classes, breaks, _), value) in enumerate(zip(ways, q, strict=True)):
        limits = ", ".join(f"{limit:.6g}" for limit in breaks)
        limits = f"{limits} {labels.unit_text(unit)}".strip()
        yield name, method, classes, place == best, limits, "q_statistic", value, "1"


def cover_row(name, cells, of_variable):
    """How much of the cells with the variable a factor has."""
    share = 100 * cells / of_variable if of_variable else np.nan
    unit = "% of the cells with the variable"
    return name, AS_IT_IS, AS_IT_IS, "", "", "cells_with_factor", share, unit


def sample_row(cells, whole):
    """How many cells are compared, of those that have every factor."""
    text = f"of {whole} cells with every factor"
    return labels.REGION, AS_IT_IS, AS_IT_IS, "", text, "cells_compared", cells, "cells"


def factor_rows(strata, tested, marks, smallest):
    """Yield q of each factor and what there is to say of its significance."""
    for name, found in strata.items():
        q_tested, p, limit = tested[name]
        values = {
            "q_statistic": detector.q_statistic(found),
            "surrogate_p": p,
            "surrogate_q_95th_percentile": limit,
            "tested_q": q_tested,
            "f_statistic": detector.f_statistic(found),
            "published_sample_variance_p": detector.published_p(found, 1),
            "published_population_variance_p": detector.published_p(found, 0),
        }
        for quantity, value in values.items():
            yield name, marks[name], quantity, value, "1"
        yield name, marks[name], "strata", len(found.cells), "strata"
        yield name, marks[name], "tiny_strata", int((found.cells < smallest).sum()), "strata"
        yield name, marks[name], "cells", int(found.cells.sum()), "cells"


def warnings(table):
    """Yield (topic, warning) of factors with tiny strata, from the rows of `factor_rows`."""
    tiny = table[(table["quantity"] == "tiny_strata") & (table["value"] > 0)]
    if len(tiny):
        found = ", ".join(f"{row['factor']} ({row['value']:.0f})" for _, row in tiny.iterrows())
        topic = f"detector of {table['variable'].iloc[0]}"
        yield topic, f"strata of too few cells raise q: {found}. Join classes or sample more cells"


def interaction_rows(y, codes, strata, marks, smallest):
    """Yield q of every pair of factors beside that of each alone, and what it amounts to."""
    alone = {name: detector.q_statistic(found) for name, found in strata.items()}
    for first, second in itertools.combinations(codes, 2):
        found = detector.strata_of(y, detector.crossed(codes[first], codes[second]))
        both = detector.q_statistic(found)
        kind = detector.interaction_type(alone[first], alone[second], both)
        where = first, second, joined(marks, first, second), kind
        yield (*where, "q_both", both, "1")
        yield (*where, "q_first", alone[first], "1")
        yield (*where, "q_second", alone[second], "1")
        yield (*where, "strata", len(found.cells), "strata")
        yield (*where, "tiny_strata", int((found.cells < smallest).sum()), "strata")


def joined(marks, first, second):
    """What of a pair of factors entered the variable."""
    entered = [f"{name}: {marks[name]}" for name in (first, second) if marks[name]]
    return "; ".join(entered)


def risk_rows(strata, names, named, marks, unit):
    """Yield mean and cells of each stratum, and Welch's test of every pair of strata."""
    for name, texts in zip(names, named, strict=True):
        found = strata[name]
        of = [texts[code] for code in found.codes]
        for stratum, mean, cells in zip(of, found.means, found.cells, strict=True):
            yield name, marks[name], stratum, "", "mean", mean, unit
            yield name, marks[name], stratum, "", "cells", int(cells), "cells"
        for i, j, t, df, p in detector.risk_test(found):
            where = name, marks[name], of[i], of[j]
            yield (*where, "difference", found.means[i] - found.means[j], unit)
            yield (*where, "t_statistic", t, "1")
            yield (*where, "degrees_of_freedom", df, "1")
            yield (*where, "welch_p", p, "1")


def ecological_rows(strata, marks):
    """Yield the ratio of the squares within the strata of every pair of factors."""
    for first, second in itertools.combinations(strata, 2):
        ratio, p = detector.ecological_test(strata[first], strata[second])
        where = first, second, joined(marks, first, second)
        yield (*where, "ratio_of_squares_within", ratio, "1")
        yield (*where, "ecological_p", p, "1")


def scale_rows(q, names, spacing_km, cells):
    """Yield q of each factor on a sampling grid, and the 90th percentile over the factors."""
    for name, value in zip(names, q, strict=True):
        yield name, spacing_km, "q_statistic", value, "1"
    known = [value for value in q if np.isfinite(value)]
    high = np.quantile(known, 0.9) if known else np.nan
    yield labels.REGION, spacing_km, "q_statistic", high, "1"
    yield labels.REGION, spacing_km, "cells", cells, "cells"


def strata_of_factors(sample):
    """Return {factor: `detector.Strata`} of a `sample.Sample`."""
    return {
        name: detector.strata_of(sample.y, codes)
        for name, codes in zip(sample.names, sample.codes, strict=True)
    }


def ways_of(values, codes, classed, options):
    """Return the codes of every division of a factor that could have been chosen."""
    if classed:
        return [codes]
    found = factors.candidates(
        values, options["methods"], options["classes"], options["breaks_sample"], options["seed"]
    )
    return [way[-1] for way in found]


def tested(sample, field, options, threads):
    """Return the test by surrogates of all factors.

    Parameters
    ----------
    sample : sample.Sample
    field : ndarray, shape (y, x)
        The variable, NaN = missing.
    options : dict
        surrogates, draws, test_cells, block_cells, methods, classes, breaks_sample, seed.
    threads : int

    Returns
    -------
    dict of {str: (float, float, float)}
        By factor: q of the cells that were tested, p, 95th percentile of q of the surrogates.
    """
    some = np.arange(sample.rows.size)
    if options["test_cells"] and some.size > options["test_cells"]:
        some, _ = detector_sample.thinned(some, some, options["test_cells"])
    candidates = [
        ways_of(values[some], codes[some], classed, options)
        for values, codes, classed in zip(sample.values, sample.codes, sample.classes, strict=True)
    ]
    draws = surrogates.Draws(
        options["surrogates"], options["draws"], options["block_cells"], options["seed"]
    )
    q, p, drawn = surrogates.surrogate_test(
        field, sample.rows[some], sample.columns[some], candidates, draws, threads
    )
    limits = np.quantile(drawn, 0.95, axis=0)
    return dict(zip(sample.names, zip(q, p, limits, strict=True), strict=True))


def chosen_ways(table):
    """Return {factor: (method, classes)} of the divisions that the table says are chosen."""
    chosen = table[table["chosen"].astype(str) == "True"]
    return {row["factor"]: (row["method"], int(row["classes"])) for _, row in chosen.iterrows()}


def q_by_factor(values, sample, ways, options):
    """Return q of each factor at other cells, by the chosen method and classes; NaN if none.

    Parameters
    ----------
    values : ndarray, shape (raster, cell)
        The variable first.
    sample, ways
        See `tested` and `chosen_ways`.
    options : dict
    """
    found = []
    for own, name, classed in zip(values[1:], sample.names, sample.classes, strict=True):
        if classed:
            codes = np.unique(own, return_inverse=True)[1]
        else:
            method, classes = ways[name]
            made = list(
                factors.candidates(
                    own, [method], [classes], options["breaks_sample"], options["seed"]
                )
            )
            if not made:
                found.append(np.nan)
                continue
            codes = made[0][-1]
        found.append(detector.q_statistic(detector.strata_of(values[0], codes)))
    return found
