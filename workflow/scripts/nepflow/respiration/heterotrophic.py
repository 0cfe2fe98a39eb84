"""Heterotrophic from total soil respiration, never below 0 nor above it."""

import numpy as np

from nepflow.study.respiration import refusal


class WrongStep(ValueError):
    """A relation on sums of a step that it was not fitted for."""


def bond_lamberty2004(respiration):
    """Return ``exp(1.22 + 0.73 ln Rs)`` of annual Rs, g C m-2 yr-1.

    Bond-Lamberty, Wang and Gower (2004), Global Change Biology 10:1756-1766; 53 forest sites.
    """
    return np.exp(1.22) * respiration**0.73


def bond_lamberty_thomson2010(respiration):
    """Return ``exp(0.22 + 0.87 ln Rs)`` of annual Rs, g C m-2 yr-1.

    Bond-Lamberty and Thomson (2010), Biogeosciences 7:1915-1926.
    """
    return np.exp(0.22) * respiration**0.87


def quadratic(respiration):
    """Return ``-0.0009 Rs^2 + 0.6011 Rs + 4.8874`` of monthly Rs, g C m-2 month-1.

    Used with the GSMSR by several papers; its origin could not be confirmed.
    """
    return -0.0009 * respiration**2 + 0.6011 * respiration + 4.8874


RELATIONS = {
    function.__name__: function
    for function in (bond_lamberty2004, bond_lamberty_thomson2010, quadratic)
}


def heterotrophic(respiration, relation, step):
    """Return heterotrophic respiration, clipped to 0 <= Rh <= Rs, and what was clipped.

    Parameters
    ----------
    respiration : ndarray
        Total soil respiration of each month or year, g C m-2; at least 0, NaN = absent.
    relation : str
        Key of `RELATIONS`.
    step : {"month", "year"}
        What a value is the sum of.

    Returns
    -------
    rh : ndarray, same shape
        g C m-2 of the step.
    raised, lowered : int
        How many values were below 0, and above Rs.

    Raises
    ------
    WrongStep
        If the relation was fitted for the other step.
    ValueError
        If any respiration is negative.
    """
    why = refusal(relation, step)
    if why:
        raise WrongStep(f"{why}. Give it sums of the other step.")
    if np.nanmin(respiration, initial=0) < 0:
        raise ValueError("soil respiration is negative")
    rh = RELATIONS[relation](respiration)
    raised, lowered = int((rh < 0).sum()), int((rh > respiration).sum())
    return np.clip(rh, 0, respiration), raised, lowered
