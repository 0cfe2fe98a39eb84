"""Draw a continuous layer of a study as a map.

Reads   layer (in its unit), grid (1 = inside), outlines (GeoPackage in the CRS of the grid)
Writes  figure (PNG, PDF)
"""

from nepflow import maps, overviews, plates, vectors
from nepflow._log import logged_to

OPTIONS = ("title", "limits", "palette", "label", "width_mm", "letter")


def draw_map(layer_path, grid_path, outlines_path, png_path, pdf_path, figure):
    """Options of the figure that are not given are those of the drawing function."""
    drawing = maps.continuous_map(
        overviews.layer(layer_path),
        overviews.layer(grid_path),
        vectors.read(outlines_path),
        **{name: figure[name] for name in OPTIONS if name in figure},
    )
    plates.write(drawing, png_path, pdf_path)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        draw_map(
            layer_path=snakemake.input.layer,
            grid_path=snakemake.input.grid,
            outlines_path=snakemake.input.outlines,
            png_path=snakemake.output.png,
            pdf_path=snakemake.output.pdf,
            figure=snakemake.params.figure,
        )
