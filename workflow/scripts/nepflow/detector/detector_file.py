"""From the file of a sample to what the detectors give."""

import numpy as np

from nepflow.detector import detector, factors, sampling_grid, surrogates


def strata_of_factors(sample):
    """Return {factor: `detector.Strata`} of a `factor_file.Sample`."""
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
    sample : factor_file.Sample
    field : ndarray, shape (y, x)
        The variable, NaN = absent.
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
        some, _ = sampling_grid.thinned(some, some, options["test_cells"])
    candidates = [
        ways_of(values[some], codes[some], classed, options)
        for values, codes, classed in zip(sample.values, sample.codes, sample.classes, strict=True)
    ]
    q, p, drawn = surrogates.surrogate_test(
        field, sample.rows[some], sample.columns[some], candidates, options["surrogates"],
        options["draws"], options["block_cells"], options["seed"], threads,
    )  # fmt: skip
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
