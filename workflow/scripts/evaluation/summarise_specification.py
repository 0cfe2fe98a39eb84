"""Gather what other choices give.

Reads   tables of the options of each choice
Writes  table: choice, option, whether it is the study's, quantity, value, unit
"""

import itertools

from nepflow._log import logged_to
from nepflow.evaluation import specification
from nepflow.io import tables


def summarise_specification(paths, output_path, simulated):
    """One choice after another, as they stand in the study."""
    parts = [tables.read(path, specification.COLUMNS) for path in paths]
    rows = (part[list(specification.COLUMNS)].itertuples(index=False) for part in parts)
    rows = itertools.chain.from_iterable(rows)
    tables.write(rows, output_path, specification.COLUMNS, simulated=simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        summarise_specification(
            paths=list(snakemake.input.choices),
            output_path=snakemake.output.table,
            simulated=snakemake.params.simulated,
        )
