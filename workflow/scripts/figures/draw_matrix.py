"""Draw the transition matrix of land cover as a heat table.

Reads   transitions (tidy table), grid (says whether the inputs are simulated)
Writes  figure (PNG, PDF)
"""

from nepflow._log import logged_to
from nepflow.figures import layout, transition_matrix
from nepflow.io import raster, tables
from nepflow.landcover import transitions

OPTIONS = ("title", "width_mm", "letter")


def draw_matrix(transitions_path, grid_path, png_path, pdf_path, figure, substitutes):
    """The pair of dates is the figure's ``dates``, or the last of the table."""
    dates = figure.get("dates")
    drawing = transition_matrix.heat_table(
        tables.read(transitions_path, transitions.COLUMNS),
        "-".join(map(str, dates)) if dates else None,
        date_names={date: f"{date} (map of {year})" for date, year in substitutes.items()},
        simulated="simulated" in raster.tags_of(grid_path),
        **{name: figure[name] for name in OPTIONS if name in figure},
    )
    layout.write(drawing, png_path, pdf_path)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        draw_matrix(
            transitions_path=snakemake.input.transitions,
            grid_path=snakemake.input.grid,
            png_path=snakemake.output.png,
            pdf_path=snakemake.output.pdf,
            figure=snakemake.params.figure,
            substitutes=snakemake.params.substitutes,
        )
