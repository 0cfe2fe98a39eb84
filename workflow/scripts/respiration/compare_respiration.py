"""Compare the time steps of the respiration equation: mean NEP, total, source and sink area.

Reads   npp where NEP exists and respiration (a cube; one a variant), g C m-2 yr-1
Writes  table: one row a variant and quantity
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.respiration import annual as respiration_annual
from nepflow.zones import sums

COLUMNS = ["variant", "chosen", "quantity", "value", "unit"]


def compare_respiration(
    npp_path, respiration_paths, grid_path, output_path, chosen, min_years, mem_mb, simulated
):
    """The mean is that of the annual means; a source is a pixel with a negative mean NEP."""
    cell_km2 = raster.grid_of(grid_path).cell_area_m2 / 1e6
    layers, paths = 2 * raster.band_count(npp_path), list(respiration_paths.values())
    of_years, of_sources = np.zeros((len(paths), 3, layers, 2)), np.zeros((len(paths), 3, 1, 2))
    inputs = [grid_path, npp_path, *paths]
    for _, _, (inside, npp, *each) in raster.blocks(inputs, mem_mb=mem_mb, label="variants"):
        for rh, annual, source in zip(each, of_years, of_sources, strict=True):
            nep = npp - rh
            sums.add_to_zones(nep, inside, annual[:, : len(nep)])
            sums.add_to_zones(np.where(np.isnan(nep), np.nan, rh), inside, annual[:, len(nep) :])
            sums.add_to_zones(respiration_annual.is_source(nep, min_years), inside, source)
    rows = []
    for variant, (annual, cells, _), (source, pixels, _) in zip(
        respiration_paths, of_years, of_sources, strict=True
    ):
        nep, rh, total = respiration_annual.means_of_years(annual[:, 1], cells[:, 1])
        share = 100 * source[0, 1] / pixels[0, 1] if pixels[0, 1] else np.nan
        rows += [
            (variant, variant == chosen, *row)
            for row in (
                ("nep_mean", nep, "g C m-2 yr-1"),
                ("nep_total", total * cell_km2 * 1e-6, "Tg C yr-1"),
                ("rh_mean", rh, "g C m-2 yr-1"),
                ("source_share", share, "% of valid area"),
                ("sink_share", 100 - share, "% of valid area"),
                ("valid_area", pixels[0, 1] * cell_km2, "km2"),
            )
        ]
    tables.write(rows, output_path, COLUMNS, simulated=simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        compare_respiration(
            npp_path=snakemake.input.npp,
            respiration_paths=dict(
                zip(snakemake.params.variants, snakemake.input.respiration, strict=True)
            ),
            grid_path=snakemake.input.grid,
            output_path=snakemake.output.table,
            chosen=snakemake.params.chosen,
            min_years=snakemake.params.min_years,
            mem_mb=snakemake.resources.mem_mb,
            simulated=snakemake.params.simulated,
        )
