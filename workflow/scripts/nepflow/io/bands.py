"""The part of a job: the whole grid, or one of several bands of rows that are separate jobs."""

from contextlib import contextmanager
from contextvars import ContextVar

UNITS = (256, 16, 1)  # rows of which a band is a multiple: those of a GeoTIFF tile where it can
WHOLE = (1, 1)
_BAND = ContextVar("band", default=WHOLE)


class TooManyBands(ValueError):
    """A grid has fewer rows than bands."""


@contextmanager
def only(band):
    """Let `rows` and `share` give those of one band within the block.

    Parameters
    ----------
    band : str or None
        Such as "2-of-5", counted from north to south; None is the whole.
    """
    token = _BAND.set(tuple(map(int, band.split("-of-"))) if band else WHOLE)
    try:
        yield
    finally:
        _BAND.reset(token)


def is_whole():
    """Tell whether this job does all of the grid."""
    return _BAND.get() == WHOLE


def rows(height):
    """Return the first row of this job and the row after its last, of ``height``.

    Raises
    ------
    TooManyBands
    """
    number, count = _BAND.get()
    if count > height:
        raise TooManyBands(
            f"grid.blocks: {count} bands of a grid of {height} rows. Set it to {height} at most; "
            "a band of fewer than some hundred rows gains nothing."
        )
    unit = next(unit for unit in UNITS if -(-height // unit) >= count)
    units = -(-height // unit)
    return tuple(min(unit * (units * k // count), height) for k in (number - 1, number))


def share(items):
    """Return the run of ``items`` that this job has to itself; those of all bands make up all."""
    number, count = _BAND.get()
    return items[len(items) * (number - 1) // count : len(items) * number // count]
