"""Sums of attributed trends over the strips of an area, and the rows of its table."""

import numpy as np

from nepflow import attribution

SLOPES = ("observed", "climate", "rest")


def of_driver(name):
    """The column ``of`` of what a driver adds to the trend."""
    return f"climate: {name}"


class Sums:
    """What the rows of one method need, strip by strip.

    Parameters
    ----------
    drivers : list of str
    significance_p, dominance_percent : float
    """

    def __init__(self, drivers, significance_p, dominance_percent):
        self.drivers = list(drivers)
        self.level, self.percent = significance_p, dominance_percent
        self.slopes, self.known = np.zeros(len(SLOPES) + len(self.drivers)), 0
        self.cases, self.area = np.zeros(len(attribution.CASES)), 0
        self.classes = {"all": np.zeros(5), "significant": np.zeros(5)}

    def add(self, inside, observed, p, climate, rest, share, cases, drivers):
        """Add a strip: arrays (y, x), ``inside`` boolean, ``drivers`` (driver, y, x)."""
        self.area += int(inside.sum())
        known = inside & np.isfinite(observed + climate + rest)
        self.known += int(known.sum())
        self.slopes += [layer[known].sum() for layer in (observed, climate, rest, *drivers)]
        self.cases += [(inside & (cases == code)).sum() for code in attribution.CASES]
        for name, level in (("all", 1.0), ("significant", self.level)):
            code = attribution.dominant(share, p, level, self.percent)
            self.classes[name] += [(inside & (code == c)).sum() for c in attribution.DOMINANT]

    def rows(self, unit, null):
        """Yield (of, quantity, value, unit).

        Parameters
        ----------
        unit : str
            Of the slopes.
        null : (float, float)
            Share dominated by the rest where there is none, of the determined and of the
            significant pixels, %.
        """
        names = [*SLOPES, *map(of_driver, self.drivers)]
        for name, total in zip(names, self.slopes, strict=True):
            yield name, "mean_slope", total / self.known if self.known else np.nan, unit
        for name, count in zip(attribution.CASES.values(), self.cases, strict=True):
            yield name, "case_share", 100 * count / max(self.area, 1), "% of the area"
        for name, count in zip(
            attribution.DOMINANT.values(), self.classes["significant"], strict=True
        ):
            yield name, "class_share", 100 * count / max(self.area, 1), "% of the area"
        for (name, counts), chance in zip(self.classes.items(), null, strict=True):
            decided = counts[:3].sum()
            about = "% of the determined area" if name == "all" else "% of the significant area"
            key = "dominant_share" if name == "all" else "dominant_share_significant"
            for factor, count in zip(list(attribution.DOMINANT.values())[:3], counts, strict=False):
                yield factor, key, 100 * count / decided if decided else np.nan, about
            yield attribution.DOMINANT[3], f"null_{key}", chance, about
