"""Check the results of a study against what must hold, and gather warnings.

Reads   npp (one file a year), respiration and nep (cubes, g C m-2 yr-1), sums of zones, tables,
        rasters that polygons were made into
Writes  checks (check, value, limit, unit, passed), warnings (topic, warning)
"""

import numpy as np
import pandas as pd
from nepflow._log import logged_to
from nepflow.io import raster, tables, user_rasters
from nepflow.report import notes
from nepflow.zones import sums

# one table or none
LISTED = (
    *("defects", "suspects", "definitions", "steps"),
    *("casa", "inputs", "plots", "projects", "variation"),
)
CHECKS = ["check", "value", "limit", "unit", "passed"]


def check_results(npp_paths, respiration_path, nep_path, table_paths, outputs, study, mem_mb):
    """A failed check is shown, never mended."""
    tally = user_rasters.Tally()
    rows = []
    if npp_paths:
        paths = [list(npp_paths), respiration_path, nep_path]
        rows = carbon_rows(paths, table_paths, tally, mem_mb)
    warnings = [("check failed", f"{n}: {v:.6g} {u}") for n, v, _, u, ok in rows if not ok]
    warnings += [*notes.warnings(study), *notes.of(table_paths, study)]
    if study["npp"]["source"] == "rasters":
        warnings += [("NPP", text) for text in tally.warnings(study["npp"]["rasters"])]
    tables.write(rows, outputs["checks"], CHECKS, simulated=study["simulated"])
    tables.write(warnings, outputs["warnings"], ["topic", "warning"], simulated=study["simulated"])


def carbon_rows(stack, table_paths, tally, mem_mb):
    """Checks of NPP, Rh and NEP; a study of climate alone has none."""
    gap, lowest, highest, largest = np.nan, np.nan, np.nan, np.nan  # unknown passes no check
    for _, _, (npp, respiration, nep) in raster.blocks(stack, mem_mb=mem_mb, label="checks"):
        tally.add(npp)
        if np.isfinite(nep).any():
            gap = np.fmax(gap, np.nanmax(np.abs(npp - respiration - nep)))
            lowest = np.fmin(lowest, np.nanmin(nep))
            highest = np.fmax(highest, np.nanmax(nep))
            largest = np.fmax(largest, max(np.nanmax(np.abs(v)) for v in (npp, respiration)))
    unit, size = "g C m-2 yr-1", max(abs(lowest), abs(highest))
    limit = size * sums.ROUNDING
    return [
        ("NPP - Rh - NEP, largest", gap, limit, unit, gap <= limit),
        ("NEP, lowest", lowest, -2000, unit, lowest >= -2000),
        ("NEP, highest", highest, 3000, unit, highest <= 3000),
        *sums.balance_rows(pd.read_parquet(table_paths["sums"]), size, largest),
        *closures(table_paths),
    ]


def closures(table_paths):
    """Totals of zones that partition the area equal the region's; shares close to 100."""
    series = tables.read(table_paths["series"])
    totals = series[series["quantity"] == "nep_total"]
    region = totals[totals["zone"] == "all"].groupby("year")["value"].sum()
    zones = totals[totals["zone"] != "all"].groupby("year")["value"].sum()
    off = float((region - zones).abs().max())
    yield "NEP total, zones against region", off, 1e-6, "Tg C yr-1", off <= 1e-6
    missing_reason = tables.read(table_paths["missing_reason"])
    shares = missing_reason[missing_reason["unit"] == "%"].groupby("year")["value"].sum()
    off = float((shares - 100).abs().max())
    yield "shares by reason, against 100", off, 1e-6, "%", off <= 1e-6


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        check_results(
            npp_paths=snakemake.input.npp,
            respiration_path=snakemake.input.respiration,
            nep_path=snakemake.input.nep,
            table_paths={
                **{name: snakemake.input[name] for name in ("sums", "series", "missing_reason")},
                **{n: [f for f in [snakemake.input[n]] if f] for n in LISTED},
                "detectors": list(snakemake.input.detectors),
                "networks": list(snakemake.input.networks),
                "polygons": list(snakemake.input.polygons),
                "fits": dict(zip(snakemake.params.climate, snakemake.input.fits, strict=False)),
            },
            outputs=dict(snakemake.output.items()),
            study=snakemake.params.study,
            mem_mb=snakemake.resources.mem_mb,
        )
