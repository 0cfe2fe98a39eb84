"""Units of NPP that was made elsewhere."""

import numpy as np

from nepflow.raster_door import BadGrid

UNITS = {"g C m-2 yr-1": 1.0, "kg C m-2 yr-1": 1000.0, "t C ha-1 yr-1": 100.0}
POSSIBLE = (-1000.0, 6000.0)  # g C m-2 yr-1; own choice: MOD17 can hold -3000 to 3270
PLAUSIBLE = (1.0, 3000.0)  # median of the values other than 0


def converted(npp, unit):
    """Return NPP, g C m-2 yr-1.

    Parameters
    ----------
    npp : ndarray
    unit : str
        Key of `UNITS`; the schema of a study knows no other.
    """
    return npp * UNITS[unit]


def check(npp, file):
    """Refuse NPP in another unit than declared.

    Parameters
    ----------
    npp : ndarray
        g C m-2 yr-1
    file : str

    Raises
    ------
    BadGrid
    """
    known = npp[np.isfinite(npp)]
    if not known.size:
        raise BadGrid(f"{file}: no value in the study's area. Use a raster that covers it.")
    middle = float(np.median(known[known != 0])) if known.any() else 0.0
    outside = float(np.mean((known < POSSIBLE[0]) | (known > POSSIBLE[1])))
    if outside or not PLAUSIBLE[0] <= middle <= PLAUSIBLE[1]:
        raise BadGrid(
            f"{file}: the median NPP is {middle:g} g C m-2 yr-1 and {outside:.1%} of the values "
            f"lie outside {POSSIBLE[0]:g} to {POSSIBLE[1]:g}. Check unit, scale, offset and fill "
            "in npp.rasters."
        )
