"""Estimate the mean annual potential evapotranspiration.

Reads   monthly temperature (degC), and radiation (MJ m-2 month-1) where the method reads it, fitted
        or on a grid; dem (m), grid
Writes  pet (one band, mm yr-1)
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.climate import evapotranspiration, monthly
from nepflow.io import bands, raster
from nepflow.spatial.projection import Projection
from nepflow.study.variables import PET_METHODS

WORKING = 120  # bands: temperature, radiation, hours of daylight and terms of twelve months


def estimate_pet(inputs, output_path, settings, mem_mb, threads):
    """From the months of the mean year, by the method of the study.

    Settings: ``method`` (of `variables.PET_METHODS`), ``dew_point_depression_k``, ``years``,
    ``bias_correction``.
    """
    months = monthly.of_years(
        inputs["months"],
        inputs["dem"],
        inputs["grid"],
        settings["years"],
        settings["bias_correction"],
    ).of_fewest()
    to_degrees = Projection(raster.grid_of(inputs["grid"]), 4326)

    def mean_year(*variables):
        years = [values.reshape(len(values) // 12, 12, -1).mean(axis=0) for values in variables]
        return np.concatenate(years)

    def on_block(inside, elevation, *arrays, x, y):
        wanted = np.where(inside == 1, elevation, np.nan)
        means = months(mean_year, wanted, *arrays, x=x, y=y)
        _, latitude = to_degrees(x, y)
        return annual(means, wanted[0], latitude, settings)

    grids = len(months.inputs) - 1
    read = 3 + 12 * len(settings["years"]) * grids  # inside, elevation, months; result
    name = PET_METHODS[settings["method"]].name
    raster.map_blocks(
        on_block,
        [inputs["grid"], *months.inputs],
        raster.Output(output_path, "mm yr-1", f"potential evapotranspiration ({name})", ("mean",)),
        coordinates=True,
        mem_mb=mem_mb * read / (read + WORKING),
        threads=threads,
        label="PET",
    )


def annual(means, elevation, latitude, settings):
    """Annual sum, from twelve months of temperature and, by radiation, twelve of that."""
    if settings["method"] == "thornthwaite":
        factor = evapotranspiration.month_factor(latitude)
        return evapotranspiration.thornthwaite(means, factor).sum(axis=0)
    depression = settings["dew_point_depression_k"]
    temperature, radiation = means[:12], means[12:]
    return evapotranspiration.priestley_taylor(
        temperature, radiation, elevation, latitude, depression
    ).sum(axis=0)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        estimate_pet(
            inputs=dict(snakemake.input.items()),
            output_path=snakemake.output.pet,
            settings=dict(snakemake.params.items()),
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
