"""Rules of smoothing beside kriging: prediction of real stations that are left out in blocks.

The networks are those of the R packages fields and gstat (read through Rscript, which is needed).
Squares of about four stations are left out together, a fifth of them at a time; everything is
chosen and fitted again without them, by every rule, and by the ordinary and universal kriging of
gstat for the same transformed values. Writes the table of benchmarks/README.md.
Run: python benchmarks/bench_smoothing.py
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "workflow/scripts"))

import numpy as np  # noqa: E402
from nepflow.climate import fitting, transformations  # noqa: E402
from nepflow.climate.fitting import Model  # noqa: E402
from pyproj import Transformer  # noqa: E402
from readme import replace_part  # noqa: E402

FOLDS, SPACINGS, SEED = 5, 2.0, 16  # SPACINGS: side of a square in mean distances of stations
NETWORKS = {
    "CO.tmin": "Colorado, minimum temperature, 24 months (degC)",
    "CO.ppt": "Colorado, precipitation, 24 months (unit of the package)",
    "RMprecip": "Rocky Mountains, rain of August 1997 (mm)",
    "NorthAmericanRainfall": "North America, summer rain (0.1 mm)",
    "sic97": "Switzerland, rain of a day (0.1 mm)",
    "sic97.100": "Switzerland, 367 stations from the 100 of the contest (0.1 mm)",
    "ozone2": "Midwest, ozone, 15 days (ppb)",
    "meuse": "Meuse, zinc in soil (ppm)",
    "jura.Cd": "Swiss Jura, cadmium in soil (ppm)",
    "jura.Ni": "Swiss Jura, nickel in soil (ppm)",
}
RULES = {
    "GCV": Model(),
    "GCV, else GML": Model(smoothing_fallback="gml"),
    "GCV, else common GML": Model(smoothing_fallback="calendar_month"),
    "GML": Model(smoothing="gml"),
    "common GML": Model(smoothing="gml", common_smoothing="calendar_month"),
    "GCV, knots": Model(max_knots=3),  # stations a knot
    "GML, knots": Model(smoothing="gml", max_knots=3),
}
KRIGING = ("ordinary kriging", "universal kriging")
EXPORT = """
suppressMessages({library(fields); library(gstat); library(sp); library(jsonlite)})
put <- function(name, place, z, values, month, lonlat, transformation, known=NULL)
  write(toJSON(list(x=place[, 1], y=place[, 2], z=z, values=values, month=month, lonlat=lonlat,
    transformation=transformation, known=known), digits=NA, na="null", auto_unbox=TRUE),
    paste0(name, ".json"))
data(COmonthlyMet)
years <- which(CO.years >= 1985 & CO.years <= 1990); months <- c(1, 4, 7, 10)
for (name in c("CO.ppt", "CO.tmin")) {
  values <- NULL
  for (y in years) for (m in months) values <- cbind(values, get(name)[y, m, ])
  put(name, as.matrix(CO.loc), CO.elev, values, rep(months, length(years)), TRUE,
    if (name == "CO.ppt") "square_root" else "none")
}
data(RMprecip); put("RMprecip", RMprecip$x, RMprecip$elev, cbind(RMprecip$y), I(8), TRUE,
  "square_root")
data(NorthAmericanRainfall); n <- NorthAmericanRainfall
put("NorthAmericanRainfall", cbind(n$longitude, n$latitude), n$elevation, cbind(n$precip), I(7),
  TRUE, "square_root")
data(ozone2); days <- seq(1, 89, by=6)
put("ozone2", ozone2$lon.lat, NULL, t(ozone2$y[days, ]), rep(7, length(days)), TRUE, "none")
data(sic97); rain <- cbind(sic_full$rainfall)
put("sic97", coordinates(sic_full), NULL, rain, I(5), FALSE, "square_root")
put("sic97.100", coordinates(sic_full), NULL, rain, I(5), FALSE, "square_root",
  sic_full$ID %in% sic_obs$ID)
data(meuse); put("meuse", cbind(meuse$x, meuse$y), NULL, cbind(meuse$zinc), I(1), FALSE, "log")
data(jura); place <- 1000 * cbind(jura.pred$Xloc, jura.pred$Yloc)
put("jura.Cd", place, NULL, cbind(jura.pred$Cd), I(1), FALSE, "log")
put("jura.Ni", place, NULL, cbind(jura.pred$Ni), I(1), FALSE, "none")
"""
KRIGE = """
suppressMessages({library(gstat); library(sp); library(jsonlite)})
task <- fromJSON("task.json")
krige_one <- function(formula, known, wanted) {
  v <- variogram(formula, known)
  model <- suppressWarnings(fit.variogram(v, vgm(c("Exp", "Sph"))))
  suppressWarnings(krige(formula, known, wanted, model, debug.level=0))$var1.pred
}
place <- data.frame(x=task$x, y=task$y, z=if (length(task$z)) task$z else 0)
out <- list()
for (name in c("v ~ 1", "v ~ x + y", "v ~ z")) {
  if (name == "v ~ z" && !length(task$z)) next
  if (name == "v ~ x + y" && length(task$z)) next
  found <- matrix(NA, nrow(place), ncol(task$values))
  for (s in seq_len(ncol(task$values))) for (f in sort(unique(task$fold[task$fold >= 0]))) {
    data <- cbind(place, v=task$values[, s]); here <- !is.na(data$v)
    known <- data[here & task$fold != f, ]; wanted <- data[here & task$fold == f, ]
    if (!nrow(wanted)) next
    coordinates(known) <- ~x+y; coordinates(wanted) <- ~x+y
    found[here & task$fold == f, s] <- tryCatch(krige_one(as.formula(name), known, wanted),
      error=function(e) rep(mean(known$v), nrow(wanted@coords)))
  }
  out[[if (name == "v ~ 1") "ordinary kriging" else "universal kriging"]] <- found
}
write(toJSON(out, digits=NA, na="null"), "kriged.json")
"""


def run_r(code, folder):
    """Run R code in a folder."""
    (folder / "code.R").write_text(code, encoding="utf-8")
    done = subprocess.run(["Rscript", "code.R"], cwd=folder, capture_output=True, encoding="utf-8")
    if done.returncode:
        sys.exit(done.stderr)


class Network:
    """Stations of one network, with its squares.

    Positions in the unit of the kernel (a tenth of the side of the region), elevation in m or None.
    """

    def __init__(self, path):
        raw = json.loads(path.read_text(encoding="utf-8"))
        place = np.array([raw["x"], raw["y"]], float)
        values = np.array(raw["values"], float)
        once = np.unique(place, axis=1, return_index=True)[1]
        once = np.sort(once[np.isfinite(values[once]).any(axis=1)])
        place, self.values = place[:, once], values[once]
        if raw["lonlat"]:
            middle = place.mean(axis=1)
            crs = f"+proj=laea +lon_0={middle[0]} +lat_0={middle[1]}"
            place = np.array(Transformer.from_crs(4326, crs, always_xy=True).transform(*place))
        self.metres = place.T
        span = np.ptp(self.metres, axis=0)
        self.plane = (self.metres - self.metres.min(axis=0)) / span.max() * 10
        self.elevation = np.array(raw["z"], float)[once] if raw["z"] else None
        self.month = np.atleast_1d(raw["month"])
        self.transformation = raw["transformation"]
        self.transformed = transformations.forward(self.transformation, self.values)
        side = SPACINGS * np.sqrt(np.prod(span / span.max() * 10) / len(self.plane))
        _, square = np.unique(np.floor(self.plane / side), axis=0, return_inverse=True)
        generator = np.random.default_rng(SEED)
        self.fold = (generator.permutation(square.max() + 1) % FOLDS)[square]
        if raw["known"]:  # the stations that the authors hid, and those they gave (-1)
            self.fold = np.where(np.array(raw["known"])[once], -1, 0)

    def error(self, predicted):
        """RMSE of predicted transformed values, in the unit of the network."""
        found = transformations.back(self.transformation, predicted)
        return float(np.sqrt(np.nanmean((found - self.values) ** 2)))

    def splined(self, rules):
        """Predict every station by rules, fitted without its part of the squares."""
        predicted = {name: np.full(self.values.shape, np.nan) for name in rules}
        for fold in range(self.fold.max() + 1):
            hidden, known = np.flatnonzero(self.fold == fold), np.flatnonzero(self.fold != fold)
            for per_knot in {model.max_knots for model in rules.values()}:
                splines = list(self._splines(known, per_knot))
                for name, model in rules.items():
                    if model.max_knots == per_knot:
                        predicted[name][hidden] = self._predicted(splines, hidden, model)
        return predicted

    def _heights(self, stations):
        return None if self.elevation is None else self.elevation[stations, None] / 1000

    def _splines(self, known, per_knot):
        """Yield stations, surfaces and decomposition of what some stations have."""
        for stations, surfaces in fitting.missing_patterns(self.values[known]):
            here = known[stations]
            knots = per_knot and max(len(here) // per_knot, 10)
            spline = fitting.ThinPlateSpline(self.plane[here], self._heights(here), knots=knots)
            yield here, surfaces, spline

    def _predicted(self, splines, hidden, model):
        """Values of all surfaces at hidden stations."""
        common = fitting.common_choice(splines, self.transformed, model, self.month)
        result = np.empty((len(hidden), self.values.shape[1]))
        for here, surfaces, spline in splines:
            own = common and common.taken(surfaces)
            fit = fitting.fitted(spline, self.transformed[np.ix_(here, surfaces)], model, own)
            result[:, surfaces] = spline.predict(fit, self.plane[hidden], self._heights(hidden))
        return result

    def kriged(self, folder):
        """Let gstat predict the same stations."""
        task = {
            "x": self.metres[:, 0].tolist(),
            "y": self.metres[:, 1].tolist(),
            "z": [] if self.elevation is None else self.elevation.tolist(),
            "fold": self.fold.tolist(),
            "values": [[None if np.isnan(v) else v for v in row] for row in self.transformed],
        }
        (folder / "task.json").write_text(json.dumps(task), encoding="utf-8")
        run_r(KRIGE, folder)
        found = json.loads((folder / "kriged.json").read_text(encoding="utf-8"))
        return {name: np.array(values, float) for name, values in found.items()}


def table_of(folder):
    """Yield the lines of the table."""
    names = [*RULES, *KRIGING]
    yield "| network | stations | " + " | ".join(names) + " |"
    yield "|---|--:|" + "--:|" * len(names)
    ratios = []
    for name, text in NETWORKS.items():
        network = Network(folder / f"{name}.json")
        found = network.splined(RULES) | network.kriged(folder)
        errors = {rule: network.error(predicted) for rule, predicted in found.items()}
        row = np.array([errors[rule] for rule in names])
        ratios.append(row / row.min())
        numbers = [f"{e:.4g}" if e > row.min() else f"**{e:.4g}**" for e in row]
        line = f"| {text} | {len(network.plane)} | " + " | ".join(numbers) + " |"
        print(line, flush=True)
        yield line
    for text, of in (("mean", np.mean), ("largest", np.max)):
        numbers = " | ".join(f"{ratio:.2f}" for ratio in of(ratios, axis=0))
        yield f"| {text} ratio to the best of the row | | {numbers} |"


def main():
    """Write the comparison."""
    if not shutil.which("Rscript"):
        print("Rscript with fields, gstat and jsonlite is missing: the table stays as it is.")
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        run_r(EXPORT, folder)
        lines = [
            f"RMSE of hidden stations, in the unit of the network; {FOLDS} parts of squares of "
            f"{SPACINGS:g} mean distances of stations, {date.today()}. Knots: a third of the "
            "stations.",
            "",
            *table_of(folder),
        ]
    print("\n".join(lines))
    replace_part("smoothing", lines)


if __name__ == "__main__":
    main()
