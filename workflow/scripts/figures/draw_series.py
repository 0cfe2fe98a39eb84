"""Draw the annual series of a quantity over the area and its zones.

Reads   series and trends (tidy tables), grid (says whether the inputs are simulated)
Writes  figure (PNG, PDF)
"""

from nepflow._log import logged_to
from nepflow.figures import layout, series
from nepflow.io import raster, tables

OPTIONS = ("title", "limits", "label", "width_mm", "letter")


def draw_series(series_path, trends_path, grid_path, png_path, pdf_path, figure):
    """Slopes and p stand in the table of trends; nothing is estimated here."""
    drawing = series.annual_series(
        tables.read(series_path),
        figure["quantity"],
        figure["zones"],
        tables.read(trends_path),
        simulated="simulated" in raster.tags_of(grid_path),
        **{name: figure[name] for name in OPTIONS if name in figure},
    )
    layout.write(drawing, png_path, pdf_path)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        draw_series(
            series_path=snakemake.input.series,
            trends_path=snakemake.input.trends,
            grid_path=snakemake.input.grid,
            png_path=snakemake.output.png,
            pdf_path=snakemake.output.pdf,
            figure=snakemake.params.figure,
        )
