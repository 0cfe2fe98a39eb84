"""Summarise the attribution of a trend by every method, with errors, beside what chance gives.

Reads   observed slope, p, bias; slopes, share and case of every method; cubes of a sample; grid
Writes  table: method, whether it is claimed, what, quantity, value, unit
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.attribution import attribution, inference
from nepflow.attribution.attribution import METHODS
from nepflow.attribution.summary import Sums, marked
from nepflow.io import raster, tables
from nepflow.spatial import sampling

COLUMNS = ("method", "claimed", "of", "quantity", "value", "unit", "built_in")
LAYERS = ("climate", "rest", "share", "cases", "drivers")


def summarise_attribution(
    shared,
    methods,
    cube,
    driver_paths,
    grid_path,
    output_path,
    settings,
    years,
    minimum_years,
    mem_mb,
    simulated,
    pooled_path="",
    types_path="",
    built_in=None,
):
    """``shared`` has observed, p, bias; ``methods`` maps a method to its paths by `LAYERS`.

    ``built_in`` says how each driver entered the variable, see `dependence`.
    """
    types, series, *drivers = sampling.series(
        [types_path or grid_path, cube if len(cube) > 1 else cube[0], *driver_paths.values()],
        grid_path, settings["null_pixels"], settings["seed"], mem_mb,
    )  # fmt: skip
    at = attribution.reader(pooled_path, list(driver_paths))
    given = {method: at(method, types[0]) for method in methods}
    sample = series, drivers, years, settings, minimum_years
    null = inference.null_shares(*sample, given)
    errors = inference.by_method(*sample, bool(pooled_path))
    unit, rows = raster.tags_of(shared["observed"])["unit"], []
    for method, paths in methods.items():
        sums = Sums(driver_paths, settings["significance_p"], settings["dominance_percent"])
        layers = [grid_path, shared["observed"], shared["p"], *(paths[name] for name in LAYERS)]
        for _, _, strip in raster.blocks(layers, mem_mb=mem_mb, label=method):
            inside, *single = (layer[0] for layer in strip[:-1])
            sums.add(inside == 1, *single, strip[-1])
        made = sums.rows(unit, null[method], errors[method], settings["confidence_percent"])
        rows += [(method, method == settings["claim"], *row) for row in made]
    total, count = 0.0, 0
    for _, _, (bias,) in raster.blocks([shared["bias"]], mem_mb=mem_mb, label="bias"):
        total, count = total + np.nansum(bias), count + np.isfinite(bias).sum()
    name = METHODS[0]
    rows.append((name, settings["claim"] == name, "rest", "mean_bias", total / max(count, 1), unit))
    tables.write(marked(rows, built_in or {}), output_path, COLUMNS, simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        files, settings = snakemake.input, snakemake.params
        cube = files.cube
        lists = zip(*(files[name] for name in LAYERS), strict=True)
        methods = [dict(zip(LAYERS, paths, strict=True)) for paths in lists]
        summarise_attribution(
            shared={name: files[name] for name in ("observed", "p", "bias")},
            methods=dict(zip(METHODS, methods, strict=True)),
            cube=[cube] if isinstance(cube, str) else list(cube),
            driver_paths=dict(zip(settings.climate, files.climate_cubes, strict=True)),
            grid_path=files.grid,
            output_path=snakemake.output.table,
            settings=settings.attribution,
            years=settings.years,
            minimum_years=settings.minimum_years,
            mem_mb=snakemake.resources.mem_mb,
            pooled_path=files.pooled,
            types_path=files.types,
            built_in=settings.built_in,
            simulated=snakemake.params.simulated,
        )
