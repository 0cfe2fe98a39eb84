"""Rank the leave-one-out residuals of one variable, and write its log for reading.

Reads   fitted surfaces (npz), log of every surface and local minima (CSV)
Writes  residuals (parquet: observed and predicted in the variable's unit), ranked stations,
        suspect values (CSV), log (text)
"""

import pandas as pd
from nepflow._log import logged_to
from nepflow.climate import calibration, diagnostics
from nepflow.climate import surfaces as climate_surfaces
from nepflow.io import tables
from nepflow.io.atomic import replacing
from nepflow.study.variables import VARIABLES


def summarise_residuals(inputs, outputs, settings):
    """Nothing is fitted here."""
    surfaces, simulated = climate_surfaces.read(inputs["fit"]), settings["simulated"]
    suspect_limit, statistic = settings["suspect_limit"], VARIABLES[surfaces.variable].statistic
    with replacing(outputs["residuals"]) as temporary:
        pd.DataFrame(diagnostics.records(surfaces)).to_parquet(temporary, index=False)
    ranked = list(diagnostics.ranked_stations(surfaces))
    tables.write(ranked, outputs["ranked"], diagnostics.RANKED, simulated)
    found = list(diagnostics.suspects(surfaces, suspect_limit))
    tables.write(found, outputs["suspects"], diagnostics.SUSPECTS, simulated)
    log = tables.read(inputs["table"], ["quantity", "value"])
    log = {name: rows["value"].to_numpy() for name, rows in log.groupby("quantity", sort=False)}
    header = [
        ("VARIABLE", f"{surfaces.variable} ({surfaces.unit})"),
        ("SOURCE", "simulated" if simulated else surfaces.source),
        ("TRANSFORMATION", surfaces.transformation),
        ("SPLINE VARIABLES", str(surfaces.knots.shape[1])),
        ("ORDER OF DERIVATIVE", str(surfaces.order)),
        ("STATIONS, SURFACES", f"{len(surfaces.stations)}, {surfaces.years.size}"),
        ("SMOOTHING", _smoothing(settings, log)),
        ("SCALE OF STANDARD ERRORS", str(calibration.scale_of(surfaces, statistic))),
        ("SUSPECT VALUES", f"{len(found)} beyond {suspect_limit:g} standard deviations"),
    ]
    text = diagnostics.text(
        log,
        _minima(inputs["minima"], surfaces),
        header,
        surfaces.years,
        surfaces.months,
        [diagnostics.RANKED, *ranked[:100]],
    )
    with replacing(outputs["log"]) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _smoothing(settings, log):
    """Which rule chose, and how often the fallback did."""
    if settings["common_smoothing"]:
        whose = "all" if settings["common_smoothing"] is True else "a calendar month"
        return f"{settings['smoothing']}, one parameter for {whose}"
    fallen = log["FLAG_FALLBACK"]
    if not fallen.any():
        return settings["smoothing"]
    return (
        f"{settings['smoothing']}; {settings['smoothing_fallback']} in {int(fallen.sum())} of "
        f"{fallen.size} surfaces"
    )


def _minima(path, surfaces):
    """Local minima by the number of their surface."""
    times = zip(surfaces.years.tolist(), surfaces.months.tolist(), strict=True)
    number = {time: surface for surface, time in enumerate(times)}
    table = tables.read(path, ["rho", "signal"])
    keys = zip(table["year"].astype(int), table["month"], strict=True)
    return list(zip(map(number.get, keys), table["rho"], table["signal"], strict=True))


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        summarise_residuals(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            settings=dict(snakemake.params.items()),
        )
