"""List the stations that are suspect, with the reason, and those that the study excludes.

Reads   suspects of the records, defects of the station file, ranked residuals of each variable
Writes  suspects (station, variable, reason, value, reference, unit)
"""

from nepflow._log import logged_to
from nepflow.io import tables
from nepflow.stations import suspects


def list_suspects(records_path, defects_path, ranked_paths, table_path, limit, simulated):
    """``ranked_paths`` is a table by variable; ``limit`` of their rms, standard deviations."""
    rows = list(tables.read(records_path, suspects.SUSPECTS)[list(suspects.SUSPECTS)].to_numpy())
    for variable, path in ranked_paths.items():
        ranked = tables.read(path, ["station", "rms_standardised"])
        rows += suspects.of_fit(ranked, variable, limit)
    rows += suspects.excluded(tables.read(defects_path, ["station", "reason", "records"]))
    tables.write(rows, table_path, suspects.SUSPECTS, simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        list_suspects(
            records_path=snakemake.input.records,
            defects_path=snakemake.input.defects,
            ranked_paths=dict(zip(snakemake.params.variables, snakemake.input.ranked, strict=True)),
            table_path=snakemake.output.table,
            limit=snakemake.params.suspects["fit_rms"],
            simulated=snakemake.params.simulated,
        )
