"""Net primary productivity by light use: the improved CASA model of Zhu et al. (2007).

Monthly values, one function a term. Arrays broadcast; months are the first axis where a
function needs all twelve. NaN in gives NaN out, and nothing else does.

References
----------
Zhu Wenquan, Pan Yaozhong and Zhang Jinshui (2007), Estimation of net primary productivity of
Chinese terrestrial vegetation based on remote sensing, J. Plant Ecol. 31(3):413-424. Potter et
al. (1993), Global Biogeochem. Cycles 7:811-841. Field, Randerson and Malmstroem (1995), Remote
Sens. Environ. 51:74-88.
"""

import numpy as np

from nepflow.climate.evapotranspiration import thornthwaite
from nepflow.io import raster
from nepflow.study import modis

FPAR_LEAST, FPAR_MOST = 0.001, 0.95
PHOTOSYNTHETIC_SHARE = 0.5  # of total solar radiation
STRESS_SCALE = 1.1814  # numerator of the second temperature stress; 1.1919 makes its peak 1
COLD_C = -10.0  # degC, at and below which nothing grows
WARMER_K, COLDER_K = 10.0, 13.0  # away from the optimum, beyond which the half rule holds


def simple_ratio(ndvi):
    """Return ``SR = (1 + NDVI) / (1 - NDVI)``; infinite where NDVI is 1."""
    with np.errstate(divide="ignore"):
        return (1 + ndvi) / (1 - ndvi)


def fpar_between(index, lowest, highest):
    """Return the absorbed share of light, linear in an index between its limits, clipped.

    Parameters
    ----------
    index : ndarray
        NDVI or simple ratio.
    lowest, highest : ndarray or float
        Values at which 0.001 and 0.95 of the light are absorbed.
    """
    share = (index - lowest) / (highest - lowest) * (FPAR_MOST - FPAR_LEAST) + FPAR_LEAST
    return np.clip(share, FPAR_LEAST, FPAR_MOST)


def fpar(ndvi, limits):
    """Return the absorbed share of photosynthetically active radiation.

    Parameters
    ----------
    ndvi : ndarray
    limits : sequence of four ndarray or float
        NDVI least and most, simple ratio least and most, of the vegetation type.
    """
    by_ratio = fpar_between(simple_ratio(ndvi), limits[2], limits[3])
    return 0.5 * fpar_between(ndvi, limits[0], limits[1]) + 0.5 * by_ratio


def clipped(ndvi, limits):
    """Tell where either share of `fpar` stands at its clip: 1 or 0, NaN where NDVI is."""
    ratio = simple_ratio(ndvi)
    beyond = (ndvi <= limits[0]) | (ndvi >= limits[1]) | (ratio <= limits[2]) | (ratio >= limits[3])
    return np.where(np.isnan(ndvi + limits[0]), np.nan, beyond)


def absorbed_radiation(radiation, share):
    """Return APAR, MJ m-2 month-1.

    Parameters
    ----------
    radiation : ndarray
        Total solar radiation, MJ m-2 month-1; a fitted value below 0 counts as 0.
    share : ndarray
        Of `fpar`.
    """
    return np.maximum(radiation, 0) * share * PHOTOSYNTHETIC_SHARE


def optimum_temperature(ndvi, temperature):
    """Return the mean temperature of the month of maximum NDVI, degC.

    Parameters
    ----------
    ndvi, temperature : ndarray, shape (12, ...)
        Mean year; months without NDVI do not count.

    Returns
    -------
    ndarray
        NaN where no month has NDVI.
    """
    greenest = np.argmax(np.where(np.isnan(ndvi), -np.inf, ndvi), axis=0)
    warmth = np.take_along_axis(temperature, greenest[None], axis=0)[0]
    return np.where(np.isnan(ndvi).all(axis=0), np.nan, warmth)


def biochemical_stress(temperature, optimum):
    """Return the first temperature stress: ``0.8 + 0.02 Topt - 0.0005 Topt^2``, 0 in the cold.

    Parameters
    ----------
    temperature, optimum : ndarray
        Of the month, and of `optimum_temperature`, degC.
    """
    stress = np.maximum(0.8 + 0.02 * optimum - 0.0005 * optimum**2, 0) + 0 * temperature
    return np.where(temperature <= COLD_C, 0.0, stress)


def temperature_stress(temperature, optimum, scale=STRESS_SCALE):
    """Return the second temperature stress, away from the optimum on either side.

    ``scale / {1 + exp[0.2 (Topt - 10 - T)]} / {1 + exp[0.3 (-Topt - 10 + T)]}``; half of its
    value at the optimum where T lies more than 10 K above or 13 K below that.

    Parameters
    ----------
    temperature, optimum : ndarray
        degC.
    scale : float
        1.1814 (Zhu), 1.184 or 1.1919 (peak 1).
    """
    departure = temperature - optimum
    stress = scale / (1 + np.exp(0.2 * (-10 - departure))) / (1 + np.exp(0.3 * (departure - 10)))
    far = (departure > WARMER_K) | (departure < -COLDER_K)
    return np.where(far, 0.5 * scale / (1 + np.exp(-2.0)) / (1 + np.exp(-3.0)), stress)


def net_radiation(precipitation, potential):
    """Return net radiation as water, mm month-1, finite without rain.

    ``sqrt(Ep0 P) (0.369 + 0.598 sqrt(Ep0 / P)) = 0.369 sqrt(Ep0 P) + 0.598 Ep0``

    Parameters
    ----------
    precipitation, potential : ndarray
        mm month-1.
    """
    return 0.369 * np.sqrt(potential * precipitation) + 0.598 * potential


def evapotranspiration(precipitation, radiation):
    """Return regional evapotranspiration after Zhou and Zhang (1996), mm month-1.

    ``P Rn (P^2 + Rn^2 + P Rn) / [(P + Rn) (P^2 + Rn^2)]``, 0 where neither water nor energy is.

    Parameters
    ----------
    precipitation, radiation : ndarray
        Precipitation and `net_radiation`, mm month-1.
    """
    squares = precipitation**2 + radiation**2
    product = precipitation * radiation
    above = product * (squares + product)
    below = (precipitation + radiation) * squares
    return above / np.where(below == 0, 1.0, below)


def water_stress(temperature, precipitation, hot="willmott"):
    """Return ``0.5 + 0.5 E / Ep`` of months, between 0.5 and 1.

    ``Ep = (E + Ep0) / 2`` (Bouchet), ``Ep0`` after Thornthwaite without day length.

    Parameters
    ----------
    temperature, precipitation : ndarray, shape (12, ...)
        degC, mm month-1, of one year: its heat index needs all months.
    hot : {"willmott", "uncapped"}
        See `evapotranspiration.thornthwaite`.

    Returns
    -------
    ndarray, shape (12, ...)
        0.5 where nothing can evaporate; `held_in_frost` is for frozen months.
    """
    potential = np.maximum(thornthwaite(temperature, hot=hot), 0)
    actual = evapotranspiration(precipitation, net_radiation(precipitation, potential))
    mean = (actual + potential) / 2
    return np.clip(0.5 + 0.5 * actual / np.where(mean == 0, 1.0, mean), 0.5, 1.0)


def held_in_frost(temperature, stress):
    """Return for each month the water stress of the last one with T > 0, itself included.

    Parameters
    ----------
    temperature, stress : ndarray, shape (12, ...)
        Mean year, degC and `water_stress`. Of the mean year, so that years do not depend on
        one another; December precedes January.

    Returns
    -------
    ndarray, shape (12, ...)
        0.5 where no month is above 0 degC.
    """
    held = np.full(stress.shape, np.nan)
    last = np.full(stress.shape[1:], 0.5) + 0 * stress[0]
    for month in range(24):  # the second round knows what the first ended with
        thawed = temperature[month % 12] > 0
        last = np.where(thawed, stress[month % 12], last)
        held[month % 12] = last
    return held


def npp(absorbed, stresses, efficiency):
    """Return productivity of months, g C m-2 month-1: APAR times three stresses times the most.

    Parameters
    ----------
    absorbed : ndarray
        MJ m-2 month-1.
    stresses : sequence of ndarray
    efficiency : ndarray or float
        Largest light use efficiency of the vegetation type, g C MJ-1.
    """
    result = absorbed * efficiency
    for stress in stresses:
        result = result * stress
    return result


def npp_of_year(ndvi, climate, normals, parameters, scale=STRESS_SCALE, hot="willmott"):
    """Return productivity of the months of one year.

    Parameters
    ----------
    ndvi : ndarray, shape (12, ...)
    climate : sequence of three ndarray, shape (12, ...)
        Temperature (degC), precipitation (mm month-1), radiation (MJ m-2 month-1).
    normals : sequence of three ndarray
        NDVI, temperature and precipitation of the mean year, shape (12, ...).
    parameters : sequence of five ndarray or float
        Efficiency and the four limits of `fpar`, shape (...).
    scale, hot
        See `temperature_stress` and `evapotranspiration.thornthwaite`.

    Returns
    -------
    ndarray, shape (12, ...)
        g C m-2 month-1, never negative.
    """
    temperature, precipitation, radiation = climate
    precipitation = np.maximum(precipitation, 0)
    optimum = optimum_temperature(normals[0], normals[1])
    held = held_in_frost(normals[1], water_stress(normals[1], normals[2], hot))
    water = np.where(temperature > 0, water_stress(temperature, precipitation, hot), held)
    stresses = (
        biochemical_stress(temperature, optimum),
        temperature_stress(temperature, optimum, scale),
        np.where(np.isnan(temperature + precipitation), np.nan, water),
    )
    absorbed = absorbed_radiation(radiation, fpar(ndvi, parameters[1:]))
    return npp(absorbed, stresses, parameters[0])


SNOW_ICE, WATER = 15, 17  # IGBP classes without productivity
OWN_LAYERS = ("grid", "ndvi", "filled", "ndvi_normals", "normals", "landcover")


def write_year(layers, months, parameters, outputs, year, settings, mem_mb, threads):
    """Write npp (g C m-2 yr-1), qc (%), missing_reason (`modis.MISSING_REASONS`) and clip (%) of
    a year.

    Parameters
    ----------
    layers : dict
        Inputs of `raster.map_blocks` by the names of `OWN_LAYERS`.
    months : monthly.FittedMonths or monthly.GridMonths
        Temperature, precipitation and radiation of the year.
    parameters : ndarray, shape (5, 256)
        Of `fpar.parameters`.
    outputs : sequence of str
    year : int
    settings : dict
        max_filled_months, stress_scale, hot_months.
    """

    def on_block(*arrays, x, y):
        own, others = arrays[: len(OWN_LAYERS)], arrays[len(OWN_LAYERS) :]
        climate = months(lambda *values: np.concatenate(values), *others, x=x, y=y)
        inside, *own = own
        return of_block(inside[0] == 1, own, np.split(climate, 3), parameters, settings)

    npp, qc, missing_reason, clip = outputs
    band, tags = (str(year),), {"source": "CASA (Zhu et al., 2007)"}
    raster.map_blocks(
        on_block,
        [layers[name] for name in OWN_LAYERS] + months.inputs,
        [
            raster.Output(npp, "g C m-2 yr-1", "net primary productivity", band, tags=tags),
            raster.Output(qc, "%", "months of NDVI filled for cloud", band),
            raster.Output(
                missing_reason,
                "1",
                "why NPP is missing",
                band,
                "uint8",
                classes=modis.MISSING_REASONS,
            ),
            raster.Output(clip, "%", "months with NDVI at a limit of light absorption", band),
        ],
        coordinates=True,
        mem_mb=mem_mb // 3,  # the months and the terms of the model are not counted there
        threads=threads,
        label=f"NPP {year}",
    )


def of_block(inside, layers, climate, parameters, settings):
    """Return npp, qc, missing_reason and clip of the cells of a block, each (y, x).

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
        monthly = npp_of_year(
            ndvi,
            climate,
            (ndvi_normals, *np.split(normals, 2)),
            of_cell,
            scale=settings["stress_scale"],
            hot=settings["hot_months"],
        )
    accepted = inside & (filled <= settings["max_filled_months"])
    npp = np.where(accepted, monthly.sum(axis=0), np.nan)
    absent = np.isnan(npp)
    clip = np.where(absent, np.nan, clipped(ndvi, of_cell[1:]).mean(axis=0) * 100)
    qc = np.where(absent, np.nan, filled / 12 * 100)
    return npp, qc, np.where(inside, reasons(npp, landcover), np.nan), clip


def reasons(npp, landcover):
    """Return why each cell is absent, codes of `modis.MISSING_REASONS`.

    Parameters
    ----------
    npp, landcover : ndarray, shape (y, x)
        NaN = missing; IGBP class, NaN = none.
    """
    code = modis.REASON_CODE
    reason = np.where(np.isnan(landcover), code["unclassified"], code["fill"])
    reason = np.where(landcover == WATER, code["water"], reason)
    reason = np.where(landcover == SNOW_ICE, code["snow"], reason)
    return np.where(np.isnan(npp), reason, code["valid"]).astype("float64")
