"""Read every raw input that is no tile as the workflow will, and say what was understood.

Reads   area, elevation, station records, and each file that the study names
Writes  checked_inputs (input, understood, warning)
"""

from nepflow._log import logged_to
from nepflow.inputs import user_files
from nepflow.io import tables

COLUMNS = ["input", "understood", "warning"]


def check_inputs(study, top, output_path):
    """All faults at once, each with its remedy, while nothing has been computed."""
    found = list(user_files.content_findings(study, top))
    user_files.refuse_faults(found)
    rows = [(own.check, own.text, " ".join(own.warnings)) for own in found]
    tables.write(rows, output_path, COLUMNS, simulated=study["simulated"])


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        check_inputs(
            study=snakemake.params.study,
            top=".",
            output_path=snakemake.output.checked,
        )
