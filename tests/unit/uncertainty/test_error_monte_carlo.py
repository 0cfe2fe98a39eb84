"""Monte-Carlo of the model itself beside the delta method.

Parameters and fields are drawn and NPP - Rh is computed anew with the plain formulas; nothing of
`nepflow.uncertainty`, nor a derivative, enters the draws.
"""

import numpy as np
import pytest
from nepflow.respiration import annual, formulas
from nepflow.uncertainty import budget, propagation

DRAWS, SIDE, CELL_KM, YEARS = 20000, 8, 50.0, 20
SHARES = {"random": 0.2, "regional": 0.6, "common": 0.2}
REACH = {"npp": 300.0, "temperature": 200.0, "precipitation": 150.0, "respiration": 250.0}
COVARIANCE = [[0.00834922, -0.000523953], [-0.000523953, 4.05556e-05]]
RELATION = [[0.100697, -0.0158833], [-0.0158833, 0.00251621]]
ERRORS = {
    "npp": {"sd_percent": {0: 30}, "shares": SHARES, "range_km": 300.0, "filled_factor": 1.0},
    "temperature": {"sd": 0.8, "range_km": 200.0},
    "precipitation": {"sd_percent": 14, "range_km": 150.0},
    "respiration": {"covariance": COVARIANCE, "place_sd": 0.4, "range_km": 250.0},
}
OF_RELATION = {"covariance": RELATION, "place_sd": 0.2, "range_km": 60.0}


@pytest.fixture(scope="module")
def climate():
    """Months of a mean year, (month, cell); NPP of each cell."""
    rows, columns = (axis.ravel() for axis in np.indices((SIDE, SIDE)))
    season = -np.cos(2 * np.pi * np.arange(12) / 12)[:, None]
    warmth = 9 - 1.5 * rows + 12 * season
    rain = (15 + 6 * columns) * (1 + 0.8 * season)
    return warmth, rain, 150.0 + 12 * columns + 8 * rows


def field(rng, range_km):
    """Draws (draw, cell) of a Gaussian field of variance 1, exp(-3 d / range)."""
    places = np.indices((SIDE, SIDE)).reshape(2, -1) * CELL_KM
    apart = np.hypot(*(axis[:, None] - axis for axis in places))
    root = np.linalg.cholesky(np.exp(-3 * apart / range_km))
    return rng.standard_normal((DRAWS, SIDE * SIDE)) @ root.T


def factor(rng, log_sd, range_km):
    """Log-normal factors of mean 1."""
    return np.exp(log_sd * field(rng, range_km) - log_sd**2 / 2)


def constants(rng, covariance):
    """Level and response, (draw, 1)."""
    return rng.multivariate_normal([0, 0], covariance, DRAWS).T[:, :, None]


def npp_of(rng, npp, errs):
    error = np.zeros((DRAWS, npp.size))
    if errs:
        error += np.sqrt(SHARES["common"]) * rng.standard_normal((DRAWS, 1))
        error += np.sqrt(SHARES["regional"]) * field(rng, REACH["npp"])
        of_years = rng.standard_normal((YEARS, DRAWS, npp.size)).mean(axis=0)
        error += np.sqrt(SHARES["random"]) * of_years
    return npp * (1 + 0.3 * error)


def drawn(climate, sources, rh_of):
    """Mean-year NEP (draw, cell) with errors of ``sources`` alone."""
    rng = np.random.default_rng(11)
    warmth, rain, npp = climate
    productivity = npp_of(rng, npp, "npp" in sources)
    shift = 0.8 * field(rng, REACH["temperature"]) * ("temperature" in sources)
    wetter = 1 + 0.14 * field(rng, REACH["precipitation"]) * ("precipitation" in sources)
    respired = rh_of(rng, warmth[:, None] + shift, rain[:, None] * np.maximum(wetter, 0), sources)
    return productivity - respired


def direct(rng, warmth, rain, sources):
    """Rh of pei2009 summed over the months, with level, response and place drawn."""
    rh = formulas.pei2009(warmth, np.broadcast_to(rain, warmth.shape))
    if "respiration" not in sources:
        return rh.sum(axis=0)
    level, response = constants(rng, COVARIANCE)
    total = sum(month * np.exp(level + response * of) for month, of in zip(rh, warmth, strict=True))
    return total * factor(rng, 0.4, REACH["respiration"])


def by_soil(rng, warmth, rain, sources):
    """Rh of raich2002 and Bond-Lamberty's relation."""
    days = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[:, None, None]
    rs = days * formulas.response("raich2002", warmth, np.broadcast_to(rain, warmth.shape))
    if "respiration" in sources:
        level, response = constants(rng, COVARIANCE)
        rs = rs * np.exp(level + response * np.clip(warmth, -13.3, 33.5))
    total = rs.sum(axis=0)
    if "respiration" in sources:
        total = total * factor(rng, 0.4, REACH["respiration"])
    rh = np.exp(1.22) * total**0.73
    if "rh_relation" in sources:
        level, response = constants(rng, RELATION)
        rh = rh * np.exp(level + response * np.log(total)) * factor(rng, 0.2, 60.0)
    return rh


def delta(climate, errors, moves, rh):
    """Standard deviations of cells, of the whole and of the west, by the delta method."""
    shape = SIDE, SIDE
    npp, flat = climate[2].reshape(shape), np.zeros(shape)
    sds = {"temperature": 0.8, "precipitation": 0.14}
    of_climate = {name: np.full(shape, sd) for name, sd in sds.items() if name in errors}
    cells = propagation.Cells(npp, rh, flat + YEARS, flat, flat + 0.3, moves, of_climate)
    effect, components = propagation.effects(errors, cells), propagation.components_of(errors)
    found = []
    for zone in (np.ones(shape), np.where(np.arange(SIDE) < 3, 1.0, np.nan) + flat):
        sums = budget.ZoneSums(components, 1, shape, CELL_KM * 1000)
        sums.add(0, zone, npp, effect)
        found.append(float(np.sqrt((sums.variances()[2][:, 1] ** 2).sum())))
    return propagation.deviation(effect).ravel(), *found


def agree(nep, expected):
    cells, whole, west = expected
    square = nep.reshape(DRAWS, SIDE, SIDE)
    assert nep.std(axis=0) == pytest.approx(cells, rel=0.05)
    assert square.mean(axis=(1, 2)).std() == pytest.approx(whole, rel=0.05)
    assert square[..., :3].mean(axis=(1, 2)).std() == pytest.approx(west, rel=0.05)


@pytest.mark.parametrize("source", [*ERRORS, "all"])
def test_monthly_equation(climate, source):
    errors = ERRORS if source == "all" else {source: ERRORS[source]}
    warmth, rain, _ = climate
    sensitivity = formulas.pei2009_sensitivity(warmth, rain)[1].reshape(4, SIDE, SIDE)
    names = ("level", "response", "temperature", "precipitation")
    moves = dict(zip(names, sensitivity, strict=True))
    rh = formulas.pei2009(warmth, rain).sum(axis=0).reshape(SIDE, SIDE)
    agree(drawn(climate, errors, direct), delta(climate, errors, moves, rh))


@pytest.mark.parametrize("source", ["temperature", "precipitation", "respiration", "all"])
def test_soil_model(climate, source):
    errors = ERRORS if source == "all" else {source: ERRORS[source]}
    agree(drawn(climate, errors, by_soil), delta(climate, errors, *of_soil(climate)))


def test_relation(climate):
    """Level and power nearly cancel; their sum has an error of a few percent."""
    errors = {"rh_relation": OF_RELATION}
    agree(drawn(climate, errors, by_soil), delta(climate, errors, *of_soil(climate)))


def of_soil(climate):
    """Sensitivities as the rule makes them, of one year, and Rh."""
    warmth, rain, _ = climate
    model = annual.Budget("raich2002", "bond_lamberty2004", {}, [2001])
    relative = model.relative(warmth, rain).reshape(3, SIDE, SIDE)
    made = model.climate(warmth, rain).reshape(-1, SIDE, SIDE)
    rh, total = model.respiration(made)
    found = model.sensitivity(rh, total, relative)
    names = ("level", "response", "temperature", "precipitation", "soil_carbon")
    names = (*names, "relation_level", "relation_response")
    return dict(zip(names, found, strict=True)), rh[0]
