"""Estimate heterotrophic respiration of every year in one time_step of the monthly equation.

Reads   monthly temperature (degC) and precipitation (mm), fitted or on grids, their annual
        cubes, dem (m)
Writes  respiration (cube, band = year), g C m-2 yr-1; its sensitivity (mean year; a band each for
        level, response, temperature, logarithm of precipitation)
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.climate import monthly
from nepflow.io import bands, raster
from nepflow.respiration import formulas
from nepflow.study.respiration import DIRECT_MODELS, MONTH, OF_DIRECT, TIME_STEPS


def estimate_respiration(inputs, outputs, settings, mem_mb, threads):
    """Monthly readings evaluate the months where they are used, never on disk."""
    time_step, annual = settings["time_step"], [inputs["temperature"], inputs["precipitation"]]
    years = raster.years_of(annual[0])
    takes_months = TIME_STEPS[time_step].step == MONTH
    of_months = inputs["months"], inputs["dem"], inputs["grid"]
    months = monthly.of_years(*of_months, years, settings["bias_correction"])

    def of_climate(temperature, precipitation):
        """Years of respiration, then its sensitivities."""
        rh, sensitivity = formulas.pei2009_sensitivity(temperature, precipitation)
        rh = rh.reshape(len(years), -1, *rh.shape[1:]).sum(axis=1)
        return np.concatenate([rh, sensitivity / len(years)])

    def on_block(*arrays, **place):
        made = months(of_climate, *arrays, **place) if takes_months else of_climate(*arrays)
        return made[: len(years)], made[len(years) :]

    model = DIRECT_MODELS[formulas.pei2009.__name__].en.short
    name = f"heterotrophic respiration ({model}, {time_step})"
    bands = [str(year) for year in years]
    raster.map_blocks(
        on_block,
        months.inputs if takes_months else annual,
        [
            raster.Output(outputs["respiration"], "g C m-2 yr-1", name, bands),
            raster.Output(outputs["sensitivity"], "mixed", f"sensitivity of {name}", OF_DIRECT),
        ],
        coordinates=takes_months,
        mem_mb=mem_mb,
        threads=threads,
        label="respiration",
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        estimate_respiration(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            settings=dict(snakemake.params.items()),
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
