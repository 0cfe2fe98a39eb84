"""Sums of persistence over the strips of an area, and the rows of its table."""

import numpy as np

from nepflow.io.missing import MaskedArea
from nepflow.pixel import null_persistence, persistence
from nepflow.pixel.null_persistence import BESIDE

COLUMNS = ("method", "chosen", "quantity", "class", "value", "unit")


class Sums:
    """What the rows of one method need, strip by strip.

    Parameters
    ----------
    method : str
        See `persistence.hurst`.
    years : int
        Length of the series.
    minimum_years : int
    options : dict
        Settings `persistence` of the study.
    """

    def __init__(self, method, years, minimum_years, options):
        self.method, self.minimum, self.options = method, minimum_years, options
        self.above, self.total = 0, 0.0
        self.pixels = np.zeros(years + 1, dtype="int64")
        self.classes = np.zeros(len(persistence.COUPLING_NAMES), dtype="int64")
        self.area = MaskedArea()

    def add(self, series, slope, reasons, inside):
        """Add a strip: ``series`` (year, y, x), the others (y, x) as for `MaskedArea.add`."""
        exponent = persistence.hurst(series, self.minimum, self.method)
        known = ~np.isnan(exponent)
        self.above += int((exponent > 0.5).sum())
        self.total += float(np.sum(exponent[known]))
        self.pixels += null_persistence.years_of_pixels(series, known)
        codes = persistence.coupling(slope, exponent, self.options["tolerance"])
        self.classes += [(codes == code).sum() for code in persistence.COUPLING_NAMES]
        self.area.add(known, reasons, inside)

    def rows(self, cell_km2):
        """Yield rows in the order of `COLUMNS`: shares beside those of chance, and areas."""
        about = self.method, self.method == self.options["method"]
        chance = null_persistence.chance(self.pixels, self.method, self.options)
        counts = dict(zip(persistence.COUPLING_NAMES.values(), self.classes, strict=True))
        known, coupled = max(self.pixels.sum(), 1), max(self.classes.sum(), 1)
        shares = [("persistent_share", null_persistence.ALL, 100 * self.above / known)]
        shares += [("coupling_share", name, 100 * n / coupled) for name, n in counts.items()]
        for quantity, of, share in shares:
            yield (*about, quantity, of, share, "%")
            for suffix, value in zip(BESIDE, chance[of], strict=True):
                yield (*about, f"{quantity}{suffix}", of, value, "%")
        coefficient = self.options["autoregression"]
        yield (*about, "autoregression", null_persistence.ALL, coefficient, "1")
        yield (*about, "mean_exponent", null_persistence.ALL, self.total / known, "1")
        for quantity, value, unit in self.area.rows(cell_km2):
            yield (*about, quantity, null_persistence.ALL, value, unit)


def chance_of_classes(table):
    """Return what chance gives of the classes of trend and persistence by the chosen method.

    Parameters
    ----------
    table : DataFrame
        Columns `COLUMNS`.

    Returns
    -------
    shares : dict of {str: (float, float)}
        By class: of white noise and of AR(1), %.
    autoregression : float
        Coefficient of the AR(1) process.
    """
    rows = table[table["chosen"].astype(str) == "True"]
    columns = [
        rows[rows["quantity"] == f"coupling_share{suffix}"].set_index("class")["value"]
        for suffix in BESIDE
    ]
    shares = {name: tuple(float(values[name]) for values in columns) for name in columns[0].index}
    (coefficient,) = rows[rows["quantity"] == "autoregression"]["value"]
    return shares, float(coefficient)
