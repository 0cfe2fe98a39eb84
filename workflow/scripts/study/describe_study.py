"""Write the settings of a study, its explicit choices, and the drivers built into its variables.

Reads   the merged settings (parameters)
Writes  study (YAML), choices (table: topic, choice),
        shared_inputs (table: dependent, driver, shared_inputs, through, explanation)
"""

from nepflow._log import logged_to
from nepflow.io import tables
from nepflow.io.atomic import replacing
from nepflow.report import notes
from nepflow.study import circularity, layers, settings_file


def describe_study(study, study_path, choices_path, built_in_path):
    """One row a choice that a reader could have made otherwise, or a variable and driver."""
    rows = notes.choices(study)
    tables.write(rows, choices_path, ["topic", "choice"], simulated=study["simulated"])
    rows = list(circularity.rows(study)) if layers.has_npp(study) else []
    tables.write(rows, built_in_path, circularity.COLUMNS, simulated=study["simulated"])
    kept = {key: value for key, value in study.items() if key != "results"}
    with replacing(study_path) as path, open(path, "w", encoding="utf-8") as file:
        settings_file.dump(kept, file)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        describe_study(
            study=snakemake.params.study,
            study_path=snakemake.output.study,
            choices_path=snakemake.output.choices,
            built_in_path=snakemake.output.shared_inputs,
        )
