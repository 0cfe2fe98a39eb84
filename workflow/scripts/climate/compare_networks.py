"""Compare the trend of a climate variable with that of the stations that are there throughout.

Reads   monthly table of stations, fitted surfaces (npz) of all of them, elevation (m), grid, steps
Writes  table: stations, mean and trend of the area by network (degC, mm yr-1, MJ m-2 yr-1), and the
        difference of the trends of cells
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.climate import evaluation, methods, network
from nepflow.climate import surfaces as climate_surfaces
from nepflow.io import raster, tables
from nepflow.pixel import trend
from nepflow.study.variables import VARIABLES

CELLS = 2000  # of the area, evenly spread, that means and trends are taken of
COLUMNS = ("variable", "network", "quantity", "value", "unit")
NETWORKS = {"all": "all stations", "constant": "stations there throughout"}


def compare_networks(inputs, output, variable, settings):
    """The constant network is fitted by the method of the study, and evaluated at some cells."""
    whole, values, times, steps = network.read(inputs, variable, settings)
    stays = network.constant(values)
    places, annual = cells_of(inputs["dem"], inputs["grid"]), {}
    surfaces = {"all": climate_surfaces.read(inputs["fit"])}
    if stays.sum() >= settings["min_stations"]:
        kept = np.flatnonzero(stays).tolist()
        steps = [(kept.index(of), year) for of, year in steps if of in kept]
        surfaces["constant"], *_ = methods.fit(
            settings["method"],
            whole.only(stays),
            values[stays],
            times,
            variable,
            methods.model_of(settings),
            methods.departures_of(variable, settings, steps),
        )
    for name, fitted in surfaces.items():
        annual[name] = annual_of(fitted, settings["years"], places, variable)
    counts = {"all": len(values), "constant": int(stays.sum())}
    rows = list(rows_of(counts, annual, settings["years"], VARIABLES[variable].annual_unit))
    tables.write([(variable, *row) for row in rows], output, COLUMNS, settings["simulated"])


def cells_of(dem_path, grid_path):
    """x, y and elevation (1, cell) of cells of the area, every so many of them."""
    places = []
    for _, _, (elevation, inside, x, y) in raster.blocks([dem_path, grid_path], coordinates=True):
        wanted = (inside[0] == 1) & np.isfinite(elevation[0])
        fields = np.broadcast_arrays(x, y, elevation[0])
        places.append(np.array([field[wanted] for field in fields]))
    places = np.concatenate(places, axis=1)
    return places[:, :: max(1, places.shape[1] // CELLS), None].transpose(0, 2, 1)


def annual_of(fitted, years, places, variable):
    """Annual values (year, cell)."""
    own = fitted.of_annual_values(years)
    chosen = fitted.of_years(years) if own is None else own
    chosen = chosen.added() if chosen.is_sum else chosen
    return evaluation.annual(chosen, *places, VARIABLES[variable].statistic)[0][:, 0]


def rows_of(counts, annual, years, unit):
    """Yield network, quantity, value, unit."""
    rate = unit.replace("yr-1", "yr-2") if "yr-1" in unit else f"{unit} yr-1"
    years, slopes = np.asarray(years), {}
    for name, count in counts.items():
        yield NETWORKS[name], "stations", count, "count"
        if name not in annual:
            continue
        series = annual[name].mean(axis=1)
        found = trend.trend_statistics(series[:, None, None], years, 3)
        slopes[name] = np.polynomial.polynomial.polyfit(years - years[0], annual[name], 1)[1]
        yield NETWORKS[name], "mean", series.mean(), unit
        for quantity, key in (("sen_slope", "slope"), ("slope_low", "low"), ("slope_high", "high")):
            yield NETWORKS[name], quantity, found[key].item(), rate
        yield NETWORKS[name], "least_squares_slope", slopes[name].mean(), rate
        yield NETWORKS[name], "spread_of_cell_slopes", slopes[name].std(), rate
    if len(slopes) == 2:
        apart = np.sqrt(np.mean((slopes["all"] - slopes["constant"]) ** 2))
        yield "both", "rms_difference_of_cell_slopes", apart, rate


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        compare_networks(
            inputs=dict(snakemake.input.items()),
            output=snakemake.output.table,
            variable=snakemake.wildcards.variable,
            settings=dict(snakemake.params.items()),
        )
