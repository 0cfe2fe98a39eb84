"""Write which climate drivers entered the variables that they are compared with.

Reads   the merged settings (parameters)
Writes  built_in (table: dependent, driver, built_in, through, explanation)
"""

from nepflow._log import logged_to
from nepflow.io import tables
from nepflow.study import circularity


def describe_dependence(study, output_path):
    """One row a variable and driver."""
    rows = list(circularity.rows(study))
    tables.write(rows, output_path, circularity.COLUMNS, simulated=study["simulated"])


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        describe_dependence(study=snakemake.params.study, output_path=snakemake.output.table)
