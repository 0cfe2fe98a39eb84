"""Fitted surfaces to the raster of standard errors."""

import numpy as np
import pytest
from estimate_standard_error import estimate_standard_error
from nepflow.climate import calibration, diagnostics, transformations, uncertainty
from nepflow.climate import surfaces as climate_surfaces
from nepflow.climate.spline import ThinPlateSpline
from nepflow.io import raster
from test_fit_climate import fitted


def estimate(folder, variable, kind="full", mem_mb=100, threads=1):
    paths, (fit, _) = fitted(
        folder, variable, smoothing="fixed_signal", smoothing_value=12.0, noise=0.5
    )
    output = folder / "error.tif"
    given, made = paths | {"fit": fit}, {"standard_error": output}
    settings = {"kind": kind, "evaluator": "exact"}
    estimate_standard_error(given, made, 2002, settings, mem_mb, threads)
    return paths, fit, output


@pytest.mark.parametrize("kind", ["full", "fitted"])
@pytest.mark.parametrize("variable", ["temperature", "precipitation"])
def test_error_of_a_cell(tmp_path, variable, kind):
    paths, fit, output = estimate(tmp_path, variable, kind)
    surfaces = climate_surfaces.read(fit).of_years([2002])
    x, y = raster.grid_of(paths["grid"]).xy(0, 20)
    height = raster.read(paths["dem"])[8, 9]
    point = (np.array([[x[0, 9], y[8, 0]]]) - surfaces.centre) / 1e5
    spline = ThinPlateSpline(surfaces.knots, surfaces.position[:, 2:] / 1000)
    u = transformations.forward(surfaces.transformation, surfaces.observed)
    monthly = spline.fit(u, fixed=surfaces.smoothing)
    place = point, np.array([[height / 1000]])
    variance = uncertainty.standard_errors(spline, monthly, *place, kind) ** 2
    root = spline.predict(monthly, *place)
    errors = transformations.standard_error(surfaces.transformation, root, variance)[0]
    statistic = {"temperature": "mean", "precipitation": "sum"}[variable]
    correlation = diagnostics.month_correlation(surfaces)
    expected = diagnostics.combined_error(errors[:, None], correlation, statistic)[0]
    assert raster.read(output)[8, 9] == pytest.approx(expected, rel=1e-5)
    tags = raster.tags_of(output)
    assert tags["unit"] == ("degC" if variable == "temperature" else "mm yr-1")
    assert tags["standard_error"] == kind
    inside = raster.read(paths["grid"]) == 1
    absent = ~inside | np.isnan(raster.read(paths["dem"]))
    np.testing.assert_array_equal(np.isnan(raster.read(output)), absent)


def test_blocks_and_threads_change_no_bit(tmp_path):
    _, _, whole = estimate(tmp_path / "a", "precipitation")
    _, _, parts = estimate(tmp_path / "b", "precipitation", mem_mb=0.01, threads=2)
    np.testing.assert_array_equal(raster.read(whole), raster.read(parts))


def test_calibrated_errors_are_the_full_ones_times_the_scale(tmp_path):
    _, fit, full = estimate(tmp_path / "a", "precipitation")
    *_, calibrated = estimate(tmp_path / "b", "precipitation", "calibrated")
    scale = calibration.scale_of(climate_surfaces.read(fit), "sum")  # of both years
    np.testing.assert_allclose(raster.read(calibrated), raster.read(full) * scale.value, rtol=1e-6)
    tags = raster.tags_of(calibrated)
    assert tags["standard_error"] == "calibrated"
    assert tags["standard_error_scale"] == str(scale)
