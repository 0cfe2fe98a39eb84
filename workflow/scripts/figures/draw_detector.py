"""Draw what each factor of a detector explains.

Reads   factors (tidy table), grid (says whether the inputs are simulated)
Writes  figure (PNG, PDF)
"""

from nepflow._log import logged_to
from nepflow.detector import results
from nepflow.figures import detector, layout
from nepflow.io import raster, tables

OPTIONS = ("title", "width_mm", "letter")


def draw_detector(table_path, grid_path, png_path, pdf_path, figure, level):
    """The numbers stand in the table; nothing is estimated here."""
    drawing = detector.q_bars(
        tables.read(table_path, results.COLUMNS["factors"]),
        level,
        simulated="simulated" in raster.tags_of(grid_path),
        **{name: figure[name] for name in OPTIONS if name in figure},
    )
    layout.write(drawing, png_path, pdf_path)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        draw_detector(
            table_path=snakemake.input.table,
            grid_path=snakemake.input.grid,
            png_path=snakemake.output.png,
            pdf_path=snakemake.output.pdf,
            figure=snakemake.params.figure,
            level=snakemake.params.level,
        )
