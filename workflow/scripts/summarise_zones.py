"""Summarise annual quantities over the zones of a study.

Reads   cubes of NEP, NPP, Rh (g C m-2 yr-1) and climate, the grid, class rasters of the zones
Writes  series (mean, total, area, valid share a year and zone), trends of the zones' means
"""

from nepflow import raster, tables
from nepflow._log import logged_to
from nepflow.zone_rows import FLUXES, total_rows, trend_rows, year_rows
from nepflow.zone_sums import zone_sums


def summarise_zones(
    layers, zones, zones_name, grid_path, years, outputs, minimum_years, autocorrelation, mem_mb
):
    """The region is the zone ``all``; a zone's mean is over its valid cells."""
    cell_km2 = raster.grid_of(grid_path).cell_area_m2 / 1e6
    series, trends = [], []
    for quantity, paths in layers.items():
        unit = raster.tags_of(paths[0])["unit"]
        stack = paths if len(paths) > 1 else paths[0]
        for kind, codes in (("region", grid_path), (zones_name, zones)):
            total, cells, size = zone_sums(stack, codes, mem_mb, f"{quantity} by {kind}")
            named = raster.classes_of(codes if isinstance(codes, str) else codes[0])
            for code, name in named.items():
                name = "all" if kind == "region" else name
                of_zone = total[:, code], cells[:, code], size[:, code]
                series += year_rows((kind, name), quantity, unit, years, of_zone, cell_km2)
                about = (kind, name), quantity, unit, years, of_zone, minimum_years
                trends += trend_rows(*about, autocorrelation)
                if quantity in FLUXES:
                    about = (kind, name), quantity, years, of_zone, cell_km2, minimum_years
                    trends += total_rows(*about, autocorrelation)
    simulated = "simulated" in raster.tags_of(grid_path)
    tables.write(series, outputs[0], simulated=simulated)
    tables.write(trends, outputs[1], simulated=simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        as_list = lambda files: [files] if isinstance(files, str) else list(files)  # noqa: E731
        quantities = ("nep", "npp", "rh", *snakemake.params.climate)
        zones = as_list(snakemake.input.zones)
        summarise_zones(
            layers={name: as_list(snakemake.input[name]) for name in quantities},
            zones=zones if len(zones) > 1 else zones[0],
            zones_name=snakemake.wildcards.zones,
            grid_path=snakemake.input.grid,
            years=snakemake.params.years,
            outputs=[snakemake.output.series, snakemake.output.trends],
            minimum_years=snakemake.params.minimum_years,
            autocorrelation=snakemake.params.autocorrelation,
            mem_mb=snakemake.resources.mem_mb,
        )
