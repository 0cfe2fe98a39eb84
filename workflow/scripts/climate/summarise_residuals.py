"""Rank the leave-one-out residuals of one variable, and write its log for reading.

Reads   fitted surfaces (npz), log of every surface and local minima (CSV)
Writes  residuals (parquet: observed and predicted in the variable's unit), ranked stations,
        suspect values (CSV), log (text)
"""

import pandas as pd
from nepflow._log import logged_to
from nepflow.climate import diagnostics
from nepflow.climate import surfaces as climate_surfaces
from nepflow.io import tables
from nepflow.io.atomic import replacing


def summarise_residuals(
    fit_path,
    table_path,
    minima_path,
    residuals_path,
    ranked_path,
    suspects_path,
    log_path,
    smoothing,
    common_smoothing,
    suspect_limit,
    simulated,
):
    """Nothing is fitted here."""
    surfaces = climate_surfaces.read(fit_path)
    with replacing(residuals_path) as temporary:
        pd.DataFrame(diagnostics.records(surfaces)).to_parquet(temporary, index=False)
    ranked = list(diagnostics.ranked_stations(surfaces))
    tables.write(ranked, ranked_path, diagnostics.RANKED, simulated)
    found = list(diagnostics.suspects(surfaces, suspect_limit))
    tables.write(found, suspects_path, diagnostics.SUSPECTS, simulated)
    log = tables.read(table_path, ["quantity", "value"])
    log = {name: rows["value"].to_numpy() for name, rows in log.groupby("quantity", sort=False)}
    header = [
        ("VARIABLE", f"{surfaces.variable} ({surfaces.unit})"),
        ("SOURCE", "simulated (twin)" if simulated else surfaces.source),
        ("TRANSFORMATION", surfaces.transformation),
        ("SPLINE VARIABLES", str(surfaces.knots.shape[1])),
        ("ORDER OF DERIVATIVE", str(surfaces.order)),
        ("STATIONS, SURFACES", f"{len(surfaces.stations)}, {surfaces.years.size}"),
        ("SMOOTHING", smoothing + (", one parameter for all" if common_smoothing else "")),
        ("SUSPECT VALUES", f"{len(found)} beyond {suspect_limit:g} standard deviations"),
    ]
    text = diagnostics.text(
        log, _minima(minima_path, surfaces), header, surfaces.years, surfaces.months,
        [diagnostics.RANKED, *ranked[:100]],
    )  # fmt: skip
    with replacing(log_path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _minima(path, surfaces):
    """Local minima by the number of their surface."""
    times = zip(surfaces.years.tolist(), surfaces.months.tolist(), strict=True)
    number = {time: surface for surface, time in enumerate(times)}
    table = tables.read(path, ["rho", "signal"])
    keys = zip(table["year"].astype(int), table["month"], strict=True)
    return list(zip(map(number.get, keys), table["rho"], table["signal"], strict=True))


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        names = ("fit", "table", "minima")
        summarise_residuals(
            **{f"{name}_path": snakemake.input[name] for name in names},
            **{f"{name}_path": path for name, path in snakemake.output.items()},
            **{name: snakemake.params[name] for name in snakemake.params.keys()},  # noqa: SIM118
        )
