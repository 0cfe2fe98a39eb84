"""Sensitivities of respiration against differences of the plain formulas."""

import numpy as np
import pytest
from nepflow.respiration import annual, formulas
from nepflow.study.respiration import OF_DIRECT, RELATIONS, SENSITIVITIES, SOIL_MODELS

STEP = 1e-5
GSMSR = {
    "rate": 0.588, "rate_per_carbon": 0.118, "q10_at_zero": 1.83, "q10_per_k": -0.006,
    "precipitation_above_cm": 2.972, "precipitation_below_cm": 5.657,
}  # fmt: skip


@pytest.fixture
def months():
    """Two years of months of three cells."""
    rng = np.random.default_rng(5)
    season = np.tile(-np.cos(2 * np.pi * np.arange(12) / 12), 2)[:, None]
    return 8 + 11 * season + rng.normal(0, 2, (24, 3)), 40 * rng.random((24, 3))


def slope(function, *places):
    """Central difference of a function of one number."""
    return (function(STEP) - function(-STEP)) / (2 * STEP)


def test_direct_model(months):
    warmth, rain = months
    rh, found = formulas.pei2009_sensitivity(warmth, rain)
    np.testing.assert_array_equal(rh, formulas.pei2009(warmth, rain))
    model = formulas.pei2009
    expected = [
        slope(lambda a: (model(warmth, rain) * np.exp(a)).sum(axis=0)),
        slope(lambda b: (model(warmth, rain) * np.exp(b * warmth)).sum(axis=0)),
        slope(lambda t: model(warmth + t, rain).sum(axis=0)),
        slope(lambda p: model(warmth, rain * np.exp(p)).sum(axis=0)),
    ]
    assert found == pytest.approx(np.array(expected), rel=1e-7)
    assert len(found) == len(OF_DIRECT) == len(list(SENSITIVITIES)[:4])
    assert tuple(SENSITIVITIES)[:4] == OF_DIRECT


def test_missing_climate_has_no_sensitivity(months):
    warmth, rain = months
    warmth[3, 1] = np.nan
    found = formulas.pei2009_sensitivity(warmth, rain)[1]
    assert np.isnan(found[:3, 1]).all() and np.isfinite(found[:, [0, 2]]).all()


@pytest.mark.parametrize("model", SOIL_MODELS)
@pytest.mark.parametrize("relation", ["bond_lamberty2004", "bond_lamberty_thomson2010"])
def test_soil_models(months, model, relation):
    """Years are alike here, so that nothing is lost where the response is taken alike in them."""
    warmth, rain = (np.tile(values[:12], (2, 1)) + 12.0 for values in months)
    if SOIL_MODELS[model].step == "year":
        warmth, rain = warmth[:2] * 0 + 9.5, rain[:2] * 0 + 600.0
    carbon = np.array([[3.0, 5.0, 9.0]])
    constants = GSMSR if model == "gsmsr" else {}

    def rh(shift=0.0, wetter=0.0, richer=0.0, level=0.0, response=0.0):
        budget = annual.Budget(model, relation, constants, [2001, 2002])
        made = budget.climate(warmth + shift, rain * np.exp(wetter))
        stock = carbon * np.exp(richer)
        if SOIL_MODELS[model].held_at:
            made = made[:-1]
        if level or response:  # written out: a factor of the response of each step
            values = formulas.response(model, warmth, rain, constants)
            values = values * np.exp(level + response * warmth)
            if SOIL_MODELS[model].step == "month":
                values = (values * budget.days[:, None]).reshape(2, 12, -1).sum(axis=1)
            made = values
        total = formulas.with_carbon(model, made, stock, constants)
        return formulas.heterotrophic(total, relation, "year")[0].mean(axis=0).ravel()

    budget = annual.Budget(model, relation, constants, [2001, 2002])
    relative = budget.relative(warmth, rain)[:, None]
    found, total = budget.respiration(budget.climate(warmth, rain)[:, None], carbon)
    stock = carbon if SOIL_MODELS[model].needs_carbon else None
    moved = dict(zip(SENSITIVITIES, budget.sensitivity(found, total, relative, stock), strict=True))
    assert moved["level"].ravel() == pytest.approx(slope(lambda a: rh(level=a)), rel=1e-3)
    assert moved["response"].ravel() == pytest.approx(slope(lambda b: rh(response=b)), rel=1e-3)
    assert moved["temperature"].ravel() == pytest.approx(slope(lambda t: rh(shift=t)), rel=2e-3)
    assert moved["precipitation"].ravel() == pytest.approx(slope(lambda p: rh(wetter=p)), rel=2e-3)
    by_carbon = slope(lambda c: rh(richer=c)) if SOIL_MODELS[model].needs_carbon else np.zeros(3)
    assert moved["soil_carbon"].ravel() == pytest.approx(by_carbon, rel=1e-3)
    assert moved["relation_level"].ravel() == pytest.approx(found.mean(axis=0).ravel())


@pytest.mark.parametrize("relation", RELATIONS)
def test_relations(relation):
    """Of a year whose months are alike."""
    rs, step = np.array([300.0, 600.0, 1500.0]), RELATIONS[relation].step
    times = 12 if step == "month" else 1

    def rh(change):
        return times * formulas.heterotrophic(rs * np.exp(change) / times, relation, step)[0]

    found = formulas.by_respiration(rs, rh(0), relation)
    assert found == pytest.approx(slope(rh), rel=1e-6)


def test_where_rh_is_held_it_moves_with_rs():
    rs = np.array([50.0])  # Bond-Lamberty gives more than Rs below 91.7
    rh = formulas.heterotrophic(rs, "bond_lamberty2004", "year")[0]
    assert formulas.by_respiration(rs, rh, "bond_lamberty2004") == pytest.approx(rs)
