"""Soil organic carbon that users bring: units, depth, and what is possible."""

import numpy as np

DEPTH_CM = (0, 20)  # that the respiration models count
STOCKS = {"kg C m-2": 1.0, "g C m-2": 0.001, "t C ha-1": 0.1}  # to kg C m-2
CONTENTS = {"g kg-1": 1.0, "dg kg-1": 0.1, "%": 10.0}  # to g kg-1; need a bulk density
PLAUSIBLE = (0.2, 20.0)  # median of the area, kg C m-2 in 0-20 cm; own choice


class BadCarbon(ValueError):
    """Soil carbon in a unit or of a depth that cannot be converted."""


def converted(values, entry):
    """Return soil organic carbon of 0-20 cm, kg C m-2.

    A content becomes a stock by ``content * bulk density * thickness / 100`` (g kg-1, g cm-3, cm).
    A stock of another depth d becomes that of 20 cm by ``(1 - b^20) / (1 - b^d)``, the shape of
    Jobbagy and Jackson (2000), Ecological Applications 10:423-436, if ``depth_shape`` gives b.

    Parameters
    ----------
    values : ndarray
    entry : dict
        file, unit, depth_cm (upper, lower), and where needed bulk_density_g_cm3, depth_shape.

    Raises
    ------
    BadCarbon
        If the depth is not 0-20 cm and no shape is given, or a content has no bulk density.
    """
    upper, lower = entry["depth_cm"]
    if entry["unit"] in CONTENTS:
        if "bulk_density_g_cm3" not in entry:
            raise BadCarbon(
                f"{entry['file']}: a content ({entry['unit']}) becomes a stock by the bulk "
                "density. Give soil_carbon.bulk_density_g_cm3, or a raster of stocks."
            )
        content = values * CONTENTS[entry["unit"]]
        stock = content * entry["bulk_density_g_cm3"] * (lower - upper) / 100
    else:
        stock = values * STOCKS[entry["unit"]]
    return stock * _depth_factor(entry, upper, lower)


def _depth_factor(entry, upper, lower):
    if (upper, lower) == DEPTH_CM:
        return 1.0
    if upper != 0 or "depth_shape" not in entry:
        raise BadCarbon(
            f"{entry['file']}: is carbon of {upper:g}-{lower:g} cm, the models count 0-20 cm. "
            "Bring that layer, or, for a layer from 0 cm, give soil_carbon.depth_shape (0.9786 is "
            "in use, unconfirmed)."
        )
    shape = entry["depth_shape"]
    return (1 - shape ** DEPTH_CM[1]) / (1 - shape**lower)


def check(carbon, file):
    """Refuse carbon in another unit than declared.

    Parameters
    ----------
    carbon : ndarray
        kg C m-2 in 0-20 cm.
    file : str

    Raises
    ------
    BadCarbon
    """
    known = carbon[np.isfinite(carbon)]
    if not known.size:
        raise BadCarbon(f"{file}: no value in the study's area. Use a raster that covers it.")
    middle = float(np.median(known))
    if known.min() < 0 or not PLAUSIBLE[0] <= middle <= PLAUSIBLE[1]:
        raise BadCarbon(
            f"{file}: the median is {middle:g} kg C m-2 in 0-20 cm, the smallest {known.min():g}. "
            "Check unit, scale, offset and fill in soil_carbon."
        )
