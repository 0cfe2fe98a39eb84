"""A year of light-use NPP on the study grid: productivity, its quality, and why it is absent."""

import numpy as np

from nepflow.io import raster
from nepflow.npp import casa
from nepflow.study import modis

SNOW_ICE, WATER = 15, 17  # IGBP classes without productivity
OWN_LAYERS = ("grid", "ndvi", "filled", "ndvi_normals", "normals", "landcover")


def write_year(layers, months, parameters, outputs, year, settings, mem_mb, threads):
    """Write npp (g C m-2 yr-1), qc (%), absence (`modis.ABSENCE`) and clip (%) of a year.

    Parameters
    ----------
    layers : dict
        Inputs of `raster.map_blocks` by the names of `OWN_LAYERS`.
    months : monthly.FittedMonths or monthly.GridMonths
        Temperature, precipitation and radiation of the year.
    parameters : ndarray, shape (5, 256)
        Of `fpar_limits.parameters`.
    outputs : sequence of str
    year : int
    settings : dict
        maximum_filled_months, stress_scale, hot_months.
    """

    def on_block(*arrays, x, y):
        own, others = arrays[: len(OWN_LAYERS)], arrays[len(OWN_LAYERS) :]
        climate = months(lambda *values: np.concatenate(values), *others, x=x, y=y)
        inside, *own = own
        return of_block(inside[0] == 1, own, np.split(climate, 3), parameters, settings)

    npp, qc, absence, clip = outputs
    band, tags = (str(year),), {"source": "CASA (Zhu et al., 2007)"}
    raster.map_blocks(
        on_block,
        [layers[name] for name in OWN_LAYERS] + months.inputs,
        [
            raster.Output(npp, "g C m-2 yr-1", "net primary productivity", band, tags=tags),
            raster.Output(qc, "%", "months of NDVI filled for cloud", band),
            raster.Output(absence, "1", "why NPP is absent", band, "uint8", classes=modis.ABSENCE),
            raster.Output(clip, "%", "months with NDVI at a limit of light absorption", band),
        ],
        coordinates=True,
        mem_mb=mem_mb // 3,  # the months and the terms of the model are not counted there
        threads=threads,
        label=f"NPP {year}",
    )


def of_block(inside, layers, climate, parameters, settings):
    """Return npp, qc, absence and clip of the cells of a block, each (y, x).

    Parameters
    ----------
    inside : ndarray of bool, shape (y, x)
    layers : list of ndarray
        NDVI (12), months filled (1), NDVI (12) and climate (24) of the mean year, IGBP (1).
    climate : list of three ndarray, shape (12, y, x)
    parameters : ndarray, shape (5, 256)
    settings : dict
    """
    ndvi, filled, ndvi_normals, normals, landcover = layers
    landcover, filled = landcover[0], filled[0]
    of_cell = parameters[:, np.nan_to_num(landcover).astype("intp")]
    with np.errstate(invalid="ignore"):
        monthly = casa.npp_of_year(
            ndvi,
            climate,
            (ndvi_normals, *np.split(normals, 2)),
            of_cell,
            scale=settings["stress_scale"],
            hot=settings["hot_months"],
        )
    accepted = inside & (filled <= settings["maximum_filled_months"])
    npp = np.where(accepted, monthly.sum(axis=0), np.nan)
    absent = np.isnan(npp)
    clip = np.where(absent, np.nan, casa.clipped(ndvi, of_cell[1:]).mean(axis=0) * 100)
    qc = np.where(absent, np.nan, filled / 12 * 100)
    return npp, qc, np.where(inside, reasons(npp, landcover), np.nan), clip


def reasons(npp, landcover):
    """Return why each cell is absent, codes of `modis.ABSENCE`.

    Parameters
    ----------
    npp, landcover : ndarray, shape (y, x)
        NaN = absent; IGBP class, NaN = none.
    """
    code = modis.ABSENCE_CODE
    reason = np.where(np.isnan(landcover), code["unclassified"], code["fill"])
    reason = np.where(landcover == WATER, code["water"], reason)
    reason = np.where(landcover == SNOW_ICE, code["snow"], reason)
    return np.where(np.isnan(npp), reason, code["valid"]).astype("float64")
