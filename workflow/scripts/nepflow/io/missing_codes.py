"""Numbers that stand for missing data although nothing says so, and what else an input holds.

Programs write missing data as numbers: -9999, 999.9, the largest number of 16 bits. A file or a
study that declares them is read right. One that does not would count them as values, so an input
that holds such a number where no value can be is refused. Pure.
"""

from functools import cache

import numpy as np
from numba import njit

# Known codes, with what 16-bit codes become by the usual scales of products.
_WRITTEN = (
    -99, -99.9, -99.99, -888, -999, -999.9, -999.99, -8888, -9999, -9999.9, -99999, -999999,
    99, 99.9, 99.99, 999, 999.9, 999.99, 9999, 9999.9, 99999, 999999,
)  # fmt: skip
_SHORT = (-32768, -32767, -28672, 32700, 32744, 32766, *range(32761, 32768), *range(65529, 65536))
_SCALES = (1, 0.1, 0.01, 0.001, 0.0001)
_LONG = (-2147483648, -2147483647, 2147483647, 4294967295)
_BYTES = {"uint8": range(249, 256), "int8": (-128, -127, 127)}
# 99.99 inches of rain in mm: codes of a file that was converted as if they were values
_CONVERTED = (2539.7, 2539.746, 2539.75, 25397.5, 25399.7)

MOD17_CODES = (3270.0, 3276.75)  # g C m-2 yr-1: largest value and largest code of MOD17A3HGF
SEA_FLOOR_M = -11_000.0  # Challenger Deep, rounded outwards
ELEVATION_M = (-450.0, 8900.0)  # shore of the Dead Sea, Everest; rounded outwards
STRONG = 999  # size from which a code looks like nothing else
ZEROS = 0.001  # share of exact zeros above which a mask is suspected
SAMPLE = 2_000_000  # values that medians and neighbours of a code are found on
LEAST = 3  # times that a weak code must occur
GAP = 0.1  # of the span of the other values, between them and a code
NEAR = 0.02  # of a code: other values so close make it a value
ALONE = 20  # times as frequent as all values near it together
OFTEN = 2  # times as frequent as any other value but 0


@cache
def codes_of(dtype="float64"):
    """Return the numbers that may be codes in data of a type, ascending."""
    dtype = np.dtype(dtype)
    scaled = [code * scale for code in (*_SHORT, -9999, 9999) for scale in _SCALES]
    codes = [*_WRITTEN, *_LONG, *_CONVERTED, *scaled, *_BYTES.get(dtype.name, ())]
    codes = np.unique(np.round(codes, 4))
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        whole = codes == np.round(codes)
        return codes[whole & (codes >= limits.min) & (codes <= limits.max)]
    return np.unique(np.concatenate([codes, codes.astype("float32").astype("float64")]))


class Seen:
    """What the values of an input are, block by block in bounded memory.

    Parameters
    ----------
    dtype : str
        Type of the stored values; it sets the codes that are looked for.

    Attributes
    ----------
    count, zeros, infinite : int
        Finite values, those of exactly 0, and infinite ones.
    hidden : int
        Values that a reader took for missing, though nothing declares them; the reader sets it.
    lowest, highest : float
        Of the finite values.
    """

    def __init__(self, dtype="float64"):
        self.count = self.zeros = self.infinite = self.hidden = 0
        self.lowest, self.highest = np.inf, -np.inf
        self._bare_low, self._bare_high = np.inf, -np.inf  # without codes
        self._codes = codes_of(np.dtype(dtype).name)
        self._found = np.zeros(self._codes.size, "int64")
        self._step, self._kept, self._sorted = 1, [], None  # every so many-th value is kept

    def add(self, values):
        """Take in some values; NaN = missing."""
        flat = np.ascontiguousarray(values, "float64").ravel()
        kept = np.empty(-(-flat.size // self._step))
        count, zeros, infinite, limits = _scan(flat, self._codes, self._step, self._found, kept)
        self.count, self.zeros = self.count + count, self.zeros + zeros
        self.infinite += infinite
        self.lowest, self.highest = min(self.lowest, limits[0]), max(self.highest, limits[1])
        self._bare_low = min(self._bare_low, limits[2])
        self._bare_high = max(self._bare_high, limits[3])
        self._kept.append(kept[: -(-count // self._step)])
        self._sorted = None
        while sum(part.size for part in self._kept) > 2 * SAMPLE:
            self._kept, self._step = [self._values()[::2]], 2 * self._step
            self._sorted = None

    def suspects(self, limits=(-np.inf, np.inf), alone=True):
        """Return {code: how often} of the codes that can be no values.

        A code is none where it lies outside of ``limits``; where it lies beyond all other values,
        a tenth of their span away; or, with ``alone``, where it is far more frequent than the
        values near it and than any other value.
        """
        low, high = limits
        return {
            float(f"{code:.7g}"): number
            for code, number in self._times()
            if not low <= code <= high
            or self._beyond(code, number)
            or (alone and self._alone(code, number))
        }

    def _times(self):
        """Codes that occur, and how often."""
        return [(float(self._codes[k]), int(self._found[k])) for k in np.flatnonzero(self._found)]

    def _beyond(self, code, number):
        if self._bare_high < self._bare_low:  # nothing but codes
            return code < 0 and abs(code) >= STRONG
        span = self._bare_high - self._bare_low
        distance = max(code - self._bare_high, self._bare_low - code)
        if distance <= max(GAP * span, NEAR * abs(code)):
            return False
        largest = max(abs(self._bare_low), abs(self._bare_high))
        return number >= LEAST or (abs(code) >= STRONG and abs(code) > 2 * largest)

    def _alone(self, code, number):
        if abs(code) < STRONG or number < max(LEAST, ZEROS * self.count):
            return False
        others = self._bare()
        if not others.size:
            return False
        reach = NEAR * max(abs(code), self._bare_high - self._bare_low)
        first, last = np.searchsorted(others, [code - reach, code + reach])
        if ALONE * (last - first) * self._step > number:
            return False
        often = np.unique(others[others != 0], return_counts=True)[1].max(initial=0)
        return number > OFTEN * often * self._step

    def _values(self):
        if self._sorted is None:
            self._sorted = np.sort(np.concatenate(self._kept)) if self._kept else np.empty(0)
            self._kept = [self._sorted]
        return self._sorted

    def _bare(self):
        values = self._values()
        return values[~np.isin(values, self._codes)]

    def hole_of_zeros(self, reach):
        """Tell whether exact zeros look like a hole: many, and hardly a value near them.

        Parameters
        ----------
        reach : float
            What counts as near 0.
        """
        if self.zeros <= ZEROS * self.count or self.zeros == self.count:
            return False
        values = self._values()
        near = (np.abs(values) <= reach) & (values != 0)
        return ALONE * near.sum() * self._step <= self.zeros

    @property
    def zero_share(self):
        """Exact zeros, share of the values."""
        return self.zeros / self.count if self.count else 0.0

    def text(self, unit=""):
        """Return one line: smallest, largest, share of exact zeros, median, commonest value."""
        if not self.count:
            return "no value"
        values = self._values()
        found, numbers = np.unique(values, return_counts=True)
        most = int(np.argmax(numbers))
        share = 100 * numbers[most] / values.size
        sampled = f"; the last two of every {self._step}th value" if self._step > 1 else ""
        return (
            f"{self.lowest:.6g} to {self.highest:.6g}{unit and f' {unit}'}, "
            f"{100 * self.zero_share:.3g} % exactly 0, median {np.median(values):.6g}, commonest "
            f"{found[most]:.6g} ({share:.3g} %){sampled}"
        )


@njit(cache=True, nogil=True)
def _scan(values, codes, step, found, kept):
    """Count values in one pass; ``found`` is added to, ``kept`` gets every ``step``-th of them."""
    count = zeros = infinite = place = 0
    low = bare_low = np.inf
    high = bare_high = -np.inf
    for value in values:
        if np.isnan(value):
            continue
        if np.isinf(value):
            infinite += 1
            continue
        if count % step == 0:
            kept[place] = value
            place += 1
        count += 1
        zeros += value == 0
        low, high = min(low, value), max(high, value)
        k = np.searchsorted(codes, value)
        if k < codes.size and codes[k] == value:
            found[k] += 1
        else:
            bare_low, bare_high = min(bare_low, value), max(bare_high, value)
    return count, zeros, infinite, (low, high, bare_low, bare_high)


def listed(suspects):
    """Return codes and their counts as text, the most frequent first."""
    ordered = sorted(suspects.items(), key=lambda item: -item[1])
    return ", ".join(f"{code:.7g} ({number} times)" for code, number in ordered[:6])


def as_list(suspects):
    """Return codes as a list to write into a study."""
    return "[" + ", ".join(f"{code:.7g}" for code in sorted(suspects)[:20]) + "]"


def zeros_text(share, what="values"):
    """Return the sentence that warns of zeros of a mask."""
    return (
        f"{100 * share:.2g} % of the {what} are exactly 0: a source without nodata writes 0 where "
        "it is masked (water, towns, bare ground), and such zeros count as values"
    )
