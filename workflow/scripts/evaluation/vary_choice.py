"""Compute the headline numbers under every option of one choice of the study.

Reads   the layers that the choice affects: NPP, Rh of every reading, NEP (g C m-2 yr-1), QC (%),
        cv, slope, mean NEP, land cover by several keys
Writes  table: option, whether it is the study's, quantity, value, unit, of what compares a driver
        what both were made of
"""

from nepflow._log import logged_to
from nepflow.evaluation import specification
from nepflow.evaluation.specification import CHOICES
from nepflow.io import tables


def vary_choice(layers, choice, options, output_path, study, mem_mb):
    """Options of one choice; all others are as in the study."""
    rows = CHOICES[choice](layers, options, study, mem_mb)
    tables.write(
        ((choice, *row, *[""] * (len(specification.COLUMNS) - 1 - len(row))) for row in rows),
        output_path,
        specification.COLUMNS,
        simulated=study["simulated"],
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        as_list = lambda files: [files] if isinstance(files, str) else list(files)  # noqa: E731
        names = [name for name in snakemake.input.keys() if name != "code"]  # noqa: SIM118
        vary_choice(
            layers={name: as_list(snakemake.input[name]) for name in names},
            choice=snakemake.wildcards.choice,
            options=snakemake.params.options,
            output_path=snakemake.output.table,
            study=snakemake.params.study,
            mem_mb=snakemake.resources.mem_mb,
        )
