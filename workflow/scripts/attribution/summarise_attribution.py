"""Summarise the attribution of a trend by every method, with errors, beside what chance gives.

Reads   observed slope, p, bias; slopes, share and case of every method; cubes of a sample; grid
Writes  table: method, whether it is claimed, what, quantity, value, unit
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.attribution import attribution, inference
from nepflow.attribution.attribution import METHODS
from nepflow.attribution.summary import Sums, marked
from nepflow.io import missing, raster, tables
from nepflow.spatial import sampling

COLUMNS = ("method", "claimed", "of", "quantity", "value", "unit", "shared_inputs")
LAYERS = ("climate", "residual", "share", "cases", "drivers")


def summarise_attribution(methods, cube, driver_paths, inputs, outputs, settings, mem_mb):
    """``methods`` maps a method to its paths by `LAYERS`."""
    grid_path, options = inputs["grid"], settings["attribution"]
    stack = cube if len(cube) > 1 else cube[0]
    types, series, *drivers = sampling.series(
        [inputs["types"] or grid_path, stack, *driver_paths.values()],
        grid_path,
        options["null_pixels"],
        options["seed"],
        mem_mb,
    )
    at = attribution.reader(inputs["pooled"], list(driver_paths))
    given = {method: at(method, types[0]) for method in methods}
    sample = series, drivers, settings["years"], options, settings["min_years"]
    null = inference.null_shares(*sample, given)
    errors = inference.by_method(*sample, bool(inputs["pooled"]))
    unit, rows = raster.tags_of(inputs["observed"])["unit"], []
    for method, paths in methods.items():
        sums = Sums(driver_paths, options["significance_p"], options["dominance_percent"])
        layers = [grid_path, inputs["observed"], inputs["p"], *(paths[name] for name in LAYERS)]
        for _, _, strip in raster.blocks(layers, mem_mb=mem_mb, label=method):
            inside, *single = (layer[0] for layer in strip[:-1])
            sums.add(inside == 1, *single, strip[-1])
        made = sums.rows(unit, null[method], errors[method], options["confidence_percent"])
        rows += [(method, method == options["main_method"], *row) for row in made]
    total, count = 0.0, 0
    for _, _, (bias,) in raster.blocks([inputs["bias"]], mem_mb=mem_mb, label="bias"):
        total, count = total + np.nansum(bias), count + np.isfinite(bias).sum()
    name = METHODS[0]
    rows.append(
        (
            name,
            options["main_method"] == name,
            "residual",
            "mean_bias",
            missing.per(total, count),
            unit,
        )
    )
    rows = marked(rows, settings["shared_inputs"] or {})
    tables.write(rows, outputs["table"], COLUMNS, settings["simulated"])


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        files = snakemake.input
        cube = files.cube
        lists = zip(*(files[name] for name in LAYERS), strict=True)
        methods = [dict(zip(LAYERS, paths, strict=True)) for paths in lists]
        summarise_attribution(
            methods=dict(zip(METHODS, methods, strict=True)),
            cube=[cube] if isinstance(cube, str) else list(cube),
            driver_paths=dict(zip(snakemake.params.climate, files.climate_cubes, strict=True)),
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            settings=dict(snakemake.params.items()),
            mem_mb=snakemake.resources.mem_mb,
        )
