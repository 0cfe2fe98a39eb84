"""Carry errors of inputs and constants to mean NEP of cells, and sum them over zones.

Reads   mean NEP and NPP (g C m-2 yr-1), years with NEP, sensitivity of respiration, filled share of
        the growing season (%, a file a year), land cover, standard errors or residuals of the
        climate, mean NEP by model, NPP of another source, class rasters of the zones
Writes  standard deviation of mean NEP (g C m-2 yr-1), its largest source, P(sink) by parameters and
        by models (1); effects on the means of zones; the errors that were taken, with their sources
"""

import numpy as np
import pandas as pd
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.io.atomic import replacing
from nepflow.study.respiration import SENSITIVITIES
from nepflow.study.uncertainty import MAP, SOURCES, STATIONS
from nepflow.uncertainty import budget, propagation

EFFECTS = ("zones", "code", "zone", "cells", "nep", "error_source", "part", "number", "effect")
ERRORS = ("error_source", "quantity", "of", "value", "unit", "origin")


def estimate_uncertainty(inputs, outputs, settings, mem_mb, threads):
    """One pass over the mean year; what zones need is summed in it.

    Parameters
    ----------
    inputs : dict
        nep, npp, valid_years, sensitivity, precipitation, grid; quality, list of path; landcover,
        error_maps, residuals: path or list, or nothing; by_model; other_npp, [own, other] or
        nothing; zones, {zones: path}.
    outputs : dict
        sd, largest, sink_probability, sink_share_of_models, effects, errors.
    settings : dict
        errors and error_rows of `study.uncertainty`, of_maps (variables), models (names),
        confidence_percent, simulated.
    """
    errors = with_stations(settings["errors"], inputs["residuals"])
    grid, components = raster.grid_of(inputs["grid"]), propagation.components_of(errors)
    moved_by = list(SENSITIVITIES)[: raster.band_count(inputs["sensitivity"])]
    sources, single = list(errors), ("nep", "npp", "valid_years")
    paths = {name: inputs[name] for name in (*single, "sensitivity")}
    paths |= {"quality": list(inputs["quality"])}
    paths |= {"landcover": inputs["landcover"]} if inputs["landcover"] else {}
    maps = dict(zip(settings["of_maps"], inputs["error_maps"], strict=True))
    paths |= {f"sd of {name}": path for name, path in maps.items()}
    paths |= {"precipitation": inputs["precipitation"]} if maps else {}
    paths |= {"by model": inputs["by_model"]}
    paths |= dict(zip(("own npp", "other npp"), inputs["other_npp"], strict=False))
    kinds = {"region": inputs["grid"], **inputs["zones"]}
    paths |= {("zones", name): path for name, path in kinds.items()}
    shape = grid.height, grid.width
    sums = {
        name: budget.ZoneSums(components, max(raster.classes_of(path)), shape, grid.resolution_m)
        for name, path in kinds.items()
    }

    def on_block(*arrays, x, y):
        found = dict(zip(paths, arrays, strict=True))
        start = round((grid.transform.f - y[0, 0]) / grid.resolution_m - 0.5)
        cells = cells_of(found, moved_by, errors)
        effect, skewed = propagation.effects(errors, cells), propagation.median_shift(errors, cells)
        nep, models = found["nep"][0], by_models(found)
        of_share = budget.share_layers(
            nep, effect, components, settings["confidence_percent"], skewed
        )
        beside = [*of_share, *np.nan_to_num(models)]
        for name, own in sums.items():
            own.add(start, found["zones", name][0], nep, effect, beside)
        sd = np.where(np.isnan(nep), np.nan, propagation.deviation(effect))
        largest = np.where(np.isnan(sd), np.nan, propagation.largest(effect, components, sources))
        saying = np.where(np.isnan(nep), np.nan, (models > 0).mean(axis=0))
        return sd, largest, propagation.sink_probability(nep, sd), saying

    about = "of mean NEP, from errors of inputs and constants"
    raster.map_blocks(
        on_block,
        list(paths.values()),
        [
            raster.Output(outputs["sd"], "g C m-2 yr-1", f"standard deviation {about}"),
            raster.Output(
                outputs["largest"],
                "1",
                "source of most of the error of mean NEP",
                dtype="uint8",
                classes=dict(enumerate((SOURCES[name].en.name for name in sources), start=1)),
                colours=dict(enumerate((SOURCES[name].colour for name in sources), start=1)),
            ),
            raster.Output(outputs["sink_probability"], "1", "probability of a sink, by parameters"),
            raster.Output(outputs["sink_share_of_models"], "1", "share of models that say sink"),
        ],
        coordinates=True,
        mem_mb=mem_mb,
        threads=threads,
        label="uncertainty",
        years=raster.ANY,
    )
    beside = [(budget.SHARE, name) for name in budget.SHARES]
    beside += [(budget.MODEL, name) for name in settings["models"]]
    rows = [
        row for name, own in sums.items() for row in effect_rows(name, kinds[name], own, beside)
    ]
    with replacing(outputs["effects"]) as temporary:
        pd.DataFrame(rows, columns=EFFECTS).to_parquet(temporary, index=False)
    taken = list(rows_taken(settings["error_rows"], errors))
    tables.write(taken, outputs["errors"], ERRORS, settings["simulated"])


def with_stations(errors, residuals):
    """Return the errors, with those of stations left out in the place of their names."""
    found, paths = dict(errors), iter(residuals)
    for name, error in errors.items():
        for key, value in error.items():
            if isinstance(value, str) and value == STATIONS:
                records = pd.read_parquet(next(paths))
                of = (records[column].to_numpy() for column in ("station", "observed", "predicted"))
                sd = propagation.station_error(*of, relative=key == "sd_percent")
                found[name] = error | {key: sd * (100 if key == "sd_percent" else 1)}
    return found


def cells_of(found, moved_by, errors):
    """Return the mean year of a strip."""
    filled = found["quality"]
    known = np.isfinite(filled)
    filled = np.where(known, filled, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1) / 100
    npp = found["npp"][0]
    classes = found["landcover"][0] if "landcover" in found else np.full(npp.shape, np.nan)
    climate = {}
    for name in ("temperature", "precipitation", "soil_carbon"):
        if name in errors:
            value = errors[name].get("sd", errors[name].get("sd_percent"))
            climate[name] = value if name == "temperature" or value == MAP else value / 100
            if value == MAP:
                climate[name] = found[f"sd of {name}"][0]
                if name == "precipitation":
                    with np.errstate(invalid="ignore", divide="ignore"):
                        rain = found["precipitation"][0]
                        climate[name] = np.where(rain > 0, climate[name] / rain, 0.0)
    return propagation.Cells(
        npp,
        npp - found["nep"][0],
        found["valid_years"][0],
        filled,
        propagation.class_errors(classes, errors["npp"]["sd_percent"]),
        dict(zip(moved_by, found["sensitivity"], strict=True)),
        climate,
    )


def by_models(found):
    """Return mean NEP by each model of respiration, and with NPP of the other source."""
    models = found["by model"]
    if "other npp" not in found:
        return models
    return np.concatenate([models, found["nep"] + found["other npp"] - found["own npp"]])


def effect_rows(kind, path, sums, beside):
    """Yield the rows of the zones of a kind, a component each, then what stands beside them."""
    cells, nep, effect = sums.variances()
    means = sums.means_beside()
    for code, name in raster.classes_of(path).items():
        for component, values in zip(sums.components, effect, strict=True):
            about = component.source, component.part, component.number
            yield (kind, code, name, cells[code], nep[code], *about, values[code])
        for about, values in zip(beside, means, strict=True):
            yield (kind, code, name, cells[code], nep[code], *about, 0, values[code])


def rows_taken(rows, errors):
    """Yield the rows of the errors, with the numbers that stations gave."""
    for source, quantity, of, value, *about in rows:
        if isinstance(value, str):
            value = errors[source][quantity] if value == STATIONS else np.nan
        yield (source, quantity, of, value, *about)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        files, params = snakemake.input, snakemake.params
        single = ("nep", "npp", "valid_years", "sensitivity", "precipitation", "grid", "landcover")
        single = (*single, "by_model")
        listed = ("quality", "error_maps", "residuals", "other_npp")
        estimate_uncertainty(
            inputs={name: files[name] for name in single}
            | {
                name: [files[name]] if isinstance(files[name], str) else list(files[name])
                for name in listed
            }
            | {"zones": params.zones},
            outputs=dict(snakemake.output.items()),
            settings={
                name: params[name]
                for name in (
                    "errors",
                    "error_rows",
                    "of_maps",
                    "models",
                    "confidence_percent",
                    "simulated",
                )
            },
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
