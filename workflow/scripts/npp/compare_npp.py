"""Compare the NPP of a study with that of another source, on the study grid.

Reads   npp of both (g C m-2 yr-1, one file a year)
Writes  own, other, difference (own minus other): means of the years that both have;
        table: means, difference, spread and agreement, a year and all together
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.evaluation import agreement
from nepflow.io import raster, tables

COLUMNS = ("year", "quantity", "value", "unit")
NAMES = {"casa": "NPP by light use", "mod17": "NPP of MOD17A3HGF", "rasters": "NPP of rasters"}
UNIT = "g C m-2 yr-1"


def compare_npp(own_paths, other_paths, outputs, years, sources, mem_mb, simulated):
    """Only cells and years that both have count."""
    sums = np.zeros((6, len(years)))

    def on_block(own, other):
        both = np.isfinite(own) & np.isfinite(other)
        sums[:] += agreement.moments(own, other)
        count = both.sum(axis=0)
        means = [
            np.where(count > 0, np.where(both, part, 0).sum(axis=0) / np.maximum(count, 1), np.nan)
            for part in (own, other)
        ]
        return (*means, means[0] - means[1])

    own, other = (NAMES[source] for source in sources)
    names = {"own": own, "other": other, "difference": f"{own} minus {other}"}
    raster.map_blocks(
        on_block,
        [list(own_paths), list(other_paths)],
        [raster.Output(outputs[key], UNIT, name, ("mean",)) for key, name in names.items()],
        mem_mb=mem_mb,
        label="comparison of NPP",
    )
    rows = []
    for year, part in [*zip(years, sums.T, strict=True), ("all", sums.sum(axis=1))]:
        rows += [(year, *row) for row in agreement.rows(part, UNIT)]
    tables.write(rows, outputs["table"], COLUMNS, simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        compare_npp(
            own_paths=list(snakemake.input.own),
            other_paths=list(snakemake.input.other),
            outputs=dict(snakemake.output.items()),
            years=snakemake.params.years,
            sources=snakemake.params.sources,
            mem_mb=snakemake.resources.mem_mb,
            simulated=snakemake.params.simulated,
        )
