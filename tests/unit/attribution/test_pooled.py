"""Pooled calibration against regressions with a dummy of every pixel, and planted coefficients."""

import numpy as np
import pytest
from nepflow.attribution import attribution
from nepflow.study import attribution as study_attribution
from nepflow.study import load

YEARS = np.arange(2001, 2021)
FEW = 2001, 2007
TRUE = {2.0: (25.0, -0.1), 5.0: (5.0, 0.3)}


def world(seed, pixels=300, human=3.0, noise=4.0):
    """Two types with coefficients of their own; a human trend begins after the calibration."""
    rng = np.random.default_rng(seed)
    types = np.where(rng.random((1, pixels)) < 0.4, 2.0, 5.0)
    types[0, -1] = np.nan
    shape = len(YEARS), 1, pixels
    warmth = 20 + 0.04 * (YEARS - 2001)[:, None, None] + rng.normal(0, 0.4, shape)
    rain = 1500 + rng.normal(0, 200, shape)
    b = attribution.at_pixels(TRUE, types)
    level = rng.normal(600, 100, (1, pixels))
    after = np.clip(YEARS - FEW[1], 0, None)[:, None, None]
    series = level + b[0] * warmth + b[1] * rain + human * after + rng.normal(0, noise, shape)
    return series, [warmth, rain], types


def with_dummies(series, drivers, types, code, method):
    """Coefficients by least squares with an intercept a pixel, one long table."""
    inside = (FEW[0] <= YEARS) & (FEW[1] >= YEARS)
    rows, target = [], []
    chosen = np.flatnonzero(types[0] == code)
    for place, pixel in enumerate(chosen):
        y = series[inside, 0, pixel]
        x = np.column_stack([d[inside, 0, pixel] for d in drivers])
        known = np.isfinite(y + x.sum(axis=1))
        time = YEARS[inside][known, None].astype(float) - 2010
        y, x = y[known], x[known]
        if method == "first_difference":
            steps = np.diff(time[:, 0]) == 1
            y, x = np.diff(y)[steps], np.diff(x, axis=0)[steps]
        if method == "joint":
            x = np.hstack([x, time])
        dummy = np.zeros((len(y), chosen.size))
        dummy[:, place] = 1
        rows.append(np.hstack([x, dummy]))
        target.append(y)
    return np.linalg.lstsq(np.vstack(rows), np.concatenate(target), rcond=None)[0][: len(drivers)]


@pytest.mark.parametrize("method", attribution.METHODS)
def test_equals_a_regression_with_a_dummy_of_every_pixel(method):
    series, drivers, types = world(1, pixels=40)
    series[3, 0, :5] = np.nan
    pool = attribution.Pool(YEARS, method, FEW)
    for part in (slice(0, 11), slice(11, 40)):  # blocks may be cut anywhere
        pool.add(series[..., part], [d[..., part] for d in drivers], types[:, part])
    found = pool.coefficients()
    assert set(found) == {2.0, 5.0} and sum(pool.pixels.values()) == 39
    for code, values in found.items():
        wanted = with_dummies(series, drivers, types, code, method)
        np.testing.assert_allclose(values, wanted, rtol=1e-7)


@pytest.mark.parametrize("method", attribution.METHODS)
def test_short_calibration_finds_what_single_pixels_are_refused(method):
    series, drivers, types = world(2)
    alone = attribution.attribute(series, drivers, YEARS, method, 8, FEW)
    assert np.isnan(alone.rest).all()
    pool = attribution.Pool(YEARS, method, FEW)
    pool.add(series, drivers, types)
    b = attribution.at_pixels(pool.coefficients(), types)
    found = attribution.attribute(series, drivers, YEARS, method, 8, FEW, b)
    assert np.isnan(found.rest[0, -1]) and np.isfinite(found.rest[0, :-1]).all()
    known = np.isfinite(found.rest)
    np.testing.assert_allclose((found.observed - found.climate - found.rest)[known], 0, atol=1e-10)
    after = np.clip(YEARS - FEW[1], 0, None)
    truth = np.polyfit(YEARS, 3.0 * after, 1)[0]
    error = 4 * found.rest[known].std() / np.sqrt(known.sum())
    assert found.rest[known].mean() == pytest.approx(truth, abs=error)
    for code, planted in TRUE.items():
        # noise 4, some hundred pixels of 7 years: errors below 0.5 per degree and 0.001 per mm
        assert pool.coefficients()[code][0] == pytest.approx(planted[0], abs=0.6)
        assert pool.coefficients()[code][1] == pytest.approx(planted[1], abs=0.002)


def test_drivers_that_cannot_be_told_apart_give_nothing():
    series, drivers, types = world(3, pixels=20)
    pool = attribution.Pool(YEARS, "restrend", FEW)
    pool.add(series, [drivers[0], 2 * drivers[0]], types)
    assert all(np.isnan(values).all() for values in pool.coefficients().values())
    with pytest.raises(ValueError, match="no method"):
        attribution.Pool(YEARS, "other", FEW)


def test_coefficients_come_back_from_the_table(tmp_path):
    lines = ["method,type,driver,quantity,value,unit"]
    lines += ["joint,2,,pixels,10,count", "joint,2,rain,coefficient,0.5,u"]
    lines += ["joint,2,warmth,coefficient,7,u", "restrend,2,rain,coefficient,9,u"]
    (tmp_path / "pooled.csv").write_text("\n".join(lines))
    at = attribution.reader(str(tmp_path / "pooled.csv"), ["warmth", "rain"])
    found = at("joint", np.array([[2.0, 3.0, np.nan]]))
    np.testing.assert_array_equal(found[:, 0], [[7, np.nan, np.nan], [0.5, np.nan, np.nan]])
    assert attribution.reader("", [])("joint", np.ones((1, 1))) is None


def settings(calibration, pooling):
    return {
        "period": [2001, 2020],
        "climate": {"source": "stations", "time_step": "daily", "variables": ["a", "b", "c"]},
        "attribution": {"variables": ["nep"], "calibration": calibration, "pooling": pooling},
    }


def test_pooling_allows_shorter_calibrations_and_no_shorter_still():
    study_attribution.check(settings([2001, 2006], "landcover"), "own.yaml")
    with pytest.raises(study_attribution.TooFewYears, match=r"6\. Lengthen it, drop a driver"):
        study_attribution.check(settings([2001, 2005], "landcover"), "own.yaml")
    with pytest.raises(study_attribution.TooFewYears, match="pool by vegetation type"):
        study_attribution.check(settings([2001, 2006], "none"), "own.yaml")
    with pytest.raises(load.BadStudy, match="calibration is null"):
        study_attribution.check(settings(None, "landcover"), "own.yaml")
