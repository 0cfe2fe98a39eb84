"""Draw what the headline numbers are under each option of the study's choices.

Reads   specification (table: choice, option, chosen, quantity, value, unit), grid
Writes  figure (PNG, PDF)
"""

from nepflow._log import logged_to
from nepflow.figures import layout, specification
from nepflow.io import raster, tables

OPTIONS = ("quantities", "title", "width_mm", "letter")


def draw_specification(specification_path, grid_path, png_path, pdf_path, figure):
    """The numbers stand in the table; nothing is estimated here."""
    drawing = specification.specification_curve(
        tables.read(specification_path, specification.COLUMNS),
        simulated="simulated" in raster.tags_of(grid_path),
        **{name: figure[name] for name in OPTIONS if name in figure},
    )
    layout.write(drawing, png_path, pdf_path)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        draw_specification(
            specification_path=snakemake.input.specification,
            grid_path=snakemake.input.grid,
            png_path=snakemake.output.png,
            pdf_path=snakemake.output.pdf,
            figure=snakemake.params.figure,
        )
