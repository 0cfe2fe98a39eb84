"""Write the report of a study: one page that holds its pictures and tables.

Reads   figures (PNG), tables (CSV), template, settings of the study
Writes  report (HTML), card (JSON: what the page over all studies shows)
"""

import json
from pathlib import Path

from nepflow._log import logged_to
from nepflow.io import tables
from nepflow.io.atomic import replacing
from nepflow.report import page as report_page


def write_report(figure_paths, table_paths, template_path, report_path, card_path, study):
    """Figures and tables are found by their names; the page links to their files beside it."""
    values = report_page.context(
        study,
        figures={Path(path).stem: Path(path).read_bytes() for path in figure_paths},
        tables={Path(path).stem: tables.read(path, columns=[]) for path in table_paths},
    )
    page = report_page.render(template_path, values)
    with replacing(report_path) as path:
        path.write_text(page, encoding="utf-8")
    folder = Path(report_path).parent.name
    with replacing(card_path) as path:
        card = report_page.card(values, page=f"{folder}/{Path(report_path).name}")
        path.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        write_report(
            figure_paths=snakemake.input.figures,
            table_paths=snakemake.input.tables,
            template_path=snakemake.input.template,
            report_path=snakemake.output.report,
            card_path=snakemake.output.card,
            study=snakemake.params.study,
        )
