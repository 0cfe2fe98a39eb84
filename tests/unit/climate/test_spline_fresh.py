"""The spline against R fields and mgcv on station sets made here; needs Rscript with both."""

import json
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
from nepflow.climate import uncertainty
from nepflow.climate.spline import ThinPlateSpline

FIELDS = """
suppressMessages(library(fields)); suppressMessages(library(jsonlite))
s <- read.csv("stations.csv"); p <- read.csv("points.csv"); o <- fromJSON("options.json")
x <- as.matrix(s[, o$x]); xp <- as.matrix(p[, o$x])
z <- if (o$covariate) as.matrix(s[, "z", drop=FALSE]) else NULL
zp <- if (o$covariate) as.matrix(p[, "z", drop=FALSE]) else NULL
fit <- suppressWarnings(Tps(x, s$y, Z=z, m=o$m, weights=s$w, lambda=o$lambda,
  scale.type="unscaled"))
n <- nrow(s); f <- as.vector(fit$fitted.values)
a <- sapply(1:n, function(i) predict(fit, x, Z=z, y=as.numeric(1:n == i))[i])
rss <- sum(s$w * (s$y - f)^2)
out <- list(fitted=f, leverage=a, edf=sum(a), gcv=n * rss / (n - sum(a))^2,
  pred=as.vector(predict(fit, xp, Z=zp)), se=as.vector(predictSE(fit, xp, Z=zp)))
write(toJSON(out, digits=NA), "out.json")
"""
MGCV = """
suppressMessages(library(mgcv)); suppressMessages(library(jsonlite))
s <- read.csv("stations.csv"); p <- read.csv("points.csv"); o <- fromJSON("options.json")
fit <- gam(y ~ s(x1, x2, bs="tp", k=nrow(s), m=2), data=s, method=o$method,
  control=gam.control(epsilon=1e-13, mgcv.tol=1e-12,
    newton=list(conv.tol=1e-12, maxNstep=5, maxSstep=2, maxHalf=30, use.svd=FALSE)))
pr <- predict(fit, p, se.fit=TRUE)
out <- list(lambda=fit$sp / fit$smooth[[1]]$S.scale, edf=sum(fit$edf),
  pred=as.vector(pr$fit), se=as.vector(pr$se.fit))
write(toJSON(out, digits=NA), "out.json")
"""
# spline variables, covariate, order, weights
MODELS = {
    "2d": (["x1", "x2"], False, 2, False),
    "2d_z": (["x1", "x2"], True, 2, False),
    "2d_z_weighted": (["x1", "x2"], True, 2, True),
    "2d_m3_z": (["x1", "x2"], True, 3, False),
    "3d": (["x1", "x2", "z"], False, 2, False),
    "3d_m3": (["x1", "x2", "z"], False, 3, False),
}


def has(package):
    if not shutil.which("Rscript"):
        return False
    code = f"library({package}); library(jsonlite)"
    return subprocess.run(["Rscript", "-e", code], capture_output=True).returncode == 0


def run(code, folder, stations, points, **options):
    stations.to_csv(folder / "stations.csv", index=False, float_format="%.17g")
    points.to_csv(folder / "points.csv", index=False, float_format="%.17g")
    (folder / "options.json").write_text(json.dumps(options))
    (folder / "code.R").write_text(code)
    done = subprocess.run(["Rscript", "code.R"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    result = json.loads((folder / "out.json").read_text())
    return {name: np.atleast_1d(np.array(value, float)) for name, value in result.items()}


def network(seed, count):
    """Stations and points of an irregular mountain network, elevation in km."""
    rng = np.random.default_rng(seed)
    parts = []
    for number in (count, 60):
        x = rng.gamma(2.0, 1.5, (number, 2)) * [1, 0.6]
        z = np.abs(np.sin(x[:, 0]) + 0.5 * rng.normal(size=number)) * 1.5
        y = 18 - 6 * z + np.cos(1.3 * x[:, 0]) * x[:, 1] + rng.normal(0, 0.7, number)
        w = rng.uniform(0.3, 3, number)
        parts.append(pd.DataFrame({"x1": x[:, 0], "x2": x[:, 1], "z": z, "y": y, "w": w}))
    return parts


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("model", MODELS)
def test_fields(tmp_path, model, seed):
    if not has("fields"):
        pytest.skip("Rscript with fields and jsonlite (r-cran-fields, r-cran-jsonlite) is missing")
    variables, covariate, order, weighted = MODELS[model]
    stations, points = network(seed, 90 + 40 * seed)
    if not weighted:
        stations["w"] = 1.0
    n, values = len(stations), stations[["y"]].to_numpy()
    heights = [part[["z"]].to_numpy() if covariate else None for part in (stations, points)]
    spline = ThinPlateSpline(
        stations[variables].to_numpy(), heights[0], stations["w"].to_numpy(), order
    )
    parameter = float(spline.fit(values).choice.smoothing[0])
    fit = spline.fit(values, fixed=parameter)
    options = {"x": variables, "covariate": covariate, "m": order, "lambda": parameter}
    theirs = run(FIELDS, tmp_path, stations, points, **options)
    tolerance = 1e-8 * values.std()
    np.testing.assert_allclose((values - fit.residuals)[:, 0], theirs["fitted"], atol=tolerance)
    np.testing.assert_allclose(1 - fit.unexplained[:, 0], theirs["leverage"], atol=1e-8)
    freedom = 1e-7 * (n / 200 if len(variables) == 3 else 1)
    assert fit.signal[0] == pytest.approx(theirs["edf"][0], abs=max(freedom, 1e-7), rel=0)
    assert fit.gcv[0] == pytest.approx(theirs["gcv"][0], rel=1e-9)
    place = points[variables].to_numpy(), heights[1]
    np.testing.assert_allclose(spline.predict(fit, *place)[:, 0], theirs["pred"], atol=tolerance)
    # fields' error variance is lambda c'y / n
    variance = parameter * (fit.kernel_coefficients * values).sum(axis=0) / n
    error = uncertainty.standard_errors(spline, fit, *place, variance=variance)
    np.testing.assert_allclose(error[:, 0], theirs["se"], rtol=1e-7)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize(("criterion", "method"), [("gcv", "GCV.Cp"), ("gml", "REML")])
def test_mgcv(tmp_path, seed, criterion, method):
    if not has("mgcv"):
        pytest.skip("Rscript with mgcv and jsonlite (r-cran-mgcv, r-cran-jsonlite) is missing")
    stations, points = network(seed, 120)
    stations["y"] += 6 * stations["z"] - 1.5 * stations["x1"]  # no covariate in this model
    theirs = run(MGCV, tmp_path, stations, points, method=method)
    spline = ThinPlateSpline(stations[["x1", "x2"]].to_numpy())
    fit = spline.fit(stations[["y"]].to_numpy(), criterion)
    assert np.log(fit.choice.smoothing[0]) == pytest.approx(np.log(theirs["lambda"][0]), abs=1e-5)
    assert fit.signal[0] == pytest.approx(theirs["edf"][0], rel=1e-5)
    place = points[["x1", "x2"]].to_numpy()
    np.testing.assert_allclose(spline.predict(fit, place)[:, 0], theirs["pred"], atol=1e-5)
    error = uncertainty.standard_errors(spline, fit, place, kind="fitted")[:, 0]
    np.testing.assert_allclose(error, theirs["se"], rtol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("criterion", ["gcv", "gml"])
def test_mgcv_with_knots(tmp_path, criterion):
    if not has("mgcv"):
        pytest.skip("Rscript with mgcv and jsonlite (r-cran-mgcv, r-cran-jsonlite) is missing")
    stations, points = network(5, 120)
    stations["y"] += 6 * stations["z"] - 1.5 * stations["x1"]
    spline = ThinPlateSpline(stations[["x1", "x2"]].to_numpy(), knots=40)
    chosen = set(spline.chosen)
    stations["knot"] = [int(number in chosen) for number in range(120)]
    method = {"gcv": "GCV.Cp", "gml": "REML"}[criterion]
    knots = "knots=list(x1=s$x1[s$knot == 1], x2=s$x2[s$knot == 1]), "
    code = MGCV.replace("k=nrow(s)", "k=sum(s$knot)").replace("data=s, ", f"data=s, {knots}")
    theirs = run(code, tmp_path, stations, points, method=method)
    fit = spline.fit(stations[["y"]].to_numpy(), criterion)
    assert fit.signal[0] == pytest.approx(theirs["edf"][0], rel=1e-5)
    place = points[["x1", "x2"]].to_numpy()
    np.testing.assert_allclose(spline.predict(fit, place)[:, 0], theirs["pred"], atol=1e-5)
    error = uncertainty.standard_errors(spline, fit, place)[:, 0]  # all of mgcv's posterior
    np.testing.assert_allclose(error, theirs["se"], rtol=1e-5)
