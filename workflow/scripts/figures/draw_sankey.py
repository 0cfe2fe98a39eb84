"""Draw what went from land-cover class to class between dates.

Reads   transitions (tidy table), grid (says whether the inputs are simulated)
Writes  figure (PNG, PDF)
"""

from nepflow._log import logged_to
from nepflow.figures import layout, sankey
from nepflow.io import raster, tables
from nepflow.landcover import transitions

OPTIONS = ("title", "width_mm", "letter")


def draw_sankey(transitions_path, grid_path, png_path, pdf_path, figure, classes, substitutes):
    """``substitutes`` is {date: year of the map that stands in}; the bar says so."""
    drawing = sankey.sankey(
        tables.read(transitions_path, transitions.COLUMNS),
        {entry["name"]: entry["colour"] for entry in classes},
        date_names={date: f"{date} (map of {year})" for date, year in substitutes.items()},
        simulated="simulated" in raster.tags_of(grid_path),
        **{name: figure[name] for name in OPTIONS if name in figure},
    )
    layout.write(drawing, png_path, pdf_path)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        draw_sankey(
            transitions_path=snakemake.input.transitions,
            grid_path=snakemake.input.grid,
            png_path=snakemake.output.png,
            pdf_path=snakemake.output.pdf,
            figure=snakemake.params.figure,
            classes=snakemake.params.classes,
            substitutes=snakemake.params.substitutes,
        )
