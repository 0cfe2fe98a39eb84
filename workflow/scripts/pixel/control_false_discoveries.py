"""Control the false discoveries among the tests of all pixels (Benjamini and Hochberg).

Reads   p (1) of every pixel, missing_reason (commonest reason), grid; of the trend test lag1 (1)
        and valid_years
Writes  discoveries: 1 where a test is one, 2 where not; table: limit of p, shares, areas
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.io.missing import MaskedArea, per
from nepflow.pixel import correlation
from nepflow.study import pixel

COLUMNS = ("variable", "test", "shared_inputs", "quantity", "value", "unit")


def control_false_discoveries(inputs, outputs, about, settings, mem_mb):
    """All p values are sorted at once: the limit is exact. ``about`` is that of a row."""
    percent, level = (settings["significance"][n] for n in ("false_discovery_percent", "p"))
    values, area = values_and_area(*(inputs[n] for n in ("p", "missing_reason", "grid")), mem_mb)
    name = raster.tags_of(inputs["p"])["long_name"]
    limit = correlation.threshold(values.astype("float64"), percent)
    raster.map_blocks(
        lambda p: np.where(np.isnan(p), np.nan, np.where(p <= limit, 1, 2)),
        [inputs["p"]],
        raster.Output(
            outputs["discoveries"],
            *pixel.about("mann_kendall_fdr", percent=percent, name=name),
            "uint8",
            classes={1: "significant", 2: "not significant"},
            colours={1: "#1a1a1a", 2: "#d9d9d9"},
            tags={"largest_p": f"{limit:.6g}"},
        ),
        mem_mb=mem_mb,
    )
    tests = max(values.size, 1)
    rows = [
        ("tests", values.size, "pixels"),
        (f"share with p below {level:g}", 100 * (values < level).sum() / tests, "% of tests"),
        (
            "expected by chance alone, of independent years without trends",
            100 * level,
            "% of tests",
        ),
        ("discoveries", 100 * (values <= limit).sum() / tests, "% of tests"),
        ("largest p of a discovery", limit if limit >= 0 else np.nan, "1"),
        ("false discoveries allowed", percent, "% of discoveries"),
        *remembering(inputs["lag1"], mem_mb),
        *area.rows(raster.grid_of(inputs["grid"]).cell_area_m2 / 1e6),
    ]
    rows = [(*about, *row) for row in rows]
    tables.write(rows, outputs["table"], COLUMNS, settings["simulated"])


def remembering(paths, mem_mb):
    """Yield the share of pixels with a significant lag-1 autocorrelation about their trend.

    Beyond 2 / sqrt(n), as Bartlett (1946), J. R. Stat. Soc. Suppl. 8:27-41 has for white noise.
    """
    if not paths:
        return
    counts = np.zeros(3, dtype="int64")
    for _, _, (lag1, years) in raster.blocks(list(paths), mem_mb=mem_mb):
        limit = 2 / np.sqrt(np.maximum(years, 1))
        cases = ~np.isnan(lag1), lag1 > limit, lag1 < -limit
        counts += [int(case.sum()) for case in cases]
    for side, count in (("above 2", counts[1]), ("below -2", counts[2])):
        share = per(100 * count, counts[0])
        yield f"lag-1 autocorrelation {side} / sqrt(years)", share, "% of tests"


def values_and_area(p_path, reason_path, grid_path, mem_mb):
    """All p values (float32) and the `MaskedArea` that they come from."""
    area, parts = MaskedArea(), []
    for _, _, strip in raster.blocks([p_path, reason_path, grid_path], mem_mb=mem_mb):
        p, reasons, inside = (layer[0] for layer in strip)
        area.add(~np.isnan(p), reasons, inside)
        parts.append(p[~np.isnan(p)].astype("float32"))
    return np.concatenate(parts), area


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        names = snakemake.wildcards
        control_false_discoveries(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            about=(names.variable, names.test, snakemake.params.shared_inputs),
            settings=dict(snakemake.params.items()),
            mem_mb=snakemake.resources.mem_mb,
        )
