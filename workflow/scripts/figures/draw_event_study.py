"""Draw effects of restoration by year since the start.

Reads   effects by year and by measure (tidy tables), grid (says whether the inputs are simulated)
Writes  figure (PNG, PDF)
"""

from nepflow._log import logged_to
from nepflow.figures import event_study, layout
from nepflow.io import raster, tables
from nepflow.restoration import results

OPTIONS = ("title", "width_mm", "letter")


def draw_event_study(events_path, effects_path, grid_path, png_path, pdf_path, figure, base_years):
    """Nothing is estimated here."""
    events = tables.read(events_path, results.EVENTS)
    drawing = event_study.event_panels(
        events.astype({"start_year": str}),
        tables.read(effects_path, results.COLUMNS),
        base_years,
        simulated="simulated" in raster.tags_of(grid_path),
        **{name: figure[name] for name in OPTIONS if name in figure},
    )
    layout.write(drawing, png_path, pdf_path)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        draw_event_study(
            events_path=snakemake.input.events,
            effects_path=snakemake.input.effects,
            grid_path=snakemake.input.grid,
            png_path=snakemake.output.png,
            pdf_path=snakemake.output.pdf,
            figure=snakemake.params.figure,
            base_years=snakemake.params.base_years,
        )
