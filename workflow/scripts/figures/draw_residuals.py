"""Draw the leave-one-out residuals of a variable: scatter and map.

Reads   residuals (parquet, in the variable's monthly unit), grid (1 = inside), outlines
Writes  figure (PNG, PDF)
"""

import pandas as pd
from nepflow import labels
from nepflow._log import logged_to
from nepflow.figures import layout, residuals
from nepflow.io import raster, vectors
from nepflow.study.variables import VARIABLES

OPTIONS = ("title", "limits", "width_mm", "letter")


def draw_residuals(residuals_path, grid_path, outlines_path, png_path, pdf_path, figure):
    """Nothing is fitted here."""
    name = figure["quantity"]
    drawing = residuals.residual_figure(
        pd.read_parquet(residuals_path),
        raster.layer(grid_path),
        vectors.read(outlines_path),
        labels.variable_name(name),
        VARIABLES[name].monthly_unit,
        **{option: figure[option] for option in OPTIONS if option in figure},
    )
    layout.write(drawing, png_path, pdf_path)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        draw_residuals(
            residuals_path=snakemake.input.residuals,
            grid_path=snakemake.input.grid,
            outlines_path=snakemake.input.outlines,
            png_path=snakemake.output.png,
            pdf_path=snakemake.output.pdf,
            figure=snakemake.params.figure,
        )
