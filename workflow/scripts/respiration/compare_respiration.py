"""Compare the time steps of the respiration equation: means, totals and trends of the area, sinks.

Reads   npp where NEP exists and respiration (a cube; one a variant), g C m-2 yr-1; in a simulation
        its true NPP and respiration, over the same cells and years
Writes  table: one row a variant and quantity, with its interval, years and share of the area;
        mean NEP by variant (a band each), g C m-2 yr-1
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.pixel.interval import mean_interval
from nepflow.respiration import annual as respiration_annual
from nepflow.study.respiration import TRUTH
from nepflow.zones import sums

ENDS = ("low", "high", "valid_years", "valid_share_percent")
COLUMNS = ["variant", "chosen", "quantity", "value", "unit", *ENDS]
UNIT = "g C m-2 yr-1"
COPIES = 12  # working copies of a cube beside those that are read


def compare_respiration(inputs, output_path, means_path, settings, mem_mb):
    """A source is a pixel with a negative mean NEP; a sure one has its whole interval below zero.

    Parameters
    ----------
    inputs : dict
        npp, grid; respiration, {variant: path}; true_npp and true_rh of a simulation, or nothing.
    output_path, means_path : str
    settings : dict
        years, chosen, summary (of `sums.Summary`), simulated.
    """
    summary, years = sums.Summary(**settings["summary"]), settings["years"]
    cell_km2 = raster.grid_of(inputs["grid"]).cell_area_m2 / 1e6
    layers, span = len(years), np.ones(len(years), dtype=bool)
    truth = [path for path in (inputs["true_npp"], inputs["true_rh"]) if path]
    names = [*inputs["respiration"], *([TRUTH] if truth else [])]
    of_years, of_cells = np.zeros((len(names), 2, 6, layers, 2)), np.zeros((len(names), 3, 4, 2))
    paths = [inputs["grid"], inputs["npp"], *inputs["respiration"].values(), *truth]
    chosen = list(inputs["respiration"]).index(settings["chosen"])
    models = len(inputs["respiration"])

    def means():
        """Means of strips; what is summed over the area is added on the way."""
        for start, _, (inside, npp, *each) in raster.blocks(
            paths, mem_mb=mem_mb, label="variants", outputs=COPIES * layers, years=years
        ):
            balances = [(npp - rh, rh) for rh in each[:models]]
            if truth:  # over the cells and years of the study
                missing = np.isnan(balances[chosen][0])
                true_npp, true_rh = (np.where(missing, np.nan, values) for values in each[-2:])
                balances.append((true_npp - true_rh, true_rh))
            for (nep, rh), annual, cells in zip(balances, of_years, of_cells, strict=True):
                for values, part in zip(
                    (nep, np.where(np.isnan(nep), np.nan, rh)), annual, strict=True
                ):
                    sums.add_with_fixed(values, inside, part, span)
                sums.add_to_zones(signs(nep, summary, years), inside, cells)
            yield start, 0, np.stack([mean_of(nep, summary) for nep, _ in balances[:models]])

    output = raster.Output(
        means_path, UNIT, "mean NEP by model of respiration", tuple(inputs["respiration"])
    )
    raster.paste(
        means(),
        output,
        raster.grid_of(inputs["grid"]),
        inherit=raster.inherited_tags([inputs["npp"]]),
    )
    rows = []
    for name, annual, cells in zip(names, of_years, of_cells, strict=True):
        made = [*_flux_rows("nep", annual[0], years, cell_km2, summary)]
        made += _flux_rows("rh", annual[1], years, cell_km2, summary)
        made += _sign_rows(cells[..., 1], cell_km2)
        rows += [(name, name == settings["chosen"], *row) for row in made]
    tables.write(rows, output_path, COLUMNS, simulated=settings["simulated"])


def mean_of(nep, summary):
    """Return the mean of the years of NEP (year, y, x); NaN with fewer than a mean needs."""
    known = np.isfinite(nep)
    count = known.sum(axis=0)
    total = np.where(known, nep, 0).sum(axis=0)
    return np.where(count >= max(summary.mean_years, 1), total / np.maximum(count, 1), np.nan)


def signs(nep, summary, years):
    """Return 1 or 0 a cell: source, surely source, surely sink; and its years with data.

    Parameters
    ----------
    nep : ndarray, shape (year, y, x)
    summary : Summary
    years : list of int

    Returns
    -------
    ndarray, shape (4, y, x)
        NaN with fewer years than a mean needs; a sure sign is that of both ends of the interval.
    """
    source = respiration_annual.is_source(nep, max(summary.mean_years, 1))
    found = mean_interval(nep, years, summary.confidence_percent)
    years_with = np.isfinite(nep).sum(axis=0)
    made = np.stack([source[0], found["high"] < 0, found["low"] > 0, years_with])
    return np.where(np.isnan(source), np.nan, made)


def _flux_rows(name, of_area, years, cell_km2, summary):
    """Means, totals and trends of the whole area, without the columns of zones."""
    for row in sums.summary_rows((), name, UNIT, years, of_area[..., 1], cell_km2, summary):
        yield row[1:]


def _sign_rows(cells, cell_km2):
    """Shares of sources and sinks; between their ends stands what is neither surely."""
    total, pixels, size = cells
    known = pixels[0]
    source, sure_source, sure_sink, years = total / known if known else np.full(4, np.nan)
    rests_on = years, 100 * known / size[0] if size[0] else np.nan
    ends = 100 * sure_source, 100 - 100 * sure_sink
    unit, none = "% of valid area", (np.nan, np.nan)
    yield ("source_share", 100 * source, unit, *ends, *rests_on)
    yield ("sink_share", 100 - 100 * source, unit, 100 - ends[1], 100 - ends[0], *rests_on)
    yield ("valid_area", known * cell_km2, "km2", *none, *rests_on)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        files = snakemake.input
        compare_respiration(
            inputs={
                "npp": files.npp,
                "grid": files.grid,
                "respiration": dict(zip(snakemake.params.variants, files.respiration, strict=True)),
                "true_npp": files.true_npp,
                "true_rh": files.true_rh,
            },
            output_path=snakemake.output.table,
            means_path=snakemake.output.means,
            settings={
                name: snakemake.params[name] for name in ("years", "chosen", "summary", "simulated")
            },
            mem_mb=snakemake.resources.mem_mb,
        )
