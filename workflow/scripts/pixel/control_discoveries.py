"""Control the false discoveries among the tests of all pixels (Benjamini and Hochberg).

Reads   p (1) of every pixel, absence (commonest reason), grid
Writes  discoveries: 1 where a test is one, 2 where not; table: limit of p, shares, areas
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.io.missing import MaskedArea
from nepflow.pixel import correlation
from nepflow.study import pixel

COLUMNS = ("variable", "test", "built_in", "quantity", "value", "unit")


def control_discoveries(
    p_path, absence_path, grid_path, outputs, about, percent, level, mem_mb, simulated
):
    """All p values are sorted at once: the limit is exact. ``about`` is that of a row."""
    values, area = values_and_area(p_path, absence_path, grid_path, mem_mb)
    limit = correlation.threshold(values.astype("float64"), percent)
    raster.map_blocks(
        lambda p: np.where(np.isnan(p), np.nan, np.where(p <= limit, 1, 2)),
        [p_path],
        raster.Output(
            outputs[0],
            *pixel.about(
                "mann_kendall_fdr", percent=percent, name=raster.tags_of(p_path)["long_name"]
            ),
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
        ("expected by chance alone", 100 * level, "% of tests"),
        ("discoveries", 100 * (values <= limit).sum() / tests, "% of tests"),
        ("largest p of a discovery", limit if limit >= 0 else np.nan, "1"),
        ("false discoveries allowed", percent, "% of discoveries"),
        *area.rows(raster.grid_of(grid_path).cell_area_m2 / 1e6),
    ]
    rows = [(*about, *row) for row in rows]
    tables.write(rows, outputs[1], COLUMNS, simulated=simulated)


def values_and_area(p_path, absence_path, grid_path, mem_mb):
    """All p values (float32) and the `MaskedArea` that they come from."""
    area, parts = MaskedArea(), []
    for _, _, strip in raster.blocks([p_path, absence_path, grid_path], mem_mb=mem_mb):
        p, reasons, inside = (layer[0] for layer in strip)
        area.add(~np.isnan(p), reasons, inside)
        parts.append(p[~np.isnan(p)].astype("float32"))
    return np.concatenate(parts), area


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        names = snakemake.wildcards
        control_discoveries(
            p_path=snakemake.input.p,
            absence_path=snakemake.input.absence,
            grid_path=snakemake.input.grid,
            outputs=[snakemake.output.discoveries, snakemake.output.table],
            about=(names.variable, names.test, snakemake.params.built_in),
            percent=snakemake.params.significance["false_discovery_percent"],
            level=snakemake.params.significance["p"],
            mem_mb=snakemake.resources.mem_mb,
            simulated=snakemake.params.simulated,
        )
