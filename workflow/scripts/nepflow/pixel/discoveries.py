"""Field significance: the Benjamini-Hochberg control of false discoveries."""

import numpy as np


def threshold(p, false_discovery_percent):
    """Return the largest p that counts as a discovery among many tests.

    With the p values in ascending order, the largest ``p_k <= k / m * q``; every test with a p
    up to it is a discovery, and of these on average at most q are false.

    Parameters
    ----------
    p : ndarray
        p values of the m tests in any order; NaN = no test.
    false_discovery_percent : float
        q, %.

    Returns
    -------
    float
        -1 where nothing is a discovery.

    References
    ----------
    Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57:289-300. For fields: Wilks (2016),
    Bull. Am. Meteorol. Soc. 97:2263-2273.
    """
    ordered = np.sort(p[~np.isnan(p)])
    if not ordered.size:
        return -1.0
    limit = np.arange(1, ordered.size + 1) * (false_discovery_percent / 100 / ordered.size)
    passed = np.flatnonzero(ordered <= limit)
    return float(ordered[passed[-1]]) if passed.size else -1.0
