"""Summarise annual quantities over the zones of a study.

Reads   cubes of NEP, NPP, Rh (g C m-2 yr-1) and climate, the grid, class rasters of the zones
Writes  series (mean, total, area, valid share a year and zone), trends of the zones' means
"""

import numpy as np
from nepflow import raster, tables, trend
from nepflow._log import logged_to
from nepflow.zone_sums import zone_sums

FLUXES = ("nep", "npp", "rh")


def summarise_zones(layers, zones, zones_name, grid_path, years, outputs, minimum_years, mem_mb):
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
                trends += trend_rows((kind, name), quantity, unit, years, of_zone, minimum_years)
    simulated = "simulated" in raster.tags_of(grid_path)
    tables.write(series, outputs[0], simulated=simulated)
    tables.write(trends, outputs[1], simulated=simulated)


def year_rows(where, quantity, unit, years, of_zone, cell_km2):
    """Rows of the tidy table: mean, valid area and share, and the total of a flux in Tg C."""
    for year, total, cells, size in zip(years, *of_zone, strict=True):
        mean = total / cells if cells else np.nan
        yield (*where, year, f"{quantity}_mean", mean, unit)
        if quantity in FLUXES:
            # g C m-2 yr-1 x km2 = 1e6 g C yr-1 = 1e-6 Tg C yr-1
            yield (*where, year, f"{quantity}_total", total * cell_km2 * 1e-6, "Tg C yr-1")
        yield (*where, year, f"{quantity}_area", size * cell_km2, "km2")
        yield (*where, year, f"{quantity}_valid_area", cells * cell_km2, "km2")
        yield (*where, year, f"{quantity}_valid_share", 100 * cells / size if size else np.nan, "%")


def trend_rows(where, quantity, unit, years, of_zone, minimum_years):
    """Theil-Sen line and Mann-Kendall test of the zone's annual means."""
    total, cells, _ = of_zone
    means = np.where(cells > 0, total / np.maximum(cells, 1), np.nan)[:, None, None]
    slope, start, z = trend.theil_sen_mann_kendall(means, years, minimum_years)
    per_year = unit.replace("yr-1", "yr-2") if "yr-1" in unit else f"{unit} yr-1"
    period = f"{years[0]}-{years[-1]}"
    yield (*where, period, f"{quantity}_mean", np.nanmean(means) if cells.any() else np.nan, unit)
    yield (*where, period, f"{quantity}_slope", slope[0, 0], per_year)
    yield (*where, period, f"{quantity}_line_start", start[0, 0], unit)
    yield (*where, period, f"{quantity}_z", z[0, 0], "1")
    yield (*where, period, f"{quantity}_p", trend.p_value(z)[0, 0], "1")


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
            mem_mb=snakemake.resources.mem_mb,
        )
