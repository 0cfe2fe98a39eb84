"""The effect of land-use change in a known truth, by class densities and by what is planted."""

import numpy as np

from nepflow import labels
from nepflow.landcover import land_use_effect
from nepflow.landcover.land_use_rows import CHANGED, SAME

_TG, _KM2, _G = "Tg C yr-1", "km2", "g C m-2 yr-1"


def true_effects(first, last, planted, before, after, classes, cell_km2, options):
    """Return the quantities of `land_use_rows.effect_rows` that a truth has, and what it planted.

    Parameters
    ----------
    first, last : ndarray, shape (y, x)
        True means of both periods, g C m-2 yr-1, NaN = absent.
    planted : ndarray, shape (y, x)
        What the change of land between the periods adds to ``last - first``: the difference to
        a world without it.
    before, after : ndarray of int, shape (y, x)
        True class of both periods, 0 = none.
    classes : int
    cell_km2 : float
    options : dict
        minimum_data_percent, absent_density.

    Returns
    -------
    dict of {(str, str): (float, str)}
        By transitions and quantity: value and unit. ``planted_effect`` is a sum,
        ``mean_change_beyond_stable`` the mean of what is planted in the cells concerned.
    """
    change = last - first
    _, areas = land_use_effect.by_transition(
        np.zeros(first.shape), before, after, classes, cell_km2
    )
    observed, _ = land_use_effect.by_transition(change, before, after, classes, cell_km2)
    effect, held = land_use_effect.by_transition(planted, before, after, classes, cell_km2)
    densities = [
        _densities(np.where(np.isnan(change), np.nan, values), codes, classes, options)
        for values, codes in ((first, before), (last, after))
    ]
    parts = land_use_effect.effects(areas, *densities)
    known, same = np.isfinite(parts["area_effect"]), np.eye(classes, dtype=bool)
    found = {}
    for of, chosen in ((CHANGED, ~same), (SAME, same), (labels.REGION, same | ~same)):
        chosen = chosen & known
        values = {"area": (areas[chosen].sum(), _KM2)}
        values |= {name: (part[chosen].sum(), _TG) for name, part in parts.items()}
        values["total_effect"] = sum(part[chosen].sum() for part in parts.values()), _TG
        values["observed_change"] = observed[chosen].sum(), _TG
        values["planted_effect"] = effect[chosen].sum(), _TG
        area = held[chosen].sum()
        mean = effect[chosen].sum() * 1e6 / area if area else np.nan
        values["mean_change_beyond_stable"] = mean, _G
        found |= {(of, name): value for name, value in values.items()}
    return found


def _densities(values, codes, classes, options):
    """Densities as the study counts them."""
    density, cells = land_use_effect.class_densities(values, codes, classes)
    sizes = np.bincount(codes.ravel(), minlength=classes + 1)[1:]
    density = land_use_effect.supported(density, cells, sizes, options["minimum_data_percent"])
    return np.nan_to_num(density) if options["absent_density"] == "zero" else density
