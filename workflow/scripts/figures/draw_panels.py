"""Draw several maps, class maps and series in one figure.

Reads   layers (rasters of the panels, with lines and p values), series and trends (tidy
        tables by zones), grid (1 = inside), outlines
Writes  figure (PNG, PDF)
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.figures import layout, panels
from nepflow.figures.panels import PanelFiles, chance_of
from nepflow.io import vectors

OPTIONS = ("columns", "title", "width_mm")


def draw_panels(
    layers, tables, grid_path, outlines_path, png_path, pdf_path, figure, marks, chance_paths=()
):
    """``layers`` is {name: path}, ``tables`` {zones: (series, trends)}, ``marks`` {layer: text}."""
    outlines, chance = vectors.read(outlines_path), chance_of(chance_paths)
    files = PanelFiles(grid_path, outlines, layers, tables, marks, chance)
    drawing = panels.panel_figure(
        [files.panel(entry) for entry in figure["panels"]],
        [entry.get("title") for entry in figure["panels"]],
        **{name: figure[name] for name in OPTIONS if name in figure},
    )
    layout.write(drawing, png_path, pdf_path)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        series = zip(snakemake.input.series, snakemake.input.trends, strict=True)
        draw_panels(
            layers=dict(zip(snakemake.params.layers, snakemake.input.layers, strict=True)),
            tables=dict(zip(snakemake.params.zones, series, strict=True)),
            grid_path=snakemake.input.grid,
            outlines_path=snakemake.input.outlines,
            png_path=snakemake.output.png,
            pdf_path=snakemake.output.pdf,
            figure=snakemake.params.figure,
            marks=snakemake.params.marks,
            chance_paths=np.atleast_1d(snakemake.input.persistence).tolist(),
        )
