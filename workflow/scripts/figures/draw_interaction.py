"""Draw what pairs of factors of a detector explain.

Reads   interactions (tidy table), grid (says whether the inputs are simulated)
Writes  figure (PNG, PDF)
"""

from nepflow._log import logged_to
from nepflow.detector import results
from nepflow.figures import detector, layout
from nepflow.io import raster, tables

OPTIONS = ("title", "width_mm", "letter")


def draw_interaction(table_path, grid_path, png_path, pdf_path, figure):
    """The numbers stand in the table; nothing is estimated here."""
    drawing = detector.interaction_map(
        tables.read(table_path, results.COLUMNS["interactions"]),
        simulated="simulated" in raster.tags_of(grid_path),
        **{name: figure[name] for name in OPTIONS if name in figure},
    )
    layout.write(drawing, png_path, pdf_path)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        draw_interaction(
            table_path=snakemake.input.table,
            grid_path=snakemake.input.grid,
            png_path=snakemake.output.png,
            pdf_path=snakemake.output.pdf,
            figure=snakemake.params.figure,
        )
