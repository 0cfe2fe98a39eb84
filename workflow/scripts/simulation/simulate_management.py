"""Simulate restoration projects, soil carbon and field plots of a managed region.

Reads   the embedded geography of a region
Writes  projects (GeoPackage: project, measure, start_year), soil carbon of 0-20 cm (kg C m-2),
        plots (CSV in the layout of SRDB), truth (CSV: effects of each project, g C m-2 yr-1)
"""

from pathlib import Path

from nepflow._log import logged_to
from nepflow.simulation import raw_files as files
from nepflow.simulation.world import World


def simulate_management(
    region_folder, projects_path, carbon_path, plots_path, truth_path, period, seed
):
    """Write all four files."""
    world = World(region_folder, seed)
    files.write_projects(projects_path, world.productivity.projects)
    files.write_truth_of_projects(truth_path, world.productivity.projects, period[1])
    files.write_carbon(carbon_path, world)
    files.write_plots(plots_path, world)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        simulate_management(
            region_folder=Path(snakemake.input.geography[0]).parent,
            projects_path=snakemake.output.projects,
            carbon_path=snakemake.output.carbon,
            plots_path=snakemake.output.plots,
            truth_path=snakemake.output.truth,
            period=snakemake.params.period,
            seed=snakemake.params.seed,
        )
