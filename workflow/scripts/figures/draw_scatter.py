"""Draw modelled against observed values of plots or sites.

Reads   pairs (CSV), grid (says whether the inputs are simulated)
Writes  figure (PNG, PDF)
"""

from nepflow._log import logged_to
from nepflow.figures import field_scatter, layout
from nepflow.io import raster, tables

OPTIONS = ("quantity", "title", "width_mm", "letter")
COLUMNS = ("quantity", "model", "group", "observed", "modelled", "unit")


def draw_scatter(pairs_path, grid_path, png_path, pdf_path, figure):
    """Nothing is modelled here."""
    drawing = field_scatter.scatter_panels(
        tables.read(pairs_path, COLUMNS),
        simulated="simulated" in raster.tags_of(grid_path),
        **{name: figure[name] for name in OPTIONS if name in figure},
    )
    layout.write(drawing, png_path, pdf_path)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        draw_scatter(
            pairs_path=snakemake.input.pairs,
            grid_path=snakemake.input.grid,
            png_path=snakemake.output.png,
            pdf_path=snakemake.output.pdf,
            figure=snakemake.params.figure,
        )
