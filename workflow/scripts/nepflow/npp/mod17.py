"""MOD17A3HGF net primary productivity of a year on the study grid, its quality and gaps."""

import numpy as np

from nepflow.io import raster
from nepflow.landcover.classes import FIELD as LANDCOVER
from nepflow.landcover.classes import class_table
from nepflow.modis import hdf, nearest
from nepflow.modis import tiles as modis_tiles
from nepflow.study import modis
from nepflow.study.modis import REASON_CODE

NPP = modis.PRODUCTS["MOD17A3HGF"].fields


def write_npp(tiles, study_grid, flux_path, reason_path):
    """Decode the MOD17A3HGF tiles of a year; what is missing is decided before anything else.

    Parameters
    ----------
    tiles : list of str
        The mosaic has room for all; those that this job does not meet stay empty.
    study_grid : raster.Grid
        The side of its cells sets the empty border.
    flux_path : str
        Gets the bands npp (g C m-2 yr-1), qc (%) and valid (1 or 0).
    reason_path : str
        Gets the codes of ``modis.MISSING_REASONS``.
    """
    npp, qc = NPP["npp"], NPP["qc"]
    met, grid = modis_tiles.Tiles(tiles, npp.name).reached(study_grid)

    def flux(path):
        layer = hdf.read_layer(path, npp.name)
        hdf.check_place(path, layer)
        productivity = hdf.decode(layer, npp, path)
        quality = hdf.decode(hdf.read_layer(path, qc.name), qc, path)
        return np.stack([productivity, quality, np.isfinite(productivity)])

    def reasons(path):
        return hdf.missing_reason(hdf.read_layer(path, npp.name), npp)[None].astype("float64")

    output = raster.Output(flux_path, npp.unit, "native NPP", bands=("npp", "qc", "valid"))
    met.write(flux, output, grid, fill=(np.nan, np.nan, 0))
    output = raster.Output(reason_path, "1", "why a cell is missing", dtype="uint8")
    met.write(reasons, output, grid)


def write_landcover(tiles, classes, study_grid, output_path, valid_path):
    """Decode the MCD12Q1 tiles of a year; IGBP codes become classes before any resampling.

    Parameters
    ----------
    tiles, study_grid
        See `write_npp`.
    classes : list of dict
        See `landcover.lookup_table`.
    output_path : str
        Gets the classes.
    valid_path : str
        Gets 1 where there is a class, 0 elsewhere.
    """
    met, grid = modis_tiles.Tiles(tiles, LANDCOVER.name).reached(study_grid)
    class_of = class_table(classes)

    def reclassified(path):
        layer = hdf.read_layer(path, LANDCOVER.name)
        hdf.check_place(path, layer)
        hdf.check_scale(layer, LANDCOVER, path)
        return class_of[layer.codes][None]

    output = raster.Output(output_path, "1", "land-cover class", dtype="uint8")
    met.write(reclassified, output, grid)
    output = raster.Output(valid_path, "1", "whether there is a class", ("valid",))
    met.write(lambda path: 1.0 * np.isfinite(reclassified(path)), output, grid, fill=0)


def valid_by_share(npp, share):
    """Return ``npp`` where at least half of the cell is valid, else NaN.

    Without the rule an average over valid cells counts a coast cell full and inflates the
    total (+5 % at 500 m, +23 % at 5 km on a coastal tile).

    Parameters
    ----------
    npp : ndarray, shape (y, x)
        Any resampling over valid cells, g C m-2 yr-1.
    share : ndarray, shape (y, x)
        Valid share of the cell by the same resampling, 0..1.
    """
    return np.where(share >= 0.5, npp, np.nan)


def reconciled_reasons(npp, reason, inside):
    """Return why each cell is absent, consistent with ``npp``.

    Parameters
    ----------
    npp : ndarray, shape (y, x)
        NaN = missing.
    reason : ndarray, shape (y, x)
        Codes of ``modis.MISSING_REASONS`` by nearest or mode, NaN = outside all tiles.
    inside : ndarray of bool, shape (y, x)
        The study area.

    Returns
    -------
    ndarray, shape (y, x)
        ``valid`` exactly where ``npp`` is a number, NaN outside the area.
    """
    valid = ~np.isnan(npp)
    mixed = ~valid & (reason == REASON_CODE["valid"])
    result = np.where(np.isnan(reason), REASON_CODE["fill"], reason)
    result = np.where(mixed, REASON_CODE["mixed"], result)
    result = np.where(valid, REASON_CODE["valid"], result)
    return np.where(inside, result, np.nan)


def harmonised(npp_old, overlap_old, overlap_new, min_years):
    """Shift a year of an old collection by the mean difference of the collections.

    Parameters
    ----------
    npp_old : ndarray, shape (y, x)
        The year that only the old collection has, g C m-2 yr-1.
    overlap_old, overlap_new : ndarray, shape (year, y, x)
        Both collections in the years that they share.
    min_years : int
        Years in which both are valid; fewer give NaN.

    Returns
    -------
    ndarray, shape (y, x)
    """
    difference = overlap_new - overlap_old
    count = np.isfinite(difference).sum(axis=0)
    shift = np.where(np.isfinite(difference), difference, 0).sum(axis=0) / np.maximum(count, 1)
    return np.where(count >= min_years, npp_old + shift, np.nan)


def warp(native, grid_path, outputs, year, resampling, mem_mb):
    """Resample valid values only, keep cells at least half valid, and say why others are not.

    Parameters
    ----------
    native : tuple of str
        Flux (bands npp g C m-2 yr-1, qc %, valid share) and missing_reason (codes of
        ``modis.MISSING_REASONS``) on the native grid.
    grid_path : str
    outputs : sequence of str
        Get npp (g C m-2 yr-1), qc (%) and missing_reason.
    year : str
    resampling : {"nearest", "bilinear", "average"}
    mem_mb : int
    """

    def on_grid(inside, flux, reason):
        inside = inside[0] == 1
        npp, qc, share = flux
        npp = np.where(inside, valid_by_share(npp, share), np.nan)
        return npp, np.where(np.isnan(npp), np.nan, qc), reconciled_reasons(npp, reason[0], inside)

    flux, reasons = native
    categorical = "nearest" if resampling == "nearest" else "mode"
    tags = {"source": raster.tags_of(flux).get("source", "MOD17A3HGF"), "resampling": resampling}
    raster.map_blocks(
        on_grid,
        [grid_path, raster.Warped(flux, resampling), raster.Warped(reasons, categorical)],
        _outputs(outputs, year, tags),
        mem_mb=mem_mb,
        label=f"NPP {year}",
    )


def sample(tiles, grid_path, outputs, year, mem_mb, threads=1):
    """Take the native cell at the centre of each study cell: `warp` by nearest, much faster.

    Parameters
    ----------
    tiles : list of str
        MOD17A3HGF granules of the year.
    grid_path, outputs, year, mem_mb
        As for `warp`.
    threads : int
    """
    fields = modis.PRODUCTS["MOD17A3HGF"].fields
    codes = nearest.NativeCodes(tiles, fields.values(), raster.grid_of(grid_path), mem_mb)

    def at_centres(inside, x, y):
        inside, (flux, quality) = inside[0] == 1, codes.below(x, y)
        reason = hdf.missing_reason(flux, fields["npp"])
        value = np.where(inside, hdf.decode(flux, fields["npp"]), np.nan)
        quality = np.where(np.isnan(value), np.nan, hdf.decode(quality, fields["qc"]))
        return value, quality, np.where(inside, reason, np.nan)

    tags = {"source": "MOD17A3HGF", "resampling": "nearest", **modis_tiles.origin(tiles)}
    raster.map_blocks(
        at_centres,
        [grid_path],
        _outputs(outputs, year, tags),
        coordinates=True,
        mem_mb=mem_mb - mem_mb // nearest.SHARE,
        threads=threads,
        label=f"NPP {year}",
    )


def _outputs(paths, year, tags):
    npp, qc, missing_reason = paths
    return [
        raster.Output(npp, "g C m-2 yr-1", "net primary productivity", (year,), tags=tags),
        raster.Output(qc, "%", "growing season filled", (year,), tags=tags),
        raster.Output(
            missing_reason,
            "1",
            "why NPP is missing",
            (year,),
            "uint8",
            classes=modis.MISSING_REASONS,
        ),
    ]
