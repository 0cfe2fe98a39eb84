"""Fill the months of NDVI that were not observed, by rule, over all years at once.

Reads   observed NDVI and its states (12 bands a year)
Writes  ndvi and state (a band a month), filled (months filled for cloud, a band a year),
        share (bands: months filled for cloud, months under snow, %), normals (12 bands),
        mean (of all months)
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import bands, raster
from nepflow.npp import ndvi


def fill_ndvi(observed_paths, state_paths, outputs, years, longest_linear, mem_mb, threads):
    """A cell that never was observed stays absent; years with too many are for who uses them."""
    count = len(years)

    def on_block(*arrays):
        shape = (12 * count, *arrays[0].shape[1:])
        observed, state = (
            np.concatenate(part).reshape(12 * count, -1)
            for part in (arrays[:count], arrays[count:])
        )
        value, kind = ndvi.filled(observed, state, longest_linear)
        kind[np.isnan(state)] = np.nan
        never = ~np.isin(state, ndvi.SEEN).any(axis=0)
        months = np.where(never, np.nan, ndvi.filled_months(kind))
        shares = np.stack([months.sum(axis=0), np.sum(kind == ndvi.SNOW, axis=0)])
        shares = np.where(never, np.nan, shares / len(value) * 100)
        results = value, kind, months, shares, ndvi.climatology(value), value.mean(axis=0)
        return tuple(result.reshape(-1, *shape[1:]) for result in results)

    names = [f"{year}-{month:02d}" for year in years for month in range(1, 13)]
    calendar = [f"{month:02d}" for month in range(1, 13)]
    apart = {"interleave": "band"}  # NPP of a year reads twelve of the months
    raster.map_blocks(
        on_block,
        [*observed_paths, *state_paths],
        [
            raster.Output(outputs["ndvi"], "1", "NDVI, gaps filled", names, **apart),
            raster.Output(outputs["state"], "1", "state", names, "uint8", classes=ndvi.STATES),
            raster.Output(outputs["filled"], "months", "months filled for cloud", years),
            raster.Output(outputs["share"], "%", "months of NDVI filled", ("cloud", "snow")),
            raster.Output(outputs["normals"], "1", "NDVI of the mean year", calendar),
            raster.Output(outputs["mean"], "1", "mean NDVI", ("mean",)),
        ],
        mem_mb=mem_mb,
        threads=threads,
        label="gaps of NDVI",
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        fill_ndvi(
            observed_paths=list(snakemake.input.observed),
            state_paths=list(snakemake.input.state),
            outputs=dict(snakemake.output.items()),
            years=snakemake.params.years,
            longest_linear=snakemake.params.longest_linear,
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
