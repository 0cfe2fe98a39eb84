"""Draw a figure of any kind.

Reads   what the kind of the figure wants (nepflow/study/figures.py: KINDS)
Writes  figure (PNG, PDF)
"""

import importlib

from nepflow._log import logged_to
from nepflow.figures import layout


def draw_figure(drawing, files, entry, options, png_path, pdf_path):
    """``drawing`` is module.function of nepflow.figures: named, so that no other kind is loaded."""
    module, function = drawing.split(".")
    draw = getattr(importlib.import_module(f"nepflow.figures.{module}"), function)
    layout.write(draw(files, entry, **options), png_path, pdf_path)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        draw_figure(
            drawing=snakemake.params.drawing,
            files=dict(snakemake.input.items()),
            entry=snakemake.params.figure,
            options=snakemake.params.options,
            png_path=snakemake.output.png,
            pdf_path=snakemake.output.pdf,
        )
