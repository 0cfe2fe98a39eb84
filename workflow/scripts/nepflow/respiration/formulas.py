"""Total soil respiration Rs by models of temperature, precipitation and soil organic carbon.

Every model is a response to climate times a factor of carbon, so that carbon, which does not
change, is applied after the months are added.
"""

import numpy as np

from nepflow.study.respiration import (
    DIRECT_MODELS,
    RELATIONS,
    SOIL_MODELS,
    YEAR,
    published,
    refusal,
)


def raich2002(temperature, precipitation, constants):
    """Return daily soil respiration of a month after Raich et al. (2002).

    ``Rs = 1.25 exp(0.0545 T) P / (42.59 + P)``

    Parameters
    ----------
    temperature : ndarray
        Monthly mean, degC, held within the limits of the model.
    precipitation : ndarray, same shape
        mm month-1.
    constants : dict
        rate (g C m-2 d-1), per_k (K-1), half_rain_mm (mm month-1).

    Returns
    -------
    ndarray, same shape
        g C m-2 d-1, 0 without rain.

    References
    ----------
    Raich, Potter and Bhagawati (2002), Global Change Biology 8:800-812. Public code of the model
    has quarters and 127.77 mm = 3 x 42.59; the limits of temperature could not be confirmed.
    """
    rate = constants["rate"] * np.exp(constants["per_k"] * temperature)
    return rate * precipitation / (constants["half_rain_mm"] + precipitation)


def gsmsr(temperature, precipitation, constants):
    """Return the response of the geostatistical soil respiration model to a month's climate.

    ``exp(ln(q0 exp(q1 T)) T / 10) (P + p0) / (P + p1)``, to be multiplied by `gsmsr_carbon`.

    Parameters
    ----------
    temperature : ndarray
        Monthly mean, degC.
    precipitation : ndarray, same shape
        mm month-1; the model itself counts in cm.
    constants : dict
        q10_at_zero (q0), q10_per_k (q1), precipitation_above_cm (p0), precipitation_below_cm (p1).

    Returns
    -------
    ndarray, same shape
        1; p0 / p1 of the moist response is left without rain.

    References
    ----------
    Yu et al. (2010), Environ. Sci. Technol. 44:6074-6080, doi:10.1021/es100979s. The constants
    could not be confirmed in a public source, therefore they are settings with a status.
    """
    rain = precipitation / 10
    q10 = constants["q10_at_zero"] * np.exp(constants["q10_per_k"] * temperature)
    moisture = rain + constants["precipitation_above_cm"]
    moisture = moisture / (rain + constants["precipitation_below_cm"])
    return np.exp(np.log(q10) * temperature / 10) * moisture


def gsmsr_carbon(carbon, constants):
    """Return ``r0 + r1 C``, g C m-2 d-1, of soil organic carbon C of 0-20 cm, kg C m-2."""
    return constants["rate"] + constants["rate_per_carbon"] * carbon


def chen2010(temperature, precipitation, constants):
    """Return the response of the annual model of Chen et al. (2010) to a year's climate.

    ``1000 * 1.55 exp(0.031 T) P / (P + 0.68)``, to be multiplied by `chen2010_carbon`.

    Parameters
    ----------
    temperature : ndarray
        Annual mean, degC.
    precipitation : ndarray, same shape
        mm yr-1; the model itself counts in m.
    constants : dict
        rate (g C m-2 yr-1), per_k (K-1), half_rain_m (m yr-1).

    Returns
    -------
    ndarray, same shape
        g C m-2 yr-1, 0 without rain.

    References
    ----------
    Chen S. et al. (2010), Agricultural and Forest Meteorology; constants from secondary sources,
    unconfirmed.
    """
    rain = precipitation / 1000
    rate = constants["rate"] * np.exp(constants["per_k"] * temperature)
    return rate * rain / (rain + constants["half_rain_m"])


def chen2010_carbon(carbon, constants):
    """Return ``C / (C + 2.23)`` of soil organic carbon C, kg C m-2."""
    return carbon / (carbon + constants["half_carbon"])


RESPONSES = {function.__name__: function for function in (raich2002, gsmsr, chen2010)}
FACTORS = {"gsmsr": gsmsr_carbon, "chen2010": chen2010_carbon}  # of carbon, where a model has one


def response(model, temperature, precipitation, constants=None):
    """Return what climate gives, before carbon: g C m-2 d-1 of months, g C m-2 yr-1 of years.

    Parameters
    ----------
    model : str
        Key of `respiration.SOIL_MODELS`, which says its step and limits of temperature.
    temperature, precipitation : ndarray of one shape
        Mean, degC, and sum, mm, of the model's step.
    constants : dict, optional
        Those that differ from the published ones.

    Raises
    ------
    ValueError
        If the shapes differ, or if any precipitation is negative.
    """
    if temperature.shape != precipitation.shape:
        raise ValueError(f"shapes differ: {temperature.shape}, {precipitation.shape}")
    if np.nanmin(precipitation, initial=0) < 0:
        raise ValueError("precipitation is negative")
    about = SOIL_MODELS[model]
    if about.held_at:
        temperature = np.clip(temperature, *about.held_at)
    return RESPONSES[model](temperature, precipitation, published(about, constants))


def response_sensitivity(model, temperature, precipitation, constants=None):
    """Return relative derivatives of `response` by its climate and by what errs in it.

    Parameters
    ----------
    model, temperature, precipitation, constants
        As in `response`.

    Returns
    -------
    tuple of three ndarray of the shape of temperature
        By ``response`` (error b of ``Rs exp(a + b T)``; degC: the temperature that counts), by
        temperature (K-1; 0 beyond the limits of the model) and by the logarithm of precipitation.
    """
    own, held = published(SOIL_MODELS[model], constants), temperature
    if SOIL_MODELS[model].held_at:
        held = np.clip(temperature, *SOIL_MODELS[model].held_at)
    by_temperature, by_rain = _RELATIVE[model](held, precipitation, own)
    return held, np.where(held == temperature, by_temperature, 0.0), by_rain


def _raich2002_relative(temperature, precipitation, own):
    half = own["half_rain_mm"]
    return np.full_like(temperature, own["per_k"]), half / (half + precipitation)


def _gsmsr_relative(temperature, precipitation, own):
    rain = precipitation / 10
    above, below = own["precipitation_above_cm"], own["precipitation_below_cm"]
    by_temperature = (np.log(own["q10_at_zero"]) + 2 * own["q10_per_k"] * temperature) / 10
    return by_temperature, rain / (rain + above) - rain / (rain + below)


def _chen2010_relative(temperature, precipitation, own):
    half = 1000 * own["half_rain_m"]
    return np.full_like(temperature, own["per_k"]), half / (half + precipitation)


_RELATIVE = {
    "raich2002": _raich2002_relative,
    "gsmsr": _gsmsr_relative,
    "chen2010": _chen2010_relative,
}


def carbon_elasticity(model, carbon, constants=None):
    """Return the relative derivative of respiration by the logarithm of soil carbon (kg C m-2)."""
    own = published(SOIL_MODELS[model], constants)
    if model == "gsmsr":
        return own["rate_per_carbon"] * carbon / (own["rate"] + own["rate_per_carbon"] * carbon)
    return own["half_carbon"] / (carbon + own["half_carbon"])


def with_carbon(model, values, carbon, constants=None):
    """Return respiration: the response times the factor of carbon, in the unit of the response.

    Parameters
    ----------
    values : ndarray, shape (step, y, x)
    carbon : ndarray, shape (y, x), or None
        Soil organic carbon of 0-20 cm, kg C m-2; not used by a model that needs none.

    Raises
    ------
    ValueError
        If the model needs carbon and there is none.
    """
    if not SOIL_MODELS[model].needs_carbon:
        return values
    if carbon is None:
        raise ValueError(f"{model} needs soil organic carbon")
    return values * FACTORS[model](carbon, published(SOIL_MODELS[model], constants))


def pei2009(temperature, precipitation):
    """Return heterotrophic respiration of a month after Pei et al. (2009).

    ``Rh = 0.22 * (exp(0.0912 T) + ln(0.3145 P + 1)) * 30 * 46.5 %``

    Parameters
    ----------
    temperature : ndarray
        Monthly mean air temperature, degC.
    precipitation : ndarray, same shape
        Monthly precipitation, mm month-1.

    Returns
    -------
    ndarray, same shape
        Respired carbon, g C m-2 month-1; NaN where either input is NaN.

    Raises
    ------
    ValueError
        If the shapes differ, or if any precipitation is negative.

    Notes
    -----
    Fitted on alpine steppe of the Tibetan Plateau; elsewhere it extrapolates. Every month
    counts 30 days and there is no cut-off below 0 degC, as in the source. Without rain the
    soil still respires.

    References
    ----------
    Pei Zhiyong, Zhou Caiping, Ouyang Hua, Yang Wenbin (2010), a carbon budget of alpine steppe
    area in the Tibetan Plateau, Geographical Research 29(1):102-110; cited as "2009" by its
    users. The same constants in ChinaXiv 202106.00081V1 (P monthly, mm).
    """
    return _pei2009(temperature, precipitation)[0]


def _pei2009(temperature, precipitation):
    """Return what `pei2009` does, and its terms: ``exp(0.0912 T)`` and ``0.3145 P + 1``."""
    if temperature.shape != precipitation.shape:
        raise ValueError(f"shapes differ: {temperature.shape}, {precipitation.shape}")
    if np.nanmin(precipitation, initial=0) < 0:
        raise ValueError("precipitation is negative")
    own = published(DIRECT_MODELS[pei2009.__name__])
    warmth = np.exp(own["per_k"] * temperature)
    wetness = own["per_mm"] * precipitation + 1
    rh = own["rate"] * (warmth + np.log(wetness)) * own["days"]
    return rh * (own["heterotrophic_percent"] / 100), warmth, wetness


def pei2009_sensitivity(temperature, precipitation):
    """Return heterotrophic respiration of `pei2009`, and what moves its sum.

    Parameters
    ----------
    temperature, precipitation : ndarray, shape (step, ...)
        Mean, degC, and sum, mm.

    Returns
    -------
    rh : ndarray, shape (step, ...)
        g C m-2 of the step.
    sensitivity : ndarray, shape (4, ...)
        Sums over the steps of the derivatives by ``level`` and ``response`` (errors a and b of
        ``Rh exp(a + b T)``), by temperature (K) and by the logarithm of precipitation; all months
        move alike. In the order of `respiration.SENSITIVITIES`.
    """
    rh, warmth, wetness = _pei2009(temperature, precipitation)
    own = published(DIRECT_MODELS[pei2009.__name__])
    scale = own["rate"] * own["days"] * (own["heterotrophic_percent"] / 100)
    by_temperature = scale * own["per_k"] * warmth.sum(axis=0)
    by_rain = scale * (len(wetness) - np.divide(1, wetness).sum(axis=0))
    by_response = np.einsum("i...,i...->...", temperature, rh)
    return rh, np.stack([rh.sum(axis=0), by_response, by_temperature, by_rain])


def monthly(temperature, precipitation):
    """Return a year's sum of twelve monthly results: what the equation is defined for.

    Parameters
    ----------
    temperature, precipitation : ndarray, shape (year, 12, y, x)
        Monthly mean, degC; monthly sum, mm.

    Returns
    -------
    ndarray, shape (year, y, x)
        g C m-2 yr-1.
    """
    return pei2009(temperature, precipitation).sum(axis=1)


def annual(temperature, precipitation):
    """Return the monthly equation applied once to annual mean and annual sum.

    Not what the equation means, but the only reading under which the published NEP of
    Northwest China leaves an NPP near the published ones.

    Parameters
    ----------
    temperature, precipitation : ndarray, shape (year, y, x)
        Annual mean, degC; annual sum, mm.

    Returns
    -------
    ndarray, shape (year, y, x)
        g C m-2 yr-1.
    """
    return pei2009(temperature, precipitation)


TIME_STEPS = {function.__name__: function for function in (monthly, annual)}


class WrongStep(ValueError):
    """A relation on sums of a step that it was not fitted for."""


def bond_lamberty2004(respiration):
    """Return ``exp(1.22 + 0.73 ln Rs)`` of annual Rs, g C m-2 yr-1.

    Bond-Lamberty, Wang and Gower (2004), Global Change Biology 10:1756-1766; 53 forest sites.
    """
    return _power_law(respiration, bond_lamberty2004.__name__)


def bond_lamberty_thomson2010(respiration):
    """Return ``exp(0.22 + 0.87 ln Rs)`` of annual Rs, g C m-2 yr-1.

    Bond-Lamberty and Thomson (2010), Biogeosciences 7:1915-1926.
    """
    return _power_law(respiration, bond_lamberty_thomson2010.__name__)


def _power_law(respiration, relation):
    own = published(RELATIONS[relation])
    return np.exp(own["level"]) * respiration ** own["power"]


def quadratic(respiration):
    """Return ``-0.0009 Rs^2 + 0.6011 Rs + 4.8874`` of monthly Rs, g C m-2 month-1.

    Used with the GSMSR by several papers; its origin could not be confirmed.
    """
    own = published(RELATIONS[quadratic.__name__])
    return own["square"] * respiration**2 + own["slope"] * respiration + own["level"]


SHARES = {
    function.__name__: function
    for function in (bond_lamberty2004, bond_lamberty_thomson2010, quadratic)
}


def heterotrophic(respiration, relation, step):
    """Return heterotrophic respiration, clipped to 0 <= Rh <= Rs, and what was clipped.

    Parameters
    ----------
    respiration : ndarray
        Total soil respiration of each month or year, g C m-2; at least 0, NaN = missing.
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
    rh = SHARES[relation](respiration)
    raised, lowered = int((rh < 0).sum()), int((rh > respiration).sum())
    return np.clip(rh, 0, respiration), raised, lowered


def by_respiration(respiration, rh, relation):
    """Return the derivative of annual Rh by the logarithm of annual Rs, g C m-2 yr-1.

    Parameters
    ----------
    respiration, rh : ndarray
        Annual Rs and the Rh of it, g C m-2 yr-1. Where Rh is held at Rs they move together, where
        it is held at 0 it does not move.
    relation : str
        Key of `RELATIONS`; one of months is taken at the mean month.
    """
    own = published(RELATIONS[relation])
    if RELATIONS[relation].step == YEAR:
        found = own["power"] * rh
    else:
        month = respiration / 12
        found = 12 * (2 * own["square"] * month**2 + own["slope"] * month)
    return np.where(rh >= respiration, respiration, np.where(rh > 0, found, 0.0))
