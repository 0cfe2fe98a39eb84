"""Fit what climate does to a variable by vegetation type, from the years of a calibration.

Reads   cube of the variable, cubes of all drivers (band = year), land cover of the first year
Writes  table: method, type (code), driver, coefficient, pixels
"""

from nepflow._log import logged_to
from nepflow.attribution import attribution
from nepflow.attribution.attribution import METHODS
from nepflow.io import raster, tables

COLUMNS = ("method", "type", "driver", "quantity", "value", "unit")


def pool_coefficients(
    cube, driver_paths, types_path, output_path, years, calibration, mem_mb, simulated
):
    """One pass over the rasters serves all methods."""
    pools = {method: attribution.Pool(years, method, calibration) for method in METHODS}
    inputs = [types_path, cube if len(cube) > 1 else cube[0], *driver_paths.values()]
    for _, _, (types, series, *drivers) in raster.blocks(
        inputs, mem_mb=mem_mb, outputs=20, years=years
    ):
        for pool in pools.values():
            pool.add(series, drivers, types[0])
    unit = raster.tags_of(cube[0])["unit"]
    units = {name: f"{unit} / ({raster.tags_of(p)['unit']})" for name, p in driver_paths.items()}
    rows = []
    for method, pool in pools.items():
        for code, values in pool.coefficients().items():
            rows.append((method, int(code), "", "pixels", pool.pixels[code], "count"))
            for name, value in zip(driver_paths, values, strict=True):
                rows.append((method, int(code), name, "coefficient", value, units[name]))
    tables.write(rows, output_path, COLUMNS, simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        files, params = snakemake.input, snakemake.params
        cube = files.cube
        pool_coefficients(
            cube=[cube] if isinstance(cube, str) else list(cube),
            driver_paths=dict(zip(params.climate, files.drivers, strict=True)),
            types_path=files.types,
            output_path=snakemake.output.table,
            years=params.years,
            calibration=params.calibration,
            mem_mb=snakemake.resources.mem_mb,
            simulated=params.simulated,
        )
