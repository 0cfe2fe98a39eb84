"""Draw the study area: terrain, zones, weather stations, place on the globe.

Reads   dem (m), grid (1 = inside), outlines, all stations, monthly values of the stations used
Writes  figure (PNG, PDF)
"""

from nepflow._log import logged_to
from nepflow.figures import layout, study_area
from nepflow.io import raster, tables, vectors

OPTIONS = ("title", "limits", "width_mm", "letter")
SITE = ["station", "lon", "lat"]


def draw_study_area(
    dem_path, grid_path, outlines_path, stations_path, monthly_path, png_path, pdf_path, figure
):
    """A station is used if at least one of its months is; climate from grids has none."""
    sites, used = tables.empty(SITE), set()
    if stations_path:
        sites = tables.read(stations_path, SITE)[SITE].dropna().drop_duplicates("station")
        used = set(tables.read(monthly_path, ["station"])["station"].astype(str))
    drawing = study_area.study_area_map(
        raster.layer(dem_path),
        raster.layer(grid_path),
        vectors.read(outlines_path),
        sites.assign(used=[str(name) in used for name in sites["station"]]),
        **{name: figure[name] for name in OPTIONS if name in figure},
    )
    layout.write(drawing, png_path, pdf_path)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        draw_study_area(
            dem_path=snakemake.input.dem,
            grid_path=snakemake.input.grid,
            outlines_path=snakemake.input.outlines,
            stations_path=snakemake.input.stations,
            monthly_path=snakemake.input.monthly,
            png_path=snakemake.output.png,
            pdf_path=snakemake.output.pdf,
            figure=snakemake.params.figure,
        )
