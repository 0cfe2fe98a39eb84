"""NPP that was made elsewhere: its units, and what it cannot be."""

import numpy as np

from nepflow.io import missing_codes
from nepflow.io.user_rasters import BadGrid

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


def check(npp, file, valid=None):
    """Refuse NPP in another unit than declared, and codes of MOD17A3HGF as NPP.

    Parameters
    ----------
    npp : ndarray
        g C m-2 yr-1
    file : str
    valid : [low, high], optional
        Stored values that the study declares to be values.

    Raises
    ------
    BadGrid
    """
    known = npp[np.isfinite(npp)]
    if not known.size:
        raise BadGrid(f"{file}: no value in the study's area. Use a raster that covers it.")
    middle = float(np.median(known[known != 0])) if known.any() else 0.0
    if not valid:
        _refuse_mod17_codes(known, file)
    outside = float(np.mean((known < POSSIBLE[0]) | (known > POSSIBLE[1])))
    if outside or not PLAUSIBLE[0] <= middle <= PLAUSIBLE[1]:
        raise BadGrid(
            f"{file}: the median NPP is {middle:g} g C m-2 yr-1 and {outside:.1%} of the values "
            f"lie outside {POSSIBLE[0]:g} to {POSSIBLE[1]:g}. Check unit, scale, offset and fill "
            "in npp.rasters."
        )


def _refuse_mod17_codes(known, file):
    """Codes 32761 to 32767 times 0.0001 kg C m-2 yr-1, also where a mean of codes was taken."""
    low, high = missing_codes.MOD17_CODES
    coded = (known > low + 0.01) & (known <= high)
    if coded.any():
        raise BadGrid(
            f"{file}: {coded.sum()} cells ({coded.mean():.2%}) have an NPP of "
            f"{known[coded].min():.1f} to {known[coded].max():.1f} g C m-2 yr-1: these are the "
            "codes 32761 to 32767 of MOD17A3HGF (water, towns, bare ground, fill; 3276 with its "
            "scale), no NPP. Write `valid: [-30000, 32700]` (stored values) in npp.rasters, or "
            "list the codes as `fill`; a file that was averaged or resampled with them must be "
            "exported again with the codes masked (docs/data.md)."
        )


class Tally:
    """How many values of NPP may be wrong and can be meant, block by block."""

    def __init__(self):
        self.known = self.zeros = self.above = 0
        self.highest = -np.inf

    def add(self, npp):
        """Take in NPP, g C m-2 yr-1; NaN = absent."""
        known = npp[np.isfinite(npp)]
        self.known += known.size
        self.zeros += int((known == 0).sum())
        self.above += int((known > PLAUSIBLE[1]).sum())
        self.highest = max(self.highest, float(known.max(initial=-np.inf)))
        return self

    def warnings(self, entry):
        """Yield what to look at; an entry with ``valid`` has said that zeros are values.

        Parameters
        ----------
        entry : dict
            npp.rasters
        """
        zeros, above = (count / max(self.known, 1) for count in (self.zeros, self.above))
        if zeros > missing_codes.ZEROS and not entry.get("valid"):
            yield (
                f"{missing_codes.zeros_text(zeros, 'cells with NPP')}. If they are none, write "
                "`fill: 0` in npp.rasters; if they are NPP of zero, the range of stored values, "
                "such as `valid: [0, 32700]`"
            )
        if above:
            yield (
                f"NPP above {PLAUSIBLE[1]:g} g C m-2 yr-1 in {100 * above:.2g} % of the cells, up "
                f"to {self.highest:.0f}: codes of missing data averaged with values look so"
            )
