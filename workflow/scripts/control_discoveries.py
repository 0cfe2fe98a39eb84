"""Control the false discoveries among the tests of all pixels (Benjamini and Hochberg).

Reads   p (1) of every pixel
Writes  discoveries: 1 where a test is one, 2 where not; table: limit of p, shares
"""

import numpy as np
from nepflow import discoveries, raster, tables
from nepflow._log import logged_to

COLUMNS = ("variable", "test", "quantity", "value", "unit")


def control_discoveries(p_path, outputs, about, percent, level, mem_mb):
    """All p values are sorted at once, 4 bytes each: the limit is exact."""
    parts = [p[~np.isnan(p)] for _, _, (p,) in raster.blocks([p_path], mem_mb=mem_mb)]
    values = np.concatenate([part.ravel().astype("float32") for part in parts])
    limit = discoveries.threshold(values.astype("float64"), percent)
    raster.map_blocks(
        lambda p: np.where(np.isnan(p), np.nan, np.where(p <= limit, 1, 2)),
        [p_path],
        raster.Output(
            outputs[0],
            "1",
            f"false discoveries at most {percent:g} %: {raster.tags_of(p_path)['long_name']}",
            ("class",),
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
    ]
    rows = [(*about, *row) for row in rows]
    tables.write(rows, outputs[1], COLUMNS, simulated="simulated" in raster.tags_of(p_path))


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        control_discoveries(
            p_path=snakemake.input.p,
            outputs=[snakemake.output.discoveries, snakemake.output.table],
            about=(snakemake.wildcards.variable, snakemake.wildcards.test),
            percent=snakemake.params.significance["false_discovery_percent"],
            level=snakemake.params.significance["p"],
            mem_mb=snakemake.resources.mem_mb,
        )
