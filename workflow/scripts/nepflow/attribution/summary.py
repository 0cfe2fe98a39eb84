"""Sums of attributed trends over the strips of an area, and the rows of its table."""

import numpy as np

from nepflow.attribution import attribution
from nepflow.io import missing

SLOPES = ("observed", "climate", "residual")
PARTS = SLOPES[1:]  # whose share of the trend is said
ALONE = list(attribution.DOMINANT.values())[:3]  # of cells that are determined
AREA = "% of the area"


class Shares:
    """Cases, classes and contributions of cells, counted strip by strip.

    Parameters
    ----------
    significance_p, dominance_percent : float
    """

    def __init__(self, significance_p, dominance_percent):
        self.level, self.percent, self.area = significance_p, dominance_percent, 0
        self.cases, self.parts = np.zeros((2, len(attribution.CASES)))
        self.classes = {"all": np.zeros(5), "significant": np.zeros(5)}

    def add(self, inside, p, share, cases):
        """Add a strip: arrays of one shape, ``inside`` boolean, ``share`` of the residual, %."""
        self.area += int(inside.sum())
        for place, code in enumerate(attribution.CASES):
            here = inside & (cases == code)
            self.cases[place] += here.sum()
            self.parts[place] += share[here].sum()
        for name, level in (("all", 1.0), ("significant", self.level)):
            code = attribution.dominant(share, p, level, self.percent)
            self.classes[name] += [(inside & (code == c)).sum() for c in attribution.DOMINANT]

    def rows(self):
        """Yield (of, quantity, value, unit)."""
        counted = zip(attribution.CASES.values(), self.cases, self.parts, strict=True)
        for name, count, total in counted:
            yield name, "case_share", missing.per(100 * count, self.area), AREA
            if name != attribution.CASES[7]:
                rest = total / count if count else np.nan
                yield name, "climate_contribution", 100 - rest, "% of the trend, mean of cells"
                yield name, "residual_contribution", rest, "% of the trend, mean of cells"
        for name, count in zip(
            attribution.DOMINANT.values(), self.classes["significant"], strict=True
        ):
            yield name, "class_share", missing.per(100 * count, self.area), AREA
        for name, counts in self.classes.items():
            decided = counts[:3].sum()
            about = "% of the determined area" if name == "all" else "% of the significant area"
            key = "dominant_share" if name == "all" else "dominant_share_significant"
            for factor, count in zip(ALONE, counts, strict=False):
                yield factor, key, 100 * count / decided if decided else np.nan, about


def of_driver(name):
    """The column ``of`` of what a driver adds to the trend."""
    return f"climate: {name}"


def marked(rows, shared_inputs):
    """Append to rows (method, claimed, of, ...) how the driver that they speak of entered."""
    how = {of_driver(name): word for name, word in shared_inputs.items()}
    return [(*row, how.get(row[2], "")) for row in rows]


class Sums:
    """What the rows of one method need, strip by strip.

    Parameters
    ----------
    drivers : list of str
    significance_p, dominance_percent : float
    """

    def __init__(self, drivers, significance_p, dominance_percent):
        self.names = [*SLOPES, *map(of_driver, drivers)]
        self.slopes, self.known = np.zeros(len(self.names)), 0
        self.shares = Shares(significance_p, dominance_percent)

    def add(self, inside, observed, p, climate, rest, share, cases, drivers):
        """Add a strip: arrays (y, x), ``inside`` boolean, ``drivers`` (driver, y, x)."""
        known = inside & np.isfinite(observed + climate + rest)
        self.known += int(known.sum())
        self.slopes += [layer[known].sum() for layer in (observed, climate, rest, *drivers)]
        self.shares.add(inside, p, share, cases)

    def rows(self, unit, null, errors, confidence_percent):
        """Yield (of, quantity, value, unit).

        Parameters
        ----------
        unit : str
            Of the slopes.
        null : dict of {(str, str): float}
            Of `inference.null_shares`: shares by (of, quantity) where there is no rest.
        errors : inference.Errors or None
            None: slopes stand without intervals.
        confidence_percent : float
        """
        means = self.slopes / self.known if self.known else np.full(len(self.slopes), np.nan)
        for place, (name, mean) in enumerate(zip(self.names, means, strict=True)):
            yield name, "mean_slope", mean, unit
            if errors:
                half = errors.half_width(errors.of(place), confidence_percent)
                yield name, "mean_slope_error", errors.of(place), unit
                yield name, "mean_slope_low", mean - half, unit
                yield name, "mean_slope_high", mean + half, unit
        yield from self._parts(means, errors, confidence_percent)
        for row in self.shares.rows():
            yield row
            if row[:2] in null:
                yield row[0], f"null_{row[1]}", null[row[:2]], row[3]

    def _parts(self, means, errors, confidence_percent):
        """Share of climate and of the residual in the mean trend."""
        about = "% of the mean trend"
        for place, name in enumerate(self.names[: len(SLOPES)]):
            if name not in PARTS:
                continue
            share = means[place] / means[0]
            yield name, "trend_share", 100 * share, about
            if errors:
                error = 100 * errors.of_share(place, share, means[0])
                half = errors.half_width(error, confidence_percent)
                yield name, "trend_share_low", 100 * share - half, about
                yield name, "trend_share_high", 100 * share + half, about
