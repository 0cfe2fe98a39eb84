"""Compare modelled NEP with that of sites, such as eddy-covariance towers.

Reads   table of sites (declared unit and sign), NEP (cube, band = year, g C m-2 yr-1)
Writes  table of agreement by class; pairs of observed and modelled values
"""

import numpy as np
from nepflow._log import logged_to
from nepflow._watch import watched
from nepflow.evaluation import agreement, field_data
from nepflow.io import tables
from nepflow.spatial import sampling

COLUMNS = ("variable", "model", "group", "quantity", "value", "unit")
PAIRS = (
    "quantity",
    "model",
    "group",
    "name",
    "lon",
    "lat",
    "observed",
    "modelled",
    "years",
    "unit",
)
UNIT, ALL_YEARS, OWN_YEARS = "g C m-2 yr-1", "mean of the study's years", "mean of the site's years"


def compare_sites(entry, nep_path, years, table_path, pairs_path, simulated):
    """The modelled value of a site is the mean of its cell over the years of its observation."""
    sites = field_data.read_sites(entry)
    cells = sampling.values_at(nep_path, sites["lon"].to_numpy(), sites["lat"].to_numpy())
    ends = (sites[name].to_numpy(dtype=float) for name in field_data.SITE_YEARS)
    modelled, count = agreement.mean_of_years(cells, years, *ends)
    here = sites.assign(modelled=modelled, years=count)[count > 0]
    if here.empty:
        raise field_data.BadFieldTable(
            f"{entry['file']}: none of {len(sites)} sites lies in a cell with NEP of its years. "
            "Bring sites of the study's area and period, or leave sites.file out."
        )
    parts = (here[name].to_numpy() for name in ("nep", "modelled", "class"))
    found = agreement.rows_by_group(*parts, UNIT, "all sites")
    model = OWN_YEARS if sites["first_year"].notna().any() else ALL_YEARS
    rows = [("nep", model, *row) for row in found]
    absent = ~np.isfinite(cells).any(axis=0)
    lost = {"sites_without_nep": absent, "sites_of_other_years": ~absent & (count == 0)}
    rows += [("nep", model, "all sites", n, int(which.sum()), "count") for n, which in lost.items()]
    tables.write(rows, table_path, COLUMNS, simulated)
    columns = ["class", "site", "lon", "lat", "nep", "modelled", "years"]
    pairs = [("nep", model, *row, UNIT) for row in here[columns].itertuples(index=False)]
    tables.write(pairs, pairs_path, PAIRS, simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), watched(snakemake.params.raw):
        compare_sites(
            entry=snakemake.params.entry,
            nep_path=snakemake.input.nep,
            years=snakemake.params.years,
            table_path=snakemake.output.table,
            pairs_path=snakemake.output.pairs,
            simulated=snakemake.params.simulated,
        )
