"""Fit thin plate splines to the monthly values of one variable at stations.

Reads   monthly table of stations (degC, mm month-1, MJ m-2 month-1), grid (for its CRS),
        station file (if weights are one of its columns)
Writes  fitted surfaces (npz), log of every surface (CSV), local minima (CSV)
"""

from nepflow._log import logged_to, progress
from nepflow.climate import diagnostics, evaluation, fitting
from nepflow.climate import surfaces as climate_surfaces
from nepflow.io import raster, tables
from nepflow.stations import aggregation, cleaning
from nepflow.stations.records import weights_of
from nepflow.study.variables import VARIABLES

COLUMNS = ("variable", "year", "month", "quantity", "value", "unit")
MINIMA = ("variable", "year", "month", "rho", "signal")


def fit_climate(
    monthly_path,
    grid_path,
    weights_path,
    fit_path,
    table_path,
    minima_path,
    variable,
    years,
    model,
    exaggeration,
    weights_column,
    minimum_stations,
    simulated,
    **settings,
):
    """Surfaces that miss the same stations share one decomposition."""
    sites, values, surface_years, months = aggregation.monthly_matrix(
        monthly_path, variable, years, minimum_stations
    )
    names = sites["station"].to_numpy(str)
    position = sites[["lon", "lat", "elevation_m"]].to_numpy(float)
    metres = cleaning.projected(*position[:, :2].T, raster.grid_of(grid_path).crs)
    centre = (metres.min(axis=0) + metres.max(axis=0)) / 2
    length_scale = 1000.0 * settings["length_scale_km"]
    vertical_scale = exaggeration / length_scale if model == "trivariate" else 0.0
    patterns = fitting.missing_patterns(values)
    parts, log, minima = fitting.fit_surfaces(
        (metres - centre) / length_scale, position[:, 2], values,
        progress(patterns, len(patterns), f"{variable}: sets of stations"),
        fitting.Model(vertical_scale=vertical_scale, **settings),
        weights_of(weights_path, weights_column, names) if weights_column else None,
    )  # fmt: skip
    unit, transformation = VARIABLES[variable].monthly_unit, settings["transformation"]
    normals = (surface_years == evaluation.NORMAL).all()
    surfaces = evaluation.Surfaces(
        variable=variable, unit=unit, transformation=transformation,
        source=evaluation.NORMALS_SOURCE if normals else evaluation.MONTHLY_SOURCE,
        years=surface_years, months=months, order=settings["order"],
        length_scale=length_scale, vertical_scale=vertical_scale, centre=centre,
        stations=names, position=position, observed=values, **parts,
    )  # fmt: skip
    climate_surfaces.write(fit_path, surfaces)
    rows = diagnostics.log_rows(log, variable, surface_years, months, unit, transformation)
    tables.write(rows, table_path, COLUMNS, simulated)
    found = [(variable, surface_years[s], months[s], *rest) for s, *rest in sorted(minima)]
    tables.write(found, minima_path, MINIMA, simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        fit_climate(
            monthly_path=snakemake.input.monthly,
            grid_path=snakemake.input.grid,
            weights_path=snakemake.input.get("weights"),
            fit_path=snakemake.output.fit,
            table_path=snakemake.output.table,
            minima_path=snakemake.output.minima,
            variable=snakemake.wildcards.variable,
            **{name: snakemake.params[name] for name in snakemake.params.keys()},  # noqa: SIM118
        )
