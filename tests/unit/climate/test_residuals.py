"""Planted errors come out first; months are combined as their errors are correlated."""

import numpy as np
import pandas as pd
import pytest
from nepflow.climate import diagnostics
from test_climate import fitted, surfaces_of


def test_planted_errors_are_the_first_two(reference_data):
    # one temperature 6 K too high, one station 1 km too high
    stations = pd.read_csv(reference_data / "spline/synthetic350/stations.csv")
    plane, elevation = stations[["x_m", "y_m"]].to_numpy() / 1e5, stations["elev_m"].to_numpy()
    elevation = elevation.astype(float)
    values = np.repeat(stations[["tmean_2001"]].to_numpy(), 12, axis=1)
    for seed in range(4):
        wrong, high = np.random.default_rng(seed).choice(350, 2, replace=False)
        spoiled, lifted = values.copy(), elevation.copy()
        spoiled[wrong] += 6
        lifted[high] += 1000
        surfaces, _ = surfaces_of((plane, lifted), spoiled, years=[2001])
        january = surfaces.columns([0])
        first = [row[1] for row in diagnostics.suspects(january, 3.6)][:2]
        assert set(first) == {f"{wrong:05d}", f"{high:05d}"}
        ranked = [row[1] for row in diagnostics.ranked_stations(january)][:2]
        assert ranked == first


@pytest.fixture
def surfaces():
    rng = np.random.default_rng(1)
    plane, elevation = rng.uniform(-3, 3, (60, 2)), rng.uniform(0, 3000, 60)
    values = (15 - 0.006 * elevation)[:, None] + rng.normal(0, 1, (60, 24))
    values[3, 5:9] = np.nan
    values[7] = np.nan
    values[7, 0] = 5.0
    return surfaces_of((plane, elevation), values)[0]


def test_records_are_the_observations(surfaces):
    table = pd.DataFrame(diagnostics.records(surfaces))
    assert tuple(table.columns) == diagnostics.RECORDS
    assert len(table) == np.isfinite(surfaces.observed).sum() == 60 * 24 - 4 - 23
    row = table[(table["station"] == "00011") & (table["year"] == 2002) & (table["month"] == 2)]
    assert row["observed"].item() == surfaces.observed[11, 13]
    residual = row["observed"] - row["predicted"]
    assert residual.item() == pytest.approx(surfaces.loo_residuals[11, 13])


def test_nearest_station(surfaces):
    rows = {
        row[1]: dict(zip(diagnostics.RANKED, row, strict=True))
        for row in diagnostics.ranked_stations(surfaces)
    }
    plane = surfaces.knots * 100
    distance = np.hypot(*(plane - plane[20]).T)
    distance[20] = np.inf
    assert rows["00020"]["nearest_station"] == f"{distance.argmin():05d}"
    assert rows["00020"]["distance_km"] == pytest.approx(distance.min())
    assert rows["00003"]["months"] == 20
    assert [row["rank"] for row in rows.values()] == list(range(1, 61))


def test_correlation_of_months(surfaces):
    correlation = diagnostics.month_correlation(surfaces)
    np.testing.assert_allclose(np.diag(correlation), 1)
    assert np.linalg.eigvalsh(correlation).min() > -1e-12
    expected = np.corrcoef(surfaces.loo_residuals[10:, 0], surfaces.loo_residuals[10:, 1])[0, 1]
    assert correlation[0, 1] == pytest.approx(expected, abs=0.15)


@pytest.mark.parametrize(("shared", "factor"), [(0.0, np.sqrt(1 / 12)), (1.0, 1.0)])
def test_error_of_a_mean_lies_between_independent_and_common_months(shared, factor):
    correlation = np.full((12, 12), shared) + (1 - shared) * np.eye(12)
    errors = np.full((12, 3), 0.5)
    mean = diagnostics.combined_error(errors, correlation, "mean")
    np.testing.assert_allclose(mean, 0.5 * factor)
    np.testing.assert_allclose(diagnostics.combined_error(errors, correlation, "sum"), 12 * mean)


def test_blocks_are_harder_than_single_stations():
    rng = np.random.default_rng(3)
    plane, elevation = rng.uniform(-3, 3, (80, 2)), rng.uniform(0, 3000, 80)
    values = np.sin(2 * plane[:, :1]) * np.cos(2 * plane[:, 1:]) + rng.normal(0, 0.05, (80, 12))
    _, log, _ = fitted((plane, elevation), values, block_km=200.0)
    assert (log["RMSE_BLOCKS"] > 1.2 * log["RMSE_LOO"]).all()
    _, alone, _ = fitted((plane, elevation), values, block_km=0.001)
    np.testing.assert_allclose(alone["RMSE_BLOCKS"], log["RMSE_LOO"], rtol=1e-9)


def test_readable_log_has_anusplins_names(surfaces):
    stations = surfaces.knots, surfaces.position[:, 2]
    _, log, minima = fitted(stations, surfaces.observed)
    ranked = [diagnostics.RANKED, *diagnostics.ranked_stations(surfaces)]
    text = diagnostics.text(
        log, minima, [("VARIABLE", "x")], surfaces.years, surfaces.months, ranked
    )
    for word in ("RHO", "NPTS", "SIGNAL", "ERROR", "RTGCV", "RTMSR", "RTVAR", "GML", "MSE"):
        assert f" {word}\n" in text or f" {word} " in text, word
    assert "RANKED ROOT MEAN SQUARE RESIDUALS" in text
    assert "COVARIATES AND STANDARD ERRORS" in text
    assert f"{log['RHO'][4]:.3E}" in text or f"{log['RHO'][4]:.4g}" in text


def test_close_stations_are_flagged(surfaces):
    plane, elevation = surfaces.knots.copy(), surfaces.position[:, 2]
    plane[1] = plane[0] + [0.02, 0]  # 2 km
    _, log, _ = fitted((plane, elevation), surfaces.observed)
    assert (log["FLAG_CLOSE_STATIONS"] == 1).all()
    assert log["CLOSEST"][0] == pytest.approx(2)
    _, log, _ = fitted((plane, elevation), surfaces.observed, close_km=1.5)
    assert (log["FLAG_CLOSE_STATIONS"] == 0).all()
