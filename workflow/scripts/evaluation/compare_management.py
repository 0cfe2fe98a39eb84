"""Compare the planted trends and effects of a managed simulation with those that the study finds.

Reads   tables of attribution and restoration, number and cells of the projects, both truths
Writes  table: of, quantity, statistic (true, found, low, high), value, unit
"""

import functools

from nepflow._log import logged_to
from nepflow.evaluation import recovery
from nepflow.io import tables


def compare_management(
    attribution_path,
    effects_path,
    projects_path,
    true_attribution_path,
    true_effects_path,
    output_path,
    settings,
    first_year,
):
    """Effects count for projects that have years enough before them to be compared."""
    first_start = first_year + settings["base_years"] + settings["match_years"]
    read = functools.partial(tables.read, columns=[])
    rows = recovery.trend_rows(read(attribution_path), read(true_attribution_path))
    rows += recovery.effect_rows(
        read(effects_path), read(true_effects_path), read(projects_path), first_start
    )
    tables.write(rows, output_path, recovery.COLUMNS, simulated=True)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        files, params = snakemake.input, snakemake.params
        compare_management(
            attribution_path=files.attribution,
            effects_path=files.effects,
            projects_path=files.projects,
            true_attribution_path=files.true_attribution,
            true_effects_path=files.true_effects,
            output_path=snakemake.output.table,
            settings=params.restoration,
            first_year=params.first_year,
        )
