"""Fit thin plate splines to the monthly values of one variable at stations.

Reads   monthly table of stations (degC, mm month-1, MJ m-2 month-1), grid (for its CRS)
Writes  fitted surfaces (npz), log of every surface (CSV)
"""

from nepflow import climate, fit_file, fitting, raster, station_table, stations, tables
from nepflow._log import logged_to, progress
from nepflow.variables import VARIABLES

COLUMNS = ("variable", "year", "month", "quantity", "value", "unit")


def fit_climate(
    monthly_path, grid_path, fit_path, table_path, variable, years,
    order, smoothing, length_scale_km, transformation, minimum_stations,
):  # fmt: skip
    """Surfaces that miss the same stations share one decomposition."""
    sites, values, surface_years, months = station_table.monthly_matrix(
        monthly_path, variable, years, minimum_stations
    )
    metres = stations.projected(sites["lon"], sites["lat"], raster.grid_of(grid_path).crs)
    centre = (metres.min(axis=0) + metres.max(axis=0)) / 2
    knots = (metres - centre) / (length_scale_km * 1000)
    patterns = fitting.missing_patterns(values)
    kernel_coefficients, polynomial_coefficients, log = fitting.fit_surfaces(
        knots, sites["elevation_m"].to_numpy(), values,
        progress(patterns, len(patterns), f"{variable}: sets of stations"),
        order=order, criterion=smoothing, transformation=transformation,
    )  # fmt: skip
    unit = VARIABLES[variable].monthly_unit
    normals = (surface_years == climate.NORMAL).all()
    fit_file.write(
        fit_path,
        climate.Surfaces(
            variable, unit, transformation,
            climate.NORMALS_SOURCE if normals else climate.MONTHLY_SOURCE,
            surface_years, months, order, length_scale_km * 1000.0, centre,
            sites["station"].to_numpy(str), knots, kernel_coefficients, polynomial_coefficients,
        ),
    )  # fmt: skip
    tables.write(
        fitting.log_rows(log, variable, surface_years, months, unit, transformation),
        table_path, COLUMNS, "simulated" in raster.tags_of(grid_path),
    )  # fmt: skip


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        fit_climate(
            monthly_path=snakemake.input.monthly,
            grid_path=snakemake.input.grid,
            fit_path=snakemake.output.fit,
            table_path=snakemake.output.table,
            variable=snakemake.wildcards.variable,
            **{name: snakemake.params[name] for name in snakemake.params.keys()},  # noqa: SIM118
        )
