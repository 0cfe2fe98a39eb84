"""Styles for QGIS: the colours and names of the figures, read back from the XML."""

import xml.etree.ElementTree as xml

import numpy as np
import pictures
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import Rectangle
from nepflow.figures import class_map, layout, maps, palettes, qgis

NAMES = {1: "forest", 2: "grass & shrub", 3: "crops <irrigated>", 5: "农田"}
OWN = {1: "#1b5e20", 2: "#9ccc65", 3: "#ffb300", 5: "#6d4c41"}


def renderer_of(text, kind):
    """The renderer of a style, as QGIS finds it."""
    assert text.startswith("<!DOCTYPE qgis PUBLIC")
    root = xml.fromstring(text)
    assert root.tag == "qgis" and root.find("blendMode").text == "0"
    found = root.findall("pipe/rasterrenderer")
    assert [(r.get("type"), r.get("band"), r.get("opacity")) for r in found] == [(kind, "1", "1")]
    return found[0]


def entries_of(text):
    entries = renderer_of(text, "paletted").findall("colorPalette/paletteEntry")
    assert {entry.get("alpha") for entry in entries} == {"255"}
    return {int(e.get("value")): (e.get("label"), e.get("color")) for e in entries}


def ramp_of(text):
    """Values and colours (0..1) of a ramp, and its ends."""
    renderer = renderer_of(text, "singlebandpseudocolor")
    ramp = renderer.find("rastershader/colorrampshader")
    assert ramp.get("colorRampType") == "INTERPOLATED" and ramp.get("clip") == "0"
    ends = [float(ramp.get(name)) for name in ("minimumValue", "maximumValue")]
    assert ends == [float(renderer.get(f"classification{name}")) for name in ("Min", "Max")]
    items = ramp.findall("item")
    values = np.array([float(item.get("value")) for item in items])
    assert (np.diff(values) > 0).all() and [values[0], values[-1]] == ends
    return values, np.array([to_rgb(item.get("color")) for item in items])


@pytest.mark.parametrize("palette", [None, "batlow", "vik"])
def test_classes_are_those_of_the_legend(palette):
    """Each name with its colour as the legend of the drawn map has them."""
    cells = np.where(pictures.inside() == 1, 1.0, np.nan)
    for n, code in enumerate(NAMES):
        cells[2 + n, 2:4] = code
    layer = pictures.field(cells, classes=NAMES, colours=OWN)
    counts = class_map.class_counts(cells, pictures.inside())
    drawing = class_map.class_map(
        layer, pictures.grid(), pictures.outlines(), counts, palette=palette
    )
    legends = [axes.get_legend() for axes in drawing.axes if axes.get_legend()]
    drawn = {
        text.get_text().rpartition("  ")[0]: to_hex(patch.get_facecolor())
        for legend in legends
        for patch, text in zip(legend.get_patches(), legend.get_texts(), strict=True)
        if isinstance(patch, Rectangle)
    }
    style = entries_of(qgis.of_classes(NAMES, OWN, palette))
    assert list(style) == sorted(NAMES)
    assert {code: name for code, (name, _) in style.items()} == NAMES
    for name, colour in style.values():
        assert drawn[name] == colour
    if palette is None:
        assert {code: colour for code, (_, colour) in style.items()} == OWN


@pytest.mark.parametrize(
    ("low", "high", "unit", "limits", "palette"),
    [
        (0, 400, "g C m-2 yr-1", None, None),
        (-60, 400, "g C m-2 yr-1", None, "carbon"),  # two palettes that meet at zero
        (-8, 3, "g C m-2 yr-2", None, None),
        (-30, 25, "degC", (-10, 20), None),
        (0.2, 0.7, "1", None, "batlow"),
    ],
)
def test_the_ramp_is_the_colour_bar_of_the_map(low, high, unit, limits, palette):
    cells = np.where(pictures.inside() == 1, 1.0, np.nan)
    cells *= np.linspace(low, high, cells.size).reshape(cells.shape)
    layer = pictures.field(cells, unit=unit, long_name="something")
    panel = maps.MapPanel(
        layer, pictures.grid(), pictures.outlines(), limits=limits, palette=palette
    )
    drawing = layout.panel_sheet(panel)
    _, norm = palettes.colours_for(cells, unit, limits, palette)
    images = [image for axes in drawing.axes for image in axes.get_images()]
    drawn = next(i for i in images if (i.norm.vmin, i.norm.vmax) == (norm.vmin, norm.vmax))
    values, colours = ramp_of(qgis.of_field(cells, unit, limits, palette))
    between = np.linspace(values[0], values[-1], 1001)
    expected = drawn.cmap(drawn.norm(between))[:, :3]
    ours = np.stack([np.interp(between, values, colours[:, n]) for n in range(3)], axis=1)
    # 256 steps of the colour bar beside a straight line between 65 of them
    assert np.abs(ours - expected).max() < 0.04


def test_nothing_but_absence_and_the_note():
    text = qgis.of_field(np.full((3, 3), np.nan), "mm", note="sum; simulated")
    assert ramp_of(text)[0][[0, -1]].tolist() == [0.0, 1.0]
    assert "<!-- sum; simulated -->" in text
