"""The script draw_map: files that a journal takes, the same every time."""

import drawn_files
import pictures
from draw_map import draw_map


def test_map_is_written_as_png_and_pdf(tmp_path):
    drawn_files.make(tmp_path)
    figure = {"name": "x", "kind": "map", "layer": "nep", "caption": "c", "limits": [-100, 300]}
    files = [{"nep": tmp_path / "nep.tif"}, tmp_path / "grid.tif", tmp_path / "outlines.gpkg"]
    drawn_files.check(lambda png, pdf: draw_map(*files, png, pdf, figure), tmp_path)


def test_entry_reaches_the_picture(tmp_path, monkeypatch):
    drawn_files.make(tmp_path)
    drawn = []
    monkeypatch.setattr(
        "nepflow.figures.layout.write", lambda figure, png, pdf: drawn.append(figure)
    )
    figure = {"name": "x", "layer": "nep", "title": "Mean NEP", "limits": [-100, 300]}
    figure["letter"] = "b"
    files = [{"nep": tmp_path / "nep.tif"}, tmp_path / "grid.tif", tmp_path / "outlines.gpkg"]
    draw_map(*files, "x.png", "x.pdf", figure)
    found = pictures.texts(drawn[0])
    assert {"Mean NEP", "(b)", "simulated (twin)", "Nep (g C m⁻² yr⁻¹)"} <= set(found)
