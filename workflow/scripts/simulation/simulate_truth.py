"""Evaluate the truth of the simulation on the grid of a study.

Reads   the embedded geography of a region, the study's grid (1 inside the area)
Writes  cubes, one band a year: temperature (degC), precipitation (mm yr-1), radiation
        (MJ m-2 yr-1), npp, rh, nep (g C m-2 yr-1), landcover (IGBP codes),
        landcover_effect (g C m-2 yr-1); nep_trend (g C m-2 yr-2); collection_006_ratio (1)
"""

from pathlib import Path

from nepflow._log import logged_to
from nepflow.simulation.truth import write_truth
from nepflow.simulation.world import World


def simulate_truth(region_folder, grid_path, folder, period, seed):
    """Write all true rasters into one folder."""
    years = list(range(period[0], period[1] + 1))
    write_truth(folder, grid_path, World(region_folder, seed), years)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        simulate_truth(
            region_folder=Path(snakemake.input.geography[0]).parent,
            grid_path=snakemake.input.grid,
            folder=Path(snakemake.output.nep).parent,
            period=snakemake.params.period,
            seed=snakemake.params.seed,
        )
