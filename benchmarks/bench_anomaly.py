"""Climate by departures beside absolute values: real stations left out, and networks that change.

Real: monthly Colorado records of the R package fields (dataset COmonthlyMet: at most 376 stations,
rain and daily maximum of temperature), read through Rscript. Stations are split in two halves; each
half predicts the other.

Simulated: the complete monthly records of a built study with known truth (`make demo`). In every
draw a fifth of the stations opens or closes once; trends are compared with those of the same draw's
stations that stay.

    python benchmarks/bench_anomaly.py real
    python benchmarks/bench_anomaly.py simulated STUDY TRUTH [draws] [variables]

Writes the tables of benchmarks/README.md between their marks.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
from readme import machine, replace_part
from threadpoolctl import threadpool_limits

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "workflow/scripts"))

from nepflow.climate import anomaly, evaluation, fitting, methods  # noqa: E402
from nepflow.climate.network import Network  # noqa: E402
from nepflow.io import raster  # noqa: E402
from nepflow.stations import aggregation, cleaning  # noqa: E402
from nepflow.study.variables import VARIABLES  # noqa: E402

PERIOD = 1978, 1997  # of Colorado: the last twenty years
LEAST_MONTHS = 60  # of a station of Colorado in the period
CELLS = 2000  # of the simulated study, drawn
TRANSFORMATIONS = {"precipitation": "square_root"}
RECORDS = """
suppressMessages(library(fields)); data(COmonthlyMet)
put <- function(values, name) writeBin(as.double(values), name)
put(unlist(CO.loc), "place"); put(CO.elev, "height")
put(CO.ppt, "precipitation")
put(CO.tmax, "temperature"); put(CO.years, "years")
"""


def surfaces_of(method, network, values, years, variable):
    """Fitted surfaces of a method, with the defaults of a study."""
    times = np.repeat(years, 12), np.tile(np.arange(1, 13), len(years))
    model = fitting.Model(transformation=TRANSFORMATIONS.get(variable, "none"))
    amount = 0.0 if VARIABLES[variable].departure == "difference" else 10.0
    options = anomaly.Departures(VARIABLES[variable].departure, amount)
    return methods.fit(method, network, values, times, variable, model, options)[0]


def monthly(surfaces, years, x, y, elevation):
    """Monthly values at places, shape (place, 12 * year)."""
    wanted = surfaces.of_years(years)
    wanted = wanted.added() if wanted.is_sum else wanted
    places = x[None], y[None], elevation[None]
    return evaluation.by_chunks(lambda values: values, [wanted], *places)[:, 0].T


def slopes(annual):
    """Least-squares slopes of rows, from the years that each has."""
    step = np.arange(annual.shape[1], dtype=float)
    known = ~np.isnan(annual)
    middle = (step * known).sum(axis=1) / known.sum(axis=1)
    away = np.where(known, step - middle[:, None], 0.0)
    return (away * np.nan_to_num(annual)).sum(axis=1) / (away**2).sum(axis=1)


def colorado():
    """Station table, metres, years, and monthly values of both variables of Colorado."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["Rscript", "-e", RECORDS], cwd=folder, check=True)
        read = {path.name: np.fromfile(path) for path in Path(folder).iterdir()}
    count = read["height"].size
    table = pd.DataFrame(read["place"].reshape(2, count).T, columns=["lon", "lat"])
    table["elevation_m"] = read["height"]
    table["station"] = [f"{number:03d}" for number in range(count)]
    years = np.arange(PERIOD[0], PERIOD[1] + 1)
    chosen = np.isin(read["years"], years)
    cubes = {}
    for name in ("temperature", "precipitation"):
        cube = read[name].reshape(count, 12, -1)[..., chosen]  # R: year runs fastest
        cube = cube * 10 if name == "precipitation" else cube  # cm month-1
        cubes[name] = cube.transpose(0, 2, 1).reshape(count, -1)
    crs = "+proj=aea +lat_1=37 +lat_2=41 +lat_0=39 +lon_0=-105.5 +datum=WGS84 +units=m"
    project = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform
    return table, np.column_stack(project(table["lon"], table["lat"])), years, cubes


def left_out(method, table, metres, years, variable, values):
    """Predictions of each half of the stations by the other."""
    predicted, half = np.full(values.shape, np.nan), np.arange(len(values)) % 2 == 0
    network = Network.of(table, metres, 1e5)
    for chosen in (half, ~half):
        surfaces = surfaces_of(method, network.only(chosen), values[chosen], years, variable)
        height = table["elevation_m"].to_numpy()[~chosen]
        predicted[~chosen] = monthly(surfaces, years, *metres[~chosen].T, height)
    return predicted


def real_rows():
    """Rows of how well stations left out are predicted, one a variable and method."""
    table, metres, years, cubes = colorado()
    for variable, values in cubes.items():
        kept = (~np.isnan(values)).sum(axis=1) >= LEAST_MONTHS
        own, statistic = values[kept], VARIABLES[variable].statistic
        for method in ("absolute", "anomaly"):
            found = left_out(method, table[kept], metres[kept], years, variable, own)
            found = np.where(np.isnan(own), np.nan, found)
            error = found - own
            annual = [aggregation.annual_values(part, statistic) for part in (own, found)]
            whole = (~np.isnan(annual[0])).sum(axis=1) >= 0.8 * len(years)
            trends = [slopes(part[whole]) for part in annual]
            yield (
                variable,
                method,
                f"{kept.sum()}",
                f"{np.sqrt(np.nanmean(error**2)):.3f}",
                f"{np.sqrt(np.nanmean((annual[1] - annual[0]) ** 2)):.3f}",
                f"{np.nanmean(annual[1] - annual[0]):+.3f}",
                f"{np.sqrt(np.mean((trends[1] - trends[0]) ** 2)):.4f}",
                f"{whole.sum()}",
            )


REAL = (
    "variable",
    "method",
    "stations",
    "RMSE of months",
    "RMSE of years",
    "bias of years",
    "RMSE of station trends, yr-1",
    "stations with trends",
)


def changed(values, seed):
    """Values where a fifth of the stations opens or closes once, and which stations stay."""
    rng = np.random.default_rng(seed)
    stays = np.ones(len(values), bool)
    stays[rng.choice(len(values), len(values) // 5, replace=False)] = False
    values = values.copy()
    for row in np.flatnonzero(~stays):
        cut = rng.integers(36, values.shape[1] - 36)
        values[row, slice(0, cut) if rng.random() < 0.5 else slice(cut, None)] = np.nan
    return values, stays


class Simulated:
    """A built study and the truth of its annual climate at some cells."""

    def __init__(self, study, truth, variable):
        grid, inside = raster.grid_of(study / "grid.tif"), raster.read(study / "grid.tif") == 1
        elevation = raster.read(study / "dem.tif")
        self.years = raster.years_of(study / f"climate/{variable}.tif")
        self.variable, self.truth = variable, []
        cells = np.flatnonzero(inside & np.isfinite(elevation))
        cells = np.sort(np.random.default_rng(0).choice(cells, min(CELLS, cells.size), False))
        x, y = (np.broadcast_to(q, inside.shape).ravel()[cells] for q in grid.xy(0, grid.height))
        self.places = x, y, elevation.ravel()[cells]
        for band in range(1, len(self.years) + 1):
            self.truth.append(raster.read(truth / f"{variable}.tif", band).ravel()[cells])
        self.truth = slopes(np.array(self.truth).T)
        table, values, *_ = aggregation.monthly_matrix(
            study / "stations/monthly.csv", variable, self.years, 10
        )
        metres = cleaning.projected(table["lon"], table["lat"], grid.crs)
        stays = ~np.isnan(values).any(axis=1)  # the only gaps are those of the draw
        self.network, self.values = Network.of(table[stays], metres[stays], 1e5), values[stays]

    def errors(self, method, values, chosen):
        """Error of the mean slope, and RMSE of the slopes of cells."""
        surfaces = surfaces_of(
            method, self.network.only(chosen), values[chosen], self.years, self.variable
        )
        found = monthly(surfaces, self.years, *self.places)
        annual = aggregation.annual_values(found, VARIABLES[self.variable].statistic)
        error = slopes(annual) - self.truth
        return np.nanmean(error), np.sqrt(np.nanmean(error**2))


def simulated_rows(study, truth, draws, variables):
    """Yield rows of the trends of changing networks, one a variable and method."""
    for variable in variables:
        case = Simulated(study, truth, variable)
        everything = np.ones(len(case.values), bool)
        found = {"absolute": [], "anomaly": []}
        for seed in range(draws):  # each prints its numbers as it goes
            values, stays = changed(case.values, seed)
            constant = case.errors("anomaly", values, stays)
            for method, numbers in found.items():
                if method == "absolute" and seed >= 5:
                    continue  # the known fault needs no twenty draws
                own = case.errors(method, values, everything)
                numbers.append((own[0] - constant[0], own[1] / constant[1]))
                print(variable, seed, method, own, constant, flush=True)
        true = np.nanmean(case.truth)
        for method, numbers in found.items():
            shift, ratio = np.array(numbers).T
            yield (
                variable,
                method,
                len(shift),
                f"{true:+.4f}",
                f"{shift.mean():+.5f}",
                f"{shift.std(ddof=1):.5f}",
                f"{100 * abs(shift.mean() / true):.1f} %",
                f"{ratio.mean():.2f}",
                f"{ratio.max():.2f}",
            )


SIMULATED = (
    "variable",
    "method",
    "draws",
    "true trend, yr-1",
    "mean shift by the change",
    "its s.d.",
    "of the true trend",
    "RMSE of cell trends over that of the constant network, mean",
    "largest",
)


def table_of(columns, rows):
    lines = ["| " + " | ".join(columns) + " |", "|---|---|" + "--:|" * (len(columns) - 2)]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


def main(kind, *arguments):
    if kind == "real":
        if not shutil.which("Rscript"):
            sys.exit("Rscript is not here: install R and its package fields (r-cran-fields)")
        text = table_of(REAL, list(real_rows()))
    else:
        study, truth, *rest = arguments
        draws = int(rest[0]) if rest else 20
        variables = rest[1:] or ["temperature", "precipitation"]
        rows = list(simulated_rows(Path(study), Path(truth), draws, variables))
        text = table_of(SIMULATED, rows)
    text = f"{machine()}\n\n{text}"
    print(text)
    replace_part(f"anomaly_{kind}", [text])


if __name__ == "__main__":
    with threadpool_limits(1):
        main(*sys.argv[1:])
