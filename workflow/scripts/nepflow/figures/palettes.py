"""Colours of figures: readable without full colour vision, even in perceived steps."""

import re

import numpy as np
from cmcrameri import cm
from matplotlib.colors import ListedColormap, Normalize, to_hex

from nepflow.study.variables import VARIABLES

ABSENT = "#d2d2d2"  # cells of the area without a value
INK = "#262626"
ACCENT = "#9c2a10"  # what must not be overlooked: simulated inputs, dropped stations

# What a study may ask for: palette of fields of one sign, palette of fields around zero.
_BY_MEANING = {
    "carbon": ("bamako_r", "bam"),  # see _carbon where sources are few
    **{name: about.palette for name, about in VARIABLES.items()},
    "sequential": ("bamako_r", "bamako_r"),
    "diverging": ("bam", "bam"),
    "neutral": ("batlow_r", "vik"),
}
# The meaning of a unit, where the study asks for nothing; the first pattern that fits counts.
_BY_UNIT = (
    (r"g C .*yr-2", "diverging"),
    (r"T?g C", "carbon"),
    *(
        (rf"{re.escape(about.annual_unit.removesuffix(' yr-1'))}\b", name)
        for name, about in VARIABLES.items()
    ),
    (r"", "neutral"),
)
_CENTRED = {"bam", "berlin", "broc", "cork", "lisbon", "managua", "roma", "tofino", "vanimo", "vik"}
# Dark enough on white, told apart with any colour vision; lines carry markers as well.
LINES = ("#00429d", "#b4531a", "#3a7d44", "#8e3b80")
MARKERS = ("o", "s", "^", "D")


class BadFigure(ValueError):
    """The entry of a figure in the study file cannot be drawn."""


def palette(name):
    """Return a colour map of Crameri's collection (doi:10.5281/zenodo.1243862) by its name."""
    if name not in cm.cmaps:
        known = ", ".join([*_BY_MEANING, "or a name of Crameri's collection such as batlow or vik"])
        raise BadFigure(f"palette '{name}' is unknown. Choose one of: {known}.")
    return cm.cmaps[name]


def colours_for(values, unit, limits=None, name=None):
    """Return colour map and norm of a continuous field.

    A diverging palette has its middle at zero, and equal distances from zero look equally
    strong: the longer side uses its full half, the shorter side only a part of it.

    Parameters
    ----------
    values : ndarray
        Field with NaN, in its unit.
    unit : str
        Chooses the palette where no ``name`` does.
    limits : (float, float), optional
        Ends of the colour bar; rounded 2nd and 98th percentiles otherwise.
    name : str, optional
        A meaning (sequential, diverging, temperature ...) or a palette of Crameri's collection.

    Returns
    -------
    (Colormap, Normalize)

    Raises
    ------
    BadFigure
        If the palette is unknown or the limits do not rise.
    """
    low, high = limits if limits else nice_limits(values)
    if not low < high:
        raise BadFigure(f"limits [{low}, {high}]: the first must be below the second.")
    if name is None:
        name = next(meaning for pattern, meaning in _BY_UNIT if re.match(pattern, unit))
    if name == "carbon" and -0.5 * high <= low < 0:
        return _carbon(low / high), Normalize(low, high)
    single, double = _BY_MEANING.get(name, (name, name))
    chosen = double if low < 0 < high else single
    colours = palette(chosen)
    if chosen.removesuffix("_r") in _CENTRED:
        size = max(abs(low), abs(high))
        colours = ListedColormap(
            colours(np.linspace(0.5 + low / size / 2, 0.5 + high / size / 2, 256))
        )
    return colours, Normalize(low, high)


def _carbon(share):
    """Sinks as where all is sink, the few sources in purple: two palettes that meet at zero.

    A palette with a pale middle would make most of an area of weak sinks look like paper.
    ``share`` is the lower end over the upper one, negative.
    """
    below = round(-256 * share / (1 - share))
    sources = palette("bam")(np.linspace(0.38 * (1 + share), 0.38, max(below, 1)))
    sinks = palette("bamako_r")(np.linspace(0, 1, 256 - max(below, 1)))
    return ListedColormap(np.vstack([sources, sinks]))


def nice_limits(values):
    """Return 2nd and 98th percentile, moved outwards to round numbers."""
    known = values[np.isfinite(values)]
    if known.size == 0:
        return 0.0, 1.0
    low, high = np.percentile(known, [2, 98])
    if low == high:
        return float(low) - 0.5, float(high) + 0.5
    step = 10.0 ** np.floor(np.log10((high - low) / 2))
    if low > 0 and low < 0.25 * high:
        low = 0.0
    return float(np.floor(low / step) * step), float(np.ceil(high / step) * step)


def extension(values, norm):
    """Return which ends of the colour bar need an arrow: neither, min, max or both."""
    below = bool(np.nanmin(values, initial=np.inf) < norm.vmin)
    above = bool(np.nanmax(values, initial=-np.inf) > norm.vmax)
    return {(False, False): "neither", (True, False): "min", (False, True): "max"}.get(
        (below, above), "both"
    )


def class_colours(codes, colours=None, name=None):
    """Return {code: colour}: those of ``name`` spread over the codes, or the raster's own."""
    if name is None and colours and set(codes) <= set(colours):
        return {code: colours[code] for code in codes}
    spread = palette(name or "batlow")(np.linspace(0.02, 0.98, max(len(codes), 2)))
    return {code: to_hex(colour) for code, colour in zip(codes, spread, strict=False)}
