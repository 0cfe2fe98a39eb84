"""Draw what each transition of land use adds to the change of a total.

Reads   effects (tidy table), grid (says whether the inputs are simulated)
Writes  figure (PNG, PDF)
"""

from nepflow._log import logged_to
from nepflow.figures import land_use, layout
from nepflow.io import raster, tables
from nepflow.landcover import land_use_effect

OPTIONS = ("title", "width_mm", "letter")


def draw_land_use(table_path, grid_path, png_path, pdf_path, figure):
    """The numbers stand in the table; nothing is estimated here."""
    drawing = land_use.effect_matrix(
        tables.read(table_path, land_use_effect.COLUMNS),
        simulated="simulated" in raster.tags_of(grid_path),
        **{name: figure[name] for name in OPTIONS if name in figure},
    )
    layout.write(drawing, png_path, pdf_path)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        draw_land_use(
            table_path=snakemake.input.table,
            grid_path=snakemake.input.grid,
            png_path=snakemake.output.png,
            pdf_path=snakemake.output.pdf,
            figure=snakemake.params.figure,
        )
