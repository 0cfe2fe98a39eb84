"""Figures as files: a picture for pages and a drawing with editable text for journals."""

import matplotlib
from matplotlib.text import Text

from nepflow.figures.layout import style
from nepflow.io.atomic import replacing


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
