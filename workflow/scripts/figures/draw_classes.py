"""Draw a class layer of a study as a map with the share of each class.

Reads   layer (class codes, names and colours in its tags), grid (1 = inside), outlines
Writes  figure (PNG, PDF)
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.figures import class_map, layout
from nepflow.figures.panels import chance_of
from nepflow.io import raster, vectors

OPTIONS = ("title", "palette", "label", "width_mm", "letter")


def draw_classes(
    layer_path, grid_path, outlines_path, png_path, pdf_path, figure, mark=None, chance_paths=()
):
    """The shares count every cell; the picture may show fewer."""
    drawing = class_map.class_map(
        raster.layer(layer_path),
        raster.layer(grid_path),
        vectors.read(outlines_path),
        class_map.class_counts(raster.read(layer_path), raster.read(grid_path)),
        mark=mark,
        chance=chance_of(chance_paths).get(figure.get("layer")),
        **{name: figure[name] for name in OPTIONS if name in figure},
    )
    layout.write(drawing, png_path, pdf_path)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        draw_classes(
            layer_path=snakemake.input.layer,
            grid_path=snakemake.input.grid,
            outlines_path=snakemake.input.outlines,
            png_path=snakemake.output.png,
            pdf_path=snakemake.output.pdf,
            figure=snakemake.params.figure,
            mark=snakemake.params.marks.get(snakemake.params.figure["layer"]),
            chance_paths=np.atleast_1d(snakemake.input.persistence).tolist(),
        )
