"""Summarise what errors of inputs and constants do to mean and total NEP of zones.

Reads   effects on the means of zones, statistics and annual means of the zones
Writes  mean, total, slope and share of sinks of each zone with interval, the budget of its variance
        by source, its mean by model, and P(sink) by parameters and by models
"""

import numpy as np
import pandas as pd
from nepflow._log import logged_to
from nepflow.io import tables
from nepflow.uncertainty import budget
from nepflow.zones.sums import COLUMNS as TRENDS


def summarise_uncertainty(inputs, zones_name, output_path, settings):
    """The numbers are those of the table of trends; the region is the zone ``all``.

    ``inputs`` are effects, trends and series; ``settings`` chosen (the model of the study),
    confidence_percent and simulated.
    """
    effects, values = pd.read_parquet(inputs["effects"]), {}
    for row in tables.read(inputs["trends"], TRENDS).to_dict("records"):
        own = values.setdefault((row["zones"], row["zone"]), {})
        own[row["quantity"]] = float(row["value"])
    series = tables.read(inputs["series"])
    series = series[series["quantity"] == "nep_mean"].groupby(["zones", "zone"])
    series = {where: (own["year"].astype(int), own["value"]) for where, own in series}
    rows = []
    for kind in ("region", zones_name):
        for _, own in effects[effects["zones"] == kind].groupby("code"):
            where = kind, "all" if kind == "region" else own["zone"].iloc[0]
            if where in values:
                of_zone = own, values[where], series.get(where, ([], []))
                zone = zone_of(*of_zone, settings["chosen"])
                rows += budget.rows(where, zone, settings["confidence_percent"])
    tables.write(rows, output_path, budget.COLUMNS, settings["simulated"])


def zone_of(effects, values, series, chosen):
    """Return what is known of a zone, from its rows of effects.

    Means by model are of cells with enough years, each year of its cells: by how much other models
    differ from the chosen one is added to the mean of the zone.
    """
    parts = {budget.MODEL: {}, budget.SHARE: {}, "": []}
    for source, part, effect in zip(
        effects["error_source"], effects["part"], effects["effect"], strict=True
    ):
        if source in (budget.MODEL, budget.SHARE):
            parts[source][part] = float(effect)
        else:
            parts[""].append((source, part, float(effect)))
    of_share, shares = parts[budget.SHARE], None
    if of_share:
        regional = sum(effect**2 for _, part, effect in parts[""] if part == budget.REGIONAL)
        shares = budget.share_of([of_share[name] for name in budget.SHARES], regional)
    years, own = (np.asarray(part) for part in series)
    models = parts[budget.MODEL]
    models = {
        name: values.get("nep_mean", np.nan) + value - models[chosen]
        for name, value in models.items()
    }
    return budget.Zone(values, parts[""], models, own, list(years), shares)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        summarise_uncertainty(
            inputs=dict(snakemake.input.items()),
            zones_name=snakemake.wildcards.zones,
            output_path=snakemake.output.table,
            settings={
                name: snakemake.params[name]
                for name in ("chosen", "confidence_percent", "simulated")
            },
        )
