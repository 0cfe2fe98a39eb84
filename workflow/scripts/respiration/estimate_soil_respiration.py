"""Estimate total and heterotrophic respiration of every year by one model and relation.

Reads   monthly or annual temperature (degC) and precipitation (mm), soil carbon (kg C m-2),
        dem (m), table of calibrated constants where a study takes them
Writes  heterotrophic and total respiration (cubes, band = year), g C m-2 yr-1; sensitivity of the
        first (mean year); what was clipped
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.climate import monthly
from nepflow.io import raster, tables
from nepflow.respiration import annual, calibration
from nepflow.study import respiration

COLUMNS = ("model", "relation", "quantity", "value", "unit")


def estimate_soil_respiration(
    inputs, outputs, model, relation, constants, settings, mem_mb, threads
):
    """Months are evaluated where they are used; carbon enters after climate."""
    years = raster.years_of(inputs["annual"][0])
    budget = annual.Budget(model, relation, constants, years)
    carbon = [inputs["carbon"]] if inputs["carbon"] else []
    months = None
    if inputs["months"]:
        of_months = inputs["months"], inputs["dem"], inputs["grid"]
        months = monthly.of_years(*of_months, years, settings["bias_correction"])

    def of_climate(temperature, precipitation):
        """What climate gives, and then how it moves with climate."""
        parts = (part(temperature, precipitation) for part in (budget.climate, budget.relative))
        return np.concatenate(list(parts))

    def on_block(*arrays, x, y):
        own = arrays[len(carbon) :]
        made = months(of_climate, *own, x=x, y=y) if months else of_climate(*own)
        stock = arrays[0][0] if carbon else None
        rh, total = budget.respiration(made[:-3], stock)
        return rh, total, budget.sensitivity(rh, total, made[-3:], stock)

    name = respiration.label(respiration.variant(model, relation))
    bands = [str(year) for year in years]
    names = {"respiration": "heterotrophic respiration", "total": "soil respiration"}
    raster.map_blocks(
        on_block,
        [*carbon, *(months.inputs if months else inputs["annual"])],
        [
            *(
                raster.Output(outputs[key], "g C m-2 yr-1", f"{about} ({name})", bands)
                for key, about in names.items()
            ),
            raster.Output(
                outputs["sensitivity"],
                "mixed",
                f"sensitivity of {names['respiration']} ({name})",
                tuple(respiration.SENSITIVITIES),
            ),
        ],
        coordinates=True,
        mem_mb=mem_mb / budget.copies,
        threads=threads,
        label="respiration",
    )
    rows = [(model, relation, *row) for row in budget.rows()]
    tables.write(rows, outputs["table"], COLUMNS, settings["simulated"])


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        names = snakemake.wildcards
        estimate_soil_respiration(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            model=names.soil_model,
            relation=names.relation,
            constants=calibration.constants(
                snakemake.input.calibration, names.soil_model, snakemake.params.constants
            ),
            settings=dict(snakemake.params.items()),
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
