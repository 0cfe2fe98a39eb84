"""The sheet that a figure is drawn on: journal sizes, type, title, marks that every kind bears."""

import copy
import functools
import textwrap

import matplotlib
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.offsetbox import AnchoredText
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, LogFormatter

from nepflow import labels
from nepflow.figures import palettes
from nepflow.io.atomic import replacing

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
        "text.parse_math": False,  # a $ in a title or a name is a dollar
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
    """A figure, or a part of one, whose parts are placed in millimetres from its upper left corner.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
    width, height, top : float
        Size, and the height that title and panel letter take, mm.
    main : matplotlib.axes.Axes or None
        The map or plot that legends stand below, once there is one.
    """

    def __init__(self, width_mm, height_mm, title=None, letter=None):
        if width_mm not in WIDTHS:
            raise palettes.BadFigure(
                f"width_mm {width_mm}: journals want {WIDTHS[0]} or {WIDTHS[1]}"
            )
        top = heading_height(title, letter, width_mm)
        self.page = width_mm, height_mm + top
        self.figure = Figure(figsize=(self.page[0] * _MM, self.page[1] * _MM))
        self._place(0, 0, width_mm, height_mm, title, letter)

    def part(self, left, down, width_mm, height_mm, title=None, letter=None):
        """Return a part of the sheet that is used like a sheet; ``height_mm`` as for a sheet."""
        part = copy.copy(self)
        part._place(left, self.top + down, width_mm, height_mm, title, letter)
        return part

    def _place(self, left, down, width_mm, height_mm, title, letter):
        self.left, self.down, self.main = left, down, None
        self.top = heading_height(title, letter, width_mm)
        self.width, self.height = width_mm, height_mm + self.top
        indent = 6 if letter else 0
        if letter:
            self._heading(2, f"({letter})", "bold", 8)
        if title:
            text = wrapped(title, 7.5, width_mm - 6 - indent)
            self._heading(2 + indent, text, "bold", 7.5)

    def _heading(self, left, text, weight, size):
        self.text(left, 1.6, text, ha="left", va="top", fontweight=weight, fontsize=size)

    def text(self, left, down, text, **look):
        """Write at mm from the upper left corner, title included."""
        x, y = (self.left + left) / self.page[0], 1 - (self.down + down) / self.page[1]
        self.figure.text(x, y, text, **look)

    def axes(self, left, top, width, height):
        """Add axes; ``top`` counts from below the title. All in mm."""
        across, tall = self.page
        bottom = tall - self.down - self.top - top - height
        place = (self.left + left) / across, bottom / tall
        return self.figure.add_axes((*place, width / across, height / tall))


def heading_height(title, letter, width_mm):
    """Return the height that title and letter of a sheet take, mm."""
    text = wrapped(title or "", 7.5, width_mm - (12 if letter else 6))
    return 1.5 if not (text or letter) else 2.6 + 3.4 * max(1, text.count("\n") + bool(text))


def wrapped(text, size_pt, width_mm):
    """Break ``text`` into lines that fit ``width_mm``, by the mean width of letters."""
    letters = int(width_mm / (size_pt * 0.62 * 25.4 / 72))
    return "\n".join(textwrap.wrap(text, max(letters, 10)))


def counts_bar(sheet, picture, axes, name):
    """Draw the colour bar of counts on a logarithmic scale, with plain numbers, in ``axes``."""

    def plain(value, _):
        return labels.number(value, 0)

    bar = sheet.figure.colorbar(
        picture, cax=axes, orientation="horizontal", format=FuncFormatter(plain)
    )
    axes.xaxis.set_minor_formatter(LogFormatter())  # where all lies within one power of ten
    bar.outline.set_linewidth(0.4)
    bar.set_label(name, labelpad=1)


def mark_simulated(axes, simulated, location="upper right"):
    """Write "simulated" into the picture if any of its inputs is simulated.

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
    width = axes.get_position().width * axes.figure.get_figwidth() / _MM
    size = 7.5 if width > 100 else 6.5 if width > 55 else 5.5
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


def write(figure, png_path, pdf_path):
    """Save a figure as PNG (300 dpi) and PDF whose bytes depend on its content alone.

    No text is taken for TeX, whatever drew it: titles and names may hold a ``$``. Neither file
    bears a date or the version of the drawing library.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    png_path, pdf_path : str or Path
        Written under temporary names and renamed when complete.
    """
    for text in figure.findobj(Text):
        text.set_parse_math(False)
    with matplotlib.rc_context(style()):
        with replacing(png_path) as path:
            figure.savefig(path, metadata={"Software": None})
        with replacing(pdf_path) as path:
            figure.savefig(path, metadata={"CreationDate": None, "Producer": None, "Creator": None})


@drawn_in_style
def panel_sheet(panel, *, title=None, width_mm=180, letter=None):
    """Return the figure of a single panel; parameters as in `panel_figure`."""
    sheet = Sheet(width_mm, panel.height_mm(width_mm), title, letter)
    panel.draw(sheet)
    return sheet.figure


def given(entry, *names):
    """Return those of some keys that the entry of a figure has: options of what draws it."""
    return {name: entry[name] for name in names if name in entry}
