"""Styles for QGIS (.qml): a raster there in the colours and with the names of its figure.

Layout: the XML that QGIS 3 itself saves for a raster layer (*Save Style*, category Symbology):
renderers ``singlebandpseudocolor`` with a linear ramp, and ``paletted`` with a name a class.
"""

import xml.etree.ElementTree as xml

import numpy as np
from matplotlib.colors import to_hex

from nepflow.figures import palettes

DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
JUMP = 0.05  # of a colour's red, green or blue (0..1) from one step of a palette to the next
STOPS = 65  # of a ramp; between two of them QGIS interpolates
BAND = {"band": "1", "opacity": "1", "alphaBand": "-1", "nodataColor": ""}


def of_field(values, unit, limits=None, palette=None, note=""):
    """Return the style of a continuous field.

    Parameters
    ----------
    values, unit, limits, palette
        As in `palettes.colours_for`, so that map and GIS agree.
    note : str
        For who reads the file.

    Returns
    -------
    str
    """
    colours, norm = palettes.colours_for(values, unit, limits, palette)
    low, high = float(norm.vmin), float(norm.vmax)
    stops = np.linspace(0, 1, STOPS).tolist() + _jumps(colours)
    ends = {"minimumValue": f"{low:.9g}", "maximumValue": f"{high:.9g}"}
    kind = {"type": "singlebandpseudocolor", "classificationMin": f"{low:.9g}"}
    renderer = _renderer(kind | {"classificationMax": f"{high:.9g}"})
    ramp = xml.SubElement(
        xml.SubElement(renderer, "rastershader"),
        "colorrampshader",
        {"colorRampType": "INTERPOLATED", "classificationMode": "1", "clip": "0", **ends},
    )
    for stop in sorted(stops):
        value = low + stop * (high - low)
        xml.SubElement(ramp, "item", _entry(value, to_hex(colours(stop)), f"{value:.4g}"))
    return _text(renderer, note)


def of_classes(classes, colours=None, palette=None, note=""):
    """Return the style of a raster of classes.

    Parameters
    ----------
    classes : dict of {int: str}
    colours, palette
        As in `palettes.class_colours`.
    note : str
        For who reads the file.

    Returns
    -------
    str
    """
    drawn = palettes.class_colours(sorted(classes), colours, palette)
    renderer = _renderer({"type": "paletted"})
    entries = xml.SubElement(renderer, "colorPalette")
    for code in sorted(classes):
        xml.SubElement(entries, "paletteEntry", _entry(code, drawn[code], classes[code]))
    return _text(renderer, note)


def _jumps(colours):
    """Return both sides of where a palette (0..1) jumps: two palettes that meet at zero."""
    table = colours(np.arange(colours.N))
    edges = 1 + np.flatnonzero(np.abs(np.diff(table, axis=0)).max(axis=1) > JUMP)
    return [edge / colours.N + side for edge in edges for side in (-1e-6, 1e-6)]


def _entry(value, colour, label):
    return {"value": f"{value:.9g}", "color": colour, "alpha": "255", "label": str(label)}


def _renderer(attributes):
    renderer = xml.Element("rasterrenderer", BAND | attributes)
    xml.SubElement(renderer, "rasterTransparency")
    origin = xml.SubElement(renderer, "minMaxOrigin")
    xml.SubElement(origin, "limits").text = "None"  # the ramp stays when the layer is loaded
    return renderer


def _text(renderer, note):
    """Return the file that holds a renderer."""
    root = xml.Element("qgis", {"version": "3.22.0", "styleCategories": "Symbology"})
    root.append(xml.Comment(f" {note} "))
    pipe = xml.SubElement(root, "pipe")
    pipe.append(renderer)
    xml.SubElement(pipe, "brightnesscontrast", {"brightness": "0", "contrast": "0"})
    xml.SubElement(pipe, "rasterresampler", {"maxOversampling": "2"})
    xml.SubElement(root, "blendMode").text = "0"
    xml.indent(root)
    return DOCTYPE + xml.tostring(root, encoding="unicode") + "\n"
