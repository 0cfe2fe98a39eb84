"""The script draw_classes: files that a journal takes, the same every time."""

import drawn_files
import pictures
from draw_classes import draw_classes


def test_classes_are_written_as_png_and_pdf(tmp_path):
    drawn_files.make(tmp_path)
    figure = {"name": "x", "kind": "classes", "layer": "landcover", "title": "Land cover"}
    files = [tmp_path / name for name in ("landcover.tif", "grid.tif", "outlines.gpkg")]
    drawn_files.check(lambda png, pdf: draw_classes(*files, png, pdf, figure), tmp_path)


def test_shares_are_of_all_cells_of_the_area(tmp_path, monkeypatch):
    """Rows 0 to 8: 9 x 24 less 7 x 10 = 146 of forest; rows 9 to 17: 9 x 24 less 5 x 8 = 176."""
    drawn_files.make(tmp_path)
    drawn = []
    monkeypatch.setattr(
        "nepflow.figures.layout.write", lambda figure, png, pdf: drawn.append(figure)
    )
    files = [tmp_path / name for name in ("landcover.tif", "grid.tif", "outlines.gpkg")]
    draw_classes(*files, "x.png", "x.pdf", {"name": "x"})
    found = pictures.texts(drawn[0])
    assert {"forest  45.3 %", "grassland  54.7 %"} <= set(found)  # 146 / 322, 176 / 322
