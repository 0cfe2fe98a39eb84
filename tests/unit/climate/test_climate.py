"""Climate surfaces: missing stations, transformations, evaluation in any blocks."""

import numpy as np
import pytest
from nepflow.climate import diagnostics, evaluation, fitting
from nepflow.climate import surfaces as climate_surfaces
from nepflow.climate.spline import ThinPlateSpline

YEARS = [2001, 2002]


@pytest.fixture
def stations():
    rng = np.random.default_rng(2)
    return rng.uniform(-3, 3, (50, 2)), rng.uniform(100, 3000, 50)


def fitted(stations, values, weights=None, **settings):
    patterns = fitting.missing_patterns(values)
    return fitting.fit_surfaces(*stations, values, patterns, fitting.Model(**settings), weights)


def surfaces_of(
    stations,
    values,
    transformation="none",
    years=YEARS,
    variable="temperature",
    unit="degC",
    **settings,
):
    parts, log, _ = fitted(stations, values, transformation=transformation, **settings)
    names = np.array([f"{number:05d}" for number in range(len(values))])
    labels = np.repeat(years, 12), np.tile(np.arange(1, 13), len(years))
    position = np.column_stack([np.zeros((len(values), 2)), stations[1]])
    return evaluation.Surfaces(
        variable=variable,
        unit=unit,
        transformation=transformation,
        source="test",
        years=labels[0],
        months=labels[1],
        order=settings.get("order", 2),
        length_scale=1e5,
        vertical_scale=settings.get("vertical_scale", 0.0),
        centre=np.array([5e5, 4e6]),
        stations=names,
        position=position,
        observed=values,
        **parts,
    ), log


def monthly(stations, seed=0, years=2):
    knots, elevation = stations
    season = 10 * np.sin(np.arange(12 * years) * np.pi / 6)
    smooth = 15 - 0.006 * elevation + np.cos(knots[:, 0]) + 0.5 * knots[:, 1]
    noise = np.random.default_rng(seed).normal(0, 0.5, (len(knots), 12 * years))
    return smooth[:, None] + season + noise


def evaluated(surfaces, x, y, elevation, years=None):
    """Return the monthly surfaces on a grid, exactly, shape (surface, height, width)."""
    chosen = surfaces if years is None else surfaces.of_years(years)
    return evaluation.by_chunks(lambda values: values, [chosen], x, y, elevation)


@pytest.fixture
def grid():
    x = 5e5 + np.linspace(-3e5, 3e5, 70)[None, :]
    y = 4e6 + np.linspace(3e5, -3e5, 90)[:, None]
    elevation = np.random.default_rng(1).uniform(0, 3000, (90, 70))
    elevation[:5, :9] = np.nan
    return x, y, elevation


def test_stations_missing_in_some_months(stations, grid):
    knots, elevation = stations
    values = monthly(stations)
    values[np.random.default_rng(5).random(values.shape) < 0.1] = np.nan
    surfaces, log = surfaces_of(stations, values)
    x, y, heights = grid
    fields = evaluated(surfaces, x, y, heights)
    points = np.column_stack([np.full(3, x[0, 20]), y[[10, 40, 80], 0]])
    points = (points - [5e5, 4e6]) / 1e5
    for month in (0, 7, 23):
        here = ~np.isnan(values[:, month])
        spline = ThinPlateSpline(knots[here], elevation[here, None] / 1000)
        fit = spline.fit(values[here][:, [month]])
        alone = spline.predict(fit, points, heights[[10, 40, 80], 20, None] / 1000)[:, 0]
        np.testing.assert_allclose(fields[month, [10, 40, 80], 20], alone, atol=1e-6)
        assert log["NPTS"][month] == here.sum()
        assert (surfaces.kernel_coefficients[~here, month] == 0).all()


def test_patterns_hold_every_surface_once():
    values = np.ones((4, 5))
    values[1, [0, 3]] = np.nan
    values[2, 4] = np.nan
    patterns = fitting.missing_patterns(values)
    assert sorted(map(len, (surfaces for _, surfaces in patterns))) == [1, 2, 2]
    for present, surfaces in patterns:
        for surface in surfaces:
            np.testing.assert_array_equal(present, np.flatnonzero(~np.isnan(values[:, surface])))


@pytest.mark.parametrize("rows", [1, 7, 33, 90])
def test_values_do_not_depend_on_the_block(stations, grid, rows):
    surfaces, _ = surfaces_of(stations, monthly(stations))
    x, y, elevation = grid
    whole = evaluated(surfaces, x, y, elevation)
    strips = [
        evaluated(surfaces, x, y[row : row + rows], elevation[row : row + rows])
        for row in range(0, 90, rows)
    ]
    np.testing.assert_array_equal(np.concatenate(strips, axis=1), whole)
    columns = [
        evaluated(surfaces, x[:, part], y, elevation[:, part])
        for part in (slice(0, 13), slice(13, 70))
    ]
    np.testing.assert_array_equal(np.concatenate(columns, axis=2), whole)


def test_absent_elevation_is_absent_climate(stations, grid):
    surfaces, _ = surfaces_of(stations, monthly(stations))
    x, y, elevation = grid
    fields = evaluated(surfaces, x, y, elevation)
    np.testing.assert_array_equal(
        np.isnan(fields), np.broadcast_to(np.isnan(elevation), fields.shape)
    )
    nowhere = evaluated(surfaces, x, y, np.full(elevation.shape, np.nan))
    assert np.isnan(nowhere).all()


def test_annual_values_are_those_of_the_months(stations, grid):
    surfaces, _ = surfaces_of(stations, monthly(stations))
    months = evaluated(surfaces, *grid).reshape(2, 12, 90, 70)
    mean, floored = evaluation.annual(surfaces, *grid, "mean")
    np.testing.assert_allclose(mean, months.mean(axis=1), atol=1e-11)
    total, _ = evaluation.annual(surfaces, *grid, "sum")
    np.testing.assert_allclose(total, months.sum(axis=1), atol=1e-10)
    assert floored == 0


def test_mean_year_is_the_mean_of_the_years(stations, grid):
    surfaces, _ = surfaces_of(stations, monthly(stations, years=3), years=(2001, 2002, 2003))
    months = evaluated(surfaces, *grid).reshape(3, 12, 90, 70)
    mean = evaluation.by_chunks(lambda values: values, [evaluation.of_mean_year(surfaces)], *grid)
    np.testing.assert_allclose(mean, months.mean(axis=0), atol=1e-10)


def test_a_transformed_variable_keeps_its_months(stations, grid):
    """The mean of squares is not the square of a mean."""
    rain = np.clip(monthly(stations), 0, None) ** 2
    surfaces, _ = surfaces_of(stations, rain, "square_root", variable="precipitation")
    assert evaluation.of_mean_year(surfaces).surfaces is surfaces


def test_square_root_is_floored_and_squared(stations, grid):
    # dry heights: the root goes below 0 above the highest station
    rain = (
        np.clip(
            4 - stations[1][:, None] / 700 + np.random.default_rng(9).normal(0, 0.2, (50, 24)),
            0,
            None,
        )
        ** 2
    )
    surfaces, _ = surfaces_of(stations, rain, "square_root", variable="precipitation")
    roots, _ = surfaces_of(stations, np.sqrt(rain))
    root = evaluated(roots, *grid)
    fields = evaluated(surfaces, *grid)
    inside = ~np.isnan(root)
    np.testing.assert_allclose(fields[inside], np.maximum(root[inside], 0) ** 2, atol=1e-10)
    annual, floored = evaluation.annual(surfaces, *grid, "sum")
    np.testing.assert_allclose(annual, fields.reshape(2, 12, 90, 70).sum(axis=1), atol=1e-9)
    assert floored == (root[inside] < 0).sum() > 0


def test_leave_one_out_error_is_in_the_unit_of_the_variable(stations):
    knots, elevation = stations
    rain = np.random.default_rng(9).gamma(2, 20, (50, 24))
    _, log = surfaces_of(stations, rain, "square_root")
    missed = []
    for out in range(50):
        rest = np.arange(50) != out
        spline = ThinPlateSpline(knots[rest], elevation[rest, None] / 1000)
        fit = spline.fit(np.sqrt(rain[rest, :1]), fixed=log["RHO"][0])
        root = spline.predict(fit, knots[[out]], elevation[[out], None] / 1000)[0, 0]
        missed.append(rain[out, 0] - max(root, 0) ** 2)
    assert log["RMSE_LOO"][0] == pytest.approx(np.sqrt(np.mean(np.square(missed))), rel=1e-9)


def test_normals_hold_for_every_year(stations, grid):
    normals, _ = surfaces_of(stations, monthly(stations, years=1), years=[evaluation.NORMAL])
    fields = evaluated(normals, *grid, years=[2001, 2005])
    assert fields.shape == (24, 90, 70)
    np.testing.assert_array_equal(fields[:12], fields[12:])
    np.testing.assert_array_equal(fields[:12], evaluated(normals, *grid))


def test_years_are_chosen_by_name(stations, grid):
    surfaces, _ = surfaces_of(stations, monthly(stations))
    both = evaluated(surfaces, *grid)
    np.testing.assert_array_equal(evaluated(surfaces, *grid, years=[2002]), both[12:])
    with pytest.raises(ValueError, match="no surface of 2003-01"):
        evaluated(surfaces, *grid, years=[2003])


def test_several_variables_at_once(stations, grid):
    cold, _ = surfaces_of(stations, monthly(stations))
    knots, elevation = stations
    fewer = knots[:40], elevation[:40]
    warm, _ = surfaces_of(fewer, monthly(stations, seed=1)[:40])
    difference = evaluation.by_chunks(lambda a, b: a - b, [cold, warm], *grid)
    separate = evaluated(cold, *grid) - evaluated(warm, *grid)
    np.testing.assert_array_equal(difference, separate)


def test_fit_file_keeps_everything(stations, tmp_path):
    surfaces, _ = surfaces_of(stations, monthly(stations))
    first, second = tmp_path / "气温 fit.npz", tmp_path / "again.npz"
    climate_surfaces.write(first, surfaces)
    climate_surfaces.write(second, surfaces)
    assert first.read_bytes() == second.read_bytes()
    back = climate_surfaces.read(first)
    for name in surfaces.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(back, name), getattr(surfaces, name))
    assert isinstance(back.order, int)
    assert isinstance(back.variable, str)


def test_log_flags_planted_trouble(stations):
    knots, elevation = stations
    noise = np.random.default_rng(3).normal(size=(50, 12))
    _, log = surfaces_of(stations, noise, years=[2001])
    assert set(log) == set(diagnostics.QUANTITIES)
    assert log["FLAG_END_OF_RANGE"].any()
    rough = np.sin(9 * knots[:, :1]) * np.cos(7 * knots[:, 1:]) + np.zeros((50, 12))
    near = knots * 0.05, elevation
    _, log = surfaces_of(near, rough, years=[2001])
    assert log["FLAG_SIGNAL_ABOVE_HALF"].shape == (12,)


def test_log_rows_carry_units(stations):
    rain = {"transformation": "square_root", "variable": "precipitation", "unit": "mm month-1"}
    surfaces, log = surfaces_of(stations, np.abs(monthly(stations)), **rain)
    rows = list(diagnostics.log_rows(log, surfaces))
    assert len(rows) == 24 * len(diagnostics.QUANTITIES)
    units = {row[3]: row[5] for row in rows}
    assert units["GCV"] == "(square_root of mm month-1)2"
    assert units["RMSE_LOO"] == "mm month-1"
    assert units["ELEVATION"] == "square_root of mm month-1 km-1"


def test_real_stations_beat_the_linear_fit(reference_data):
    import pandas as pd
    from nepflow.stations.cleaning import projected

    table = pd.read_csv(reference_data / "stations/gsod_2011-07_northwest_box.csv")
    site = ["lon", "lat", "elevation_m"]
    matrix = table.pivot_table("temperature_degc", ["station", *site], "date").reset_index()
    days = matrix.drop(columns=["station", *site]).to_numpy()
    values = np.column_stack([days, np.nanmean(days, axis=1)])
    metres = projected(matrix["lon"], matrix["lat"], "+proj=aea +lat_1=30 +lat_2=51 +lon_0=92")
    heights = matrix["elevation_m"].to_numpy()
    _, log, _ = fitted((metres / 1e5, heights), values)
    linear = np.array([_linear_loo(matrix[site].to_numpy(), column) for column in values.T])
    points = log["NPTS"][:12]
    pooled = [
        np.sqrt(np.average(rmse[:12] ** 2, weights=points)) for rmse in (linear, log["RMSE_LOO"])
    ]
    assert pooled[0] == pytest.approx(3.01, abs=0.01)
    assert linear[12] == pytest.approx(2.20, abs=0.01)
    assert pooled[1] < 0.85 * pooled[0]
    assert log["RMSE_LOO"][12] < 0.85 * linear[12]


def _linear_loo(site, values):
    """Leave-one-out RMSE of a regression on longitude, latitude and elevation."""
    here = ~np.isnan(values)
    design = np.column_stack([np.ones(here.sum()), site[here]])
    hat = design @ np.linalg.pinv(design)
    residual = values[here] - hat @ values[here]
    return np.sqrt(np.mean((residual / (1 - np.diag(hat))) ** 2))
