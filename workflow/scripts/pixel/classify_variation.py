"""Classify the coefficient of variation: natural or fixed breaks.

Reads   cv (1)
Writes  cv_class (five classes, fewer of fewer different values), table of the breaks, of the
        sample and of the mean
"""

import logging

import numpy as np
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.pixel import variability
from nepflow.study import pixel

COLUMNS = ("variable", "quantity", "value", "unit")


def classify_variation(cv_path, class_path, table_path, variable, options, mem_mb, simulated):
    """Natural breaks of a seeded sample, or the fixed ones with the largest value above them."""
    parts = [cv[~np.isnan(cv)] for _, _, (cv,) in raster.blocks([cv_path], mem_mb=mem_mb)]
    values = np.concatenate([part.ravel() for part in parts])
    sample = variability.seeded_sample(values, options["sample"], options["seed"])
    names = variability.CLASS_NAMES
    largest = values.max(initial=-np.inf) if values.size else np.nan
    if options["breaks"] == "natural":
        breaks, codes = variability.natural_classes(sample)
        if few := variability.few_text(len(codes)):
            logging.getLogger(__name__).warning("%s: %s", cv_path, few)
    else:
        breaks = np.array([*options["fixed_breaks"], np.fmax(largest, options["fixed_breaks"][-1])])
        codes = tuple(names)
    raster.map_blocks(
        lambda cv: variability.coded(cv, breaks, codes),
        [cv_path],
        raster.Output(
            class_path,
            *pixel.about("cv_class", name=raster.tags_of(cv_path)["long_name"]),
            "uint8",
            classes=names,
            colours=variability.CLASS_COLOURS,
            tags={"breaks": ", ".join(f"{value:.6g}" for value in breaks[:-1])},
        ),
        mem_mb=mem_mb,
    )
    rows = [
        (f"upper limit of {names[code]}", value, "1")
        for code, value in zip(codes[:-1], breaks, strict=False)
    ]
    rows.append(("largest", largest, "1"))
    middle = (values.mean(), np.median(values)) if values.size else (np.nan, np.nan)
    rows += [("mean", middle[0], "1"), ("median", middle[1], "1")]
    rows.append(("classes", len(codes), "classes"))
    rows += [("sample", sample.size, "pixels"), ("seed of the sample", options["seed"], "1")]
    rows = [(f"{variable}_cv", *row) for row in rows]
    tables.write(rows, table_path, COLUMNS, simulated=simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        classify_variation(
            cv_path=snakemake.input.cv,
            class_path=snakemake.output.cv_class,
            table_path=snakemake.output.breaks,
            variable=snakemake.wildcards.variable,
            options=snakemake.params.variability,
            mem_mb=snakemake.resources.mem_mb,
            simulated=snakemake.params.simulated,
        )
