"""Refit the models of respiration on field plots: how well their constants are known.

    python resources/refit_respiration.py srdb-data.csv.gz

Reads   Global Soil Respiration Database (bpbond/srdb, commit 3d7fdf3, MIT licence), all untreated
        plots of the world
Writes  config/respiration_refit.csv: a row a model and number, with records and sites

No covariance of the constants is published. Of every model two are refitted, in logarithms:

    ln(observed / model) = level + response * T + place + rest

with the sites resampled as wholes for the covariance of level and response; relations of Rh to
Rs have ln(Rs) in the place of T. What is left at a site (mean of its records) has a variogram:
its sill is what differs from region to region (``place``), its nugget what is of the plot alone.
Months of monthly models are taken alike and soil carbon as CARBON everywhere: tables of plots have
neither. Same table, same bytes.
"""

import argparse
import csv
import sys
from pathlib import Path

import numpy as np

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP / "workflow/scripts"))

from nepflow.evaluation import field_data  # noqa: E402
from nepflow.respiration import calibration, formulas  # noqa: E402
from nepflow.spatial import variogram  # noqa: E402
from nepflow.study.respiration import (  # noqa: E402
    MONTH,
    RELATIONS,
    SOIL_MODELS,
    TIME_STEPS,
    YEAR,
    published,
)

CARBON = 4.0  # kg C m-2 of 0-20 cm, at every plot
GSMSR = {  # config/defaults.yaml
    "rate": 0.588,
    "rate_per_carbon": 0.118,
    "q10_at_zero": 1.83,
    "q10_per_k": -0.006,
    "precipitation_above_cm": 2.972,
    "precipitation_below_cm": 5.657,
}
DRAWS, SEED = 2000, 1
LAGS, FARTHEST_KM = 20, 500  # of the variogram: classes, and the distance they reach
EARTH_KM = 6371.0
COLUMNS = ("model", "quantity", "value", "unit", "records", "sites")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("plots", help="table of the Global Soil Respiration Database")
    parser.add_argument("--output", default=TOP / "config/respiration_refit.csv", type=Path)
    arguments = parser.parse_args()
    plots = field_data.read_plots(arguments.plots, True, None, CARBON)
    plots = {name: plots[name].to_numpy() for name in plots.columns}
    rows = [row for found in fits(plots) for row in rows_of(*found)]
    with open(arguments.output, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def fits(plots):
    """Yield model, unit of the response, ln(observed / model), and what the response is to."""
    warmth = plots["temperature"]
    for name, step in TIME_STEPS.items():
        times = 12 if step.step == MONTH else 1
        model = times * formulas.pei2009(warmth, plots["precipitation"] / times)
        yield name, "K-1", plots, _log_ratio(plots["rh"], model), warmth
    for name, about in SOIL_MODELS.items():
        constants = published(about, GSMSR if name == "gsmsr" else None)
        model = calibration.published(name, plots, constants)
        held = np.clip(warmth, *(about.held_at or (-np.inf, np.inf)))
        yield name, "K-1", plots, _log_ratio(plots["rs"], model), held
    rs = np.where(plots["rs"] > 0, plots["rs"], np.nan)
    for name, about in RELATIONS.items():
        times = 12 if about.step == MONTH else 1
        model = times * formulas.heterotrophic(rs / times, name, MONTH if times > 1 else YEAR)[0]
        yield name, "1", plots, _log_ratio(plots["rh"], model), np.log(rs)


def _log_ratio(observed, model):
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.log(observed / model)


def rows_of(model, unit, plots, ratio, driver):
    """Yield the rows of a model."""
    known = np.isfinite(ratio) & np.isfinite(driver)
    ratio, driver = ratio[known], driver[known]
    place = np.stack([plots[name][known] for name in ("lon", "lat")])
    cells = np.round(place / calibration.SITE_DEG)
    site = np.unique(cells, axis=1, return_inverse=True)[1].ravel()
    count = site.max() + 1
    line = calibration.fitted(driver, ratio, np.ones(ratio.size))
    generator = np.random.default_rng(SEED)
    weights = generator.multinomial(count, np.full(count, 1 / count), size=DRAWS)[:, site]
    drawn = calibration.fitted(driver, ratio, weights)
    covariance = np.cov(drawn.intercept, drawn.slope)
    left = ratio - line.intercept - line.slope * driver
    shape = variogram_of(left, site, place)
    values = (
        ("level", float(line.intercept), "1"),
        ("response", float(line.slope), unit),
        ("level_variance", covariance[0, 0], "1"),
        ("covariance", covariance[0, 1], unit),
        ("response_variance", covariance[1, 1], {"K-1": "K-2", "1": "1"}[unit]),
        ("residual_sd", line.residual, "1"),
        ("plot_sd", np.sqrt(shape.nugget), "1"),
        ("place_sd", np.sqrt(shape.partial_sill), "1"),
        ("place_range", shape.range_km, "km"),
        ("driver_mean", driver.mean(), {"K-1": "degC", "1": "ln(g C m-2 yr-1)"}[unit]),
    )
    for quantity, value, of in values:
        yield model, quantity, f"{value:.6g}", of, ratio.size, count


def variogram_of(left, site, place):
    """Return the exponential variogram of the means of the sites."""
    records = np.bincount(site)
    means = np.bincount(site, left) / records
    lon, lat = (np.radians(np.bincount(site, values) / records) for values in place)
    axes = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    apart = EARTH_KM * np.arccos(np.clip(axes.T @ axes, -1, 1))
    first, second = np.triu_indices(count := len(means), 1)
    distance = apart[first, second]
    near = distance < FARTHEST_KM
    lag = (distance[near] / FARTHEST_KM * LAGS).astype(int)
    squares = (means[first] - means[second])[near] ** 2 / 2
    pairs = np.bincount(lag, minlength=LAGS)
    kept = pairs > 0
    mean = [
        np.bincount(lag, values, LAGS)[kept] / pairs[kept] for values in (distance[near], squares)
    ]
    assert count > 10
    return variogram.fitted(*mean, pairs[kept], "exponential")


if __name__ == "__main__":
    main()
