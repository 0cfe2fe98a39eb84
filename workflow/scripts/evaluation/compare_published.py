"""Compare the published numbers of a study with ours, and with one another.

Reads   numbers (table)
Writes  published (ours, theirs, verdict), consistency (checks of the published numbers)
"""

from nepflow._log import logged_to
from nepflow.evaluation import published as evaluation_published
from nepflow.evaluation.numbers import COLUMNS
from nepflow.io import tables


def compare_published(numbers_path, outputs, published, checks, period, simulated):
    """A number that a failed check names is called contradicted, whatever ours is."""
    table = tables.read(numbers_path, COLUMNS)
    numbers, shared_inputs = {}, {}
    for row in table.itertuples():
        key = row.quantity, row.region_or_class, str(row.period)
        numbers[key] = row.value, row.unit
        shared_inputs[key] = row.shared_inputs if isinstance(row.shared_inputs, str) else ""
    rows, contradicted = [], set()
    for row, blamed in evaluation_published.check(checks, published):
        rows.append(row)
        contradicted |= blamed
    rows += evaluation_published.check_units(published)
    compared = evaluation_published.compare(
        published, numbers, contradicted, period, simulated, shared_inputs
    )
    tables.write(
        compared, outputs["published"], evaluation_published.PUBLISHED, simulated=simulated
    )
    tables.write(
        rows, outputs["consistency"], evaluation_published.CONSISTENCY, simulated=simulated
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        years = snakemake.params.years
        compare_published(
            numbers_path=snakemake.input.numbers,
            outputs=dict(snakemake.output.items()),
            published=snakemake.params.published,
            checks=snakemake.params.consistency,
            period=f"{years[0]}-{years[-1]}",
            simulated=snakemake.params.simulated,
        )
