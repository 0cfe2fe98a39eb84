"""Write the page over all studies.

Reads   cards (JSON, one a study), template
Writes  index (HTML)
"""

import json
from pathlib import Path

from nepflow._log import logged_to
from nepflow.io.atomic import replacing
from nepflow.report import page as report_page


def write_index(card_paths, template_path, index_path):
    """The cards stand in the order in which the studies are listed."""
    cards = [json.loads(Path(path).read_text(encoding="utf-8")) for path in card_paths]
    page = report_page.render(template_path, {"cards": cards})
    with replacing(index_path) as path:
        path.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        write_index(
            card_paths=snakemake.input.cards,
            template_path=snakemake.input.template,
            index_path=snakemake.output.index,
        )
