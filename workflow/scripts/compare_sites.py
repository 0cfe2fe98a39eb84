"""Compare modelled NEP with that of sites, such as eddy-covariance towers.

Reads   table of sites (declared unit and sign), NEP (cube, band = year, g C m-2 yr-1)
Writes  table of agreement by class; pairs of observed and modelled values
"""

import numpy as np
from nepflow import field_agreement, field_tables, points, raster, tables
from nepflow._log import logged_to

COLUMNS = ("variable", "model", "group", "quantity", "value", "unit")
PAIRS = ("quantity", "model", "group", "name", "lon", "lat", "observed", "modelled", "unit")
UNIT, MODEL = "g C m-2 yr-1", "mean of the study's years"


def compare_sites(entry, nep_path, table_path, pairs_path):
    """The modelled value of a site is the mean of its cell over the years with data."""
    sites = field_tables.read_sites(entry)
    cells = points.values_at(nep_path, sites["lon"].to_numpy(), sites["lat"].to_numpy())
    count = np.isfinite(cells).sum(axis=0)
    modelled = np.where(count > 0, np.nansum(cells, axis=0) / np.maximum(count, 1), np.nan)
    here = sites[count > 0].assign(modelled=modelled[count > 0])
    if here.empty:
        raise field_tables.BadFieldTable(
            f"{entry['file']}: none of {len(sites)} sites lies in a cell with NEP. Bring sites of "
            "the study's area, or leave sites.file out."
        )
    observed, groups = here["nep"].to_numpy(), here["class"].to_numpy()
    found = field_agreement.rows_by_group(
        observed, here["modelled"].to_numpy(), groups, UNIT, "all sites"
    )
    simulated = "simulated" in raster.tags_of(nep_path)
    rows = [("nep", MODEL, *row) for row in found]
    rows.append(("nep", MODEL, "all sites", "sites_without_nep", len(sites) - len(here), "count"))
    tables.write(rows, table_path, COLUMNS, simulated)
    columns = ["class", "site", "lon", "lat", "nep", "modelled"]
    pairs = [("nep", MODEL, *row, UNIT) for row in here[columns].itertuples(index=False)]
    tables.write(pairs, pairs_path, PAIRS, simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        compare_sites(
            entry=snakemake.params.entry,
            nep_path=snakemake.input.nep,
            table_path=snakemake.output.table,
            pairs_path=snakemake.output.pairs,
        )
