"""Evaluate what climate and people truly add to the trends of a managed simulation.

Reads   the embedded geography of a region, the study's grid (1 inside the area)
Writes  trends of the climate and the human part of NPP and NEP (g C m-2 yr-2); table of their
        means, the human share (%) and the area where the human part is the larger one (%)
"""

from pathlib import Path

from nepflow._log import logged_to
from nepflow.simulation.truth import write_parts
from nepflow.simulation.world import World


def simulate_parts(region_folder, grid_path, folder, table_path, period, seed):
    """Write the rasters into one folder, and the table."""
    years = list(range(period[0], period[1] + 1))
    write_parts(folder, table_path, grid_path, World(region_folder, seed), years)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        simulate_parts(
            region_folder=Path(snakemake.input.geography[0]).parent,
            grid_path=snakemake.input.grid,
            folder=Path(snakemake.output.npp_climate).parent,
            table_path=snakemake.output.table,
            period=snakemake.params.period,
            seed=snakemake.params.seed,
        )
