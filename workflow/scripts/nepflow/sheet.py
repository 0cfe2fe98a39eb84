"""The sheet that a figure is drawn on: journal sizes, type, title, marks that every kind bears."""

import functools
import textwrap

import matplotlib
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.offsetbox import AnchoredText

from nepflow import labels, palettes

WIDTHS = (85, 180)  # single and double column, mm
_MM = 1 / 25.4
# DejaVu comes with matplotlib, so a figure has the same letters everywhere; the others serve
# names in Chinese, Japanese or Korean characters where one of them is installed.
_FALLBACKS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "Arial Unicode MS",
)


def style():
    """Return the settings under which every figure is drawn and saved."""
    installed = set(fontManager.get_font_names())
    return {
        "font.family": ["DejaVu Sans", *(name for name in _FALLBACKS if name in installed)],
        "font.size": 7,
        "axes.titlesize": 7.5,
        "axes.labelsize": 7,
        "xtick.labelsize": 6.5,
        "ytick.labelsize": 6.5,
        "legend.fontsize": 6.5,
        "axes.linewidth": 0.5,
        "xtick.major.width": 0.5,
        "ytick.major.width": 0.5,
        "xtick.major.size": 2,
        "ytick.major.size": 2,
        "xtick.major.pad": 2,
        "ytick.major.pad": 2,
        "lines.linewidth": 0.9,
        "text.color": palettes.INK,
        "axes.edgecolor": palettes.INK,
        "axes.labelcolor": palettes.INK,
        "xtick.color": palettes.INK,
        "ytick.color": palettes.INK,
        "axes.unicode_minus": True,
        "pdf.fonttype": 42,
        "svg.fonttype": "none",
        "savefig.dpi": 300,
    }


def drawn_in_style(draw):
    """Decorate a drawing function: it sees the project's settings and leaves no others behind."""

    @functools.wraps(draw)
    def wrapper(*args, **kwargs):
        with matplotlib.rc_context(style()):
            return draw(*args, **kwargs)

    return wrapper


class Sheet:
    """A figure whose parts are placed in millimetres from its upper left corner.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
    width, height, top : float
        Size, and the height that title and panel letter take, mm.
    """

    def __init__(self, width_mm, height_mm, title=None, letter=None):
        if width_mm not in WIDTHS:
            raise palettes.BadFigure(
                f"width_mm {width_mm}: journals want {WIDTHS[0]} or {WIDTHS[1]}"
            )
        text = wrapped(title or "", 7.5, width_mm - (12 if letter else 6))
        self.top = (
            1.5 if not (text or letter) else 2.6 + 3.4 * max(1, text.count("\n") + bool(text))
        )
        self.width, self.height = width_mm, height_mm + self.top
        self.figure = Figure(figsize=(self.width * _MM, self.height * _MM))
        left = 2
        if letter:
            self._heading(left, f"({letter})", "bold", 8)
            left += 6
        if text:
            self._heading(left, text, "bold", 7.5)

    def _heading(self, left, text, weight, size):
        x, y = left / self.width, 1 - 1.6 / self.height
        self.figure.text(x, y, text, ha="left", va="top", fontweight=weight, fontsize=size)

    def axes(self, left, top, width, height):
        """Add axes; ``top`` counts from below the title. All in mm."""
        bottom = self.height - self.top - top - height
        rectangle = (
            left / self.width,
            bottom / self.height,
            width / self.width,
            height / self.height,
        )
        return self.figure.add_axes(rectangle)


def wrapped(text, size_pt, width_mm):
    """Break ``text`` into lines that fit ``width_mm``, by the mean width of letters."""
    letters = int(width_mm / (size_pt * 0.62 * 25.4 / 72))
    return "\n".join(textwrap.wrap(text, max(letters, 10)))


def mark_simulated(axes, simulated, location="upper right"):
    """Write "simulated (twin)" into the picture if any of its inputs is simulated.

    Every kind of figure calls this, and nothing else writes the mark.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        The main axes; the mark lies inside them, above everything.
    simulated : bool
        Whether any input says that it is simulated.
    location : str
        Corner, as in matplotlib legends.
    """
    if not simulated:
        return
    size = 7.5 if axes.figure.get_figwidth() > 100 * _MM else 6.5
    mark = AnchoredText(
        labels.SIMULATED,
        loc=location,
        pad=0.35,
        borderpad=0.5,
        frameon=True,
        prop={"color": palettes.ACCENT, "fontsize": size, "fontweight": "bold"},
    )
    mark.patch.set(facecolor="white", edgecolor=palettes.ACCENT, linewidth=0.8, alpha=0.94)
    mark.set_zorder(50)
    axes.add_artist(mark)
