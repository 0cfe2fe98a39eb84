"""The spline against R fields, mgcv and gss; tolerances of spline/README.md of the references."""

import json

import numpy as np
import pandas as pd
import pytest
from nepflow.climate import uncertainty
from nepflow.climate.spline import ThinPlateSpline

COLORADO = [
    "2d_gcv",
    "2d_gcv_rangescale",
    "2d_m3_z_gcv",
    "2d_z_fixed_df40",
    "2d_z_fixed_lambda",
    "2d_z_gcv",
    "2d_z_gcv_rangescale",
    "2d_z_reml",
    "2d_z_weighted_gcv",
    "3d_gcv",
    "3d_gcv_exag10",
    "3d_m3_gcv",
    "3d_reml",
    "interp",
]
SYNTHETIC = [
    "sqrtppt2001_2d_z_gcv",
    "tmean2001_2d_gcv",
    "tmean2001_2d_z_gcv",
    "tmean2001_2d_z_reml",
    "tmean2001_3d_gcv",
    "tmean2001_metres_2d_z_gcv",
]
VARIANTS = [("colorado", v) for v in COLORADO] + [("synthetic350", v) for v in SYNTHETIC]


class Case:
    """One reference fit: stations as R saw them, its numbers, and our spline on them."""

    def __init__(self, folder, case, variant):
        self.folder, self.case, self.variant = folder / case, case, variant
        self.model = json.loads((self.folder / f"model_{variant}.json").read_text())
        self.fitted = self.table("fit")
        self.values = self.fitted["y"].to_numpy()[:, None]
        self.sd = self.values.std()
        coordinates, covariates = self.stations()
        self.spline = ThinPlateSpline(
            coordinates, covariates, self.fitted["weight"].to_numpy(), self.model["m"]
        )

    def table(self, kind, variant=None):
        return pd.read_csv(self.folder / f"{kind}_{variant or self.variant}.csv")

    def scaled(self, coordinates):
        return (coordinates - np.array(self.model["x.center"])) / np.array(self.model["x.scale"])

    def stations(self):
        frame = pd.read_csv(self.folder / "stations.csv")
        if self.case == "colorado":
            plane, height = frame[["lon", "lat"]].to_numpy(), frame[["elev_km"]].to_numpy()
            height = height * (10 if "exag10" in self.variant else 1)
        else:
            metres = "metres" in self.variant
            plane = frame[["x_m", "y_m"]].to_numpy() / (1 if metres else 1e5)
            height = frame[["elev_m"]].to_numpy() / (1 if metres else 1e3)
        if self.model["d"] == 3:
            return self.scaled(np.hstack([plane, height])), None
        return self.scaled(plane), height if self.model["n_covariates"] else None

    def points(self, table):
        positions = table.filter(regex="^[xz][123]$").to_numpy()  # x1, x2, then x3 or z1
        covariates = positions[:, 2:] if self.model["n_covariates"] else None
        return self.scaled(positions[:, : self.model["d"]]), covariates


@pytest.fixture(params=VARIANTS, ids=["-".join(variant) for variant in VARIANTS])
def case(request, reference_data):
    return Case(reference_data / "spline", *request.param)


@pytest.fixture
def at_their_lambda(case):
    return case.spline.fit(case.values, fixed=case.model["lambda"])


def test_every_variant_of_the_references_is_tested(reference_data):
    found = {
        (path.parent.name, path.stem.removeprefix("model_"))
        for path in (reference_data / "spline").glob("*/model_*.json")
    }
    assert found == set(VARIANTS)


def test_values_at_their_lambda(case, at_their_lambda):
    fit, tolerance = at_their_lambda, 1e-8 * case.sd
    np.testing.assert_allclose(fit.residuals[:, 0], case.fitted["residual"], atol=tolerance, rtol=0)
    np.testing.assert_allclose(
        1 - fit.unexplained[:, 0], case.fitted["leverage"], atol=1e-8, rtol=0
    )
    table = case.table("predict")
    predicted = case.spline.predict(fit, *case.points(table))[:, 0]
    np.testing.assert_allclose(predicted, table["pred"], atol=tolerance, rtol=0)


def test_leave_one_out_residuals(case, at_their_lambda):
    if case.variant == "interp":
        pytest.skip("fields subtracts leverages of 1 - 1e-9 from 1 in this variant")
    np.testing.assert_allclose(
        at_their_lambda.loo_residuals[:, 0], case.fitted["loo_residual"], atol=1e-8 * case.sd
    )


def test_statistics_at_their_lambda(case, at_their_lambda):
    fit, model = at_their_lambda, case.model
    n, relative = model["n"], 1e-6 if case.variant == "interp" else 1e-7
    freedom = 1e-7 * (n / 200 if model["d"] == 3 else 1)
    assert fit.signal[0] == pytest.approx(model["eff_df"], abs=freedom, rel=0)
    assert fit.gcv[0] == pytest.approx(model["GCV"], rel=1e-9)
    assert fit.variance[0] == pytest.approx(model["VAR"], rel=relative)
    n2 = n - case.spline.functions.shape[1]
    # GML in the units of a variance -> the restricted likelihood of the reference
    likelihood = n2 / 2 * (1 + np.log(2 * np.pi) + np.log(fit.gml[0]))
    assert likelihood == pytest.approx(model["neg_lnlike_profile_REML"], rel=1e-9)


def test_standard_errors(case, at_their_lambda):
    table = case.table("predict")
    if table["se_var"].isna().all():
        pytest.skip("no standard errors in this variant")
    relative = 1e-5 if case.variant == "interp" else 1e-7
    points = case.points(table)
    full = uncertainty.standard_errors(case.spline, at_their_lambda, *points)
    np.testing.assert_allclose(full[:, 0], table["se_var"], rtol=relative)
    tau2 = case.model["lambda"] * at_their_lambda.kernel_coefficients.T @ case.values
    theirs = uncertainty.standard_errors(
        case.spline, at_their_lambda, *points, variance=tau2[0] / case.model["n"]
    )
    np.testing.assert_allclose(theirs[:, 0], table["se_fields"], rtol=relative)


@pytest.mark.parametrize("criterion", ["gcv", "gml"])
def test_optimum_is_not_worse_than_that_of_fields(case, criterion):
    ours = case.spline.fit(case.values, criterion)
    name = {"gcv": "lambda_GCV", "gml": "lambda_REML"}[criterion]
    theirs = case.spline.fit(case.values, fixed=case.model[name])
    assert getattr(ours, criterion)[0] <= getattr(theirs, criterion)[0]
    # fields stops at an absolute 1e-5 of the criterion: its lambda is off by up to 3 %.
    assert ours.choice.smoothing[0] == pytest.approx(case.model[name], rel=0.05)


@pytest.mark.parametrize("case", [("colorado", "2d_z_fixed_df40")], indirect=True)
def test_wanted_signal(case):
    assert case.spline.fit(case.values, signal=40.0).signal[0] == pytest.approx(40, abs=1e-9)


@pytest.mark.parametrize(
    ("case", "tag"),
    [
        (("colorado", "2d_gcv"), "2d_gcv"),
        (("colorado", "2d_gcv"), "2d_reml"),
        (("colorado", "3d_gcv"), "3d_gcv"),
        (("synthetic350", "tmean2001_2d_gcv"), "tmean2001_2d_gcv"),
    ],
    indirect=["case"],
)
def test_optimum_of_mgcv(case, tag):
    theirs = json.loads((case.folder / f"mgcv_{tag}.json").read_text())
    ours = case.spline.fit(case.values, "gml" if "reml" in tag else "gcv")
    assert np.log(ours.choice.smoothing[0]) == pytest.approx(
        np.log(theirs["lambda_sumform"]), abs=1e-5
    )
    table = case.table("mgcvpred", tag)
    fitted = uncertainty.standard_errors(case.spline, ours, *case.points(table), kind="fitted")
    np.testing.assert_allclose(fitted[:, 0], table["se"], rtol=1e-5)


@pytest.mark.parametrize("criterion", ["gcv", "gml"])
@pytest.mark.parametrize(
    ("case", "tag"),
    [(("colorado", v), v.removesuffix("_gcv")) for v in ("2d_gcv", "2d_z_gcv", "3d_gcv")]
    + [(("synthetic350", "tmean2001_2d_z_gcv"), "tmean2001_2d_z")],
    indirect=["case"],
)
def test_optimum_of_gss(case, tag, criterion):
    theirs = case.table("gssfit", f"{tag}_{criterion}")["fitted"].to_numpy()
    ours = case.values - case.spline.fit(case.values, criterion).residuals
    np.testing.assert_allclose(ours[:, 0], theirs, atol=1e-6, rtol=0)


@pytest.mark.parametrize(
    "case",
    [("colorado", v) for v in ("2d_gcv", "2d_z_gcv", "2d_z_weighted_gcv", "3d_gcv")]
    + [("synthetic350", "tmean2001_2d_z_gcv")],
    indirect=True,
)
def test_brute_force_leave_one_out_of_fields(case, at_their_lambda):
    table = case.table("loo")
    rows = table["id"].to_numpy() - 1
    np.testing.assert_allclose(
        at_their_lambda.loo_residuals[rows, 0],
        table["loo_residual_bruteforce"],
        atol=1e-8 * case.sd,
    )


@pytest.mark.parametrize("case", [("colorado", "2d_z_gcv")], indirect=True)
def test_standard_error_of_the_lapse_rate(case):
    # README of the references: lambda of mgcv_2d_z_gcv.json
    theirs = json.loads((case.folder / "mgcv_2d_z_gcv.json").read_text())
    fit = case.spline.fit(case.values, fixed=theirs["lambda_sumform"])
    assert fit.polynomial_coefficients[-1, 0] == pytest.approx(-5.5905479, abs=1e-7)
    full = uncertainty.coefficient_errors(case.spline, fit)[-1, 0]
    fitted = uncertainty.coefficient_errors(case.spline, fit, "fitted")[-1, 0]
    assert full == pytest.approx(0.340941, abs=1e-6)
    assert fitted == pytest.approx(0.333625, abs=1e-6)


def test_signal_of_anusplins_sine_example(reference_data):
    numbers = json.loads((reference_data / "spline/anusplin_published/numbers.json").read_text())
    sine = numbers["sine_guide_4.4"]
    x = 3.6 * np.arange(101)[:, None]
    fit = ThinPlateSpline(x).fit(np.sin(np.deg2rad(x)), fixed=sine["RHO"])
    assert round(fit.signal[0], 1) == sine["SIGNAL"]
    assert round(fit.error[0], 1) == sine["ERROR"]
