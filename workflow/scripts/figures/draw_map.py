"""Draw a continuous layer of a study as a map, with lines and stipples where wanted.

Reads   layers (the field in its unit; contours and p values where wanted), grid (1 = inside),
        outlines (GeoPackage in the CRS of the grid)
Writes  figure (PNG, PDF)
"""

from nepflow._log import logged_to
from nepflow.figures import layout
from nepflow.figures.layout import panel_sheet
from nepflow.figures.panels import PanelFiles
from nepflow.io import vectors

OPTIONS = ("title", "width_mm", "letter")


def draw_map(layers, grid_path, outlines_path, png_path, pdf_path, figure, marks=None):
    """``layers`` is {name: path}; options that are not given are those of `maps.MapPanel`."""
    files = PanelFiles(grid_path, vectors.read(outlines_path), layers, marks=marks)
    options = {name: figure[name] for name in OPTIONS if name in figure}
    drawing = panel_sheet(files.panel(figure | {"kind": "map"}), **options)
    layout.write(drawing, png_path, pdf_path)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        draw_map(
            layers=dict(zip(snakemake.params.layers, snakemake.input.layers, strict=True)),
            grid_path=snakemake.input.grid,
            outlines_path=snakemake.input.outlines,
            png_path=snakemake.output.png,
            pdf_path=snakemake.output.pdf,
            figure=snakemake.params.figure,
            marks=snakemake.params.marks,
        )
