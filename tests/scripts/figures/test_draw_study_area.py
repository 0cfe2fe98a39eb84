"""The script draw_study_area: files that a journal takes, the same every time."""

import drawn_files
import pictures
from draw_study_area import draw_study_area

INPUTS = ("dem.tif", "grid.tif", "outlines.gpkg", "stations.csv", "monthly.csv")


def test_study_area_is_written_as_png_and_pdf(tmp_path):
    drawn_files.make(tmp_path)
    files = [tmp_path / name for name in INPUTS]
    figure = {"name": "x", "kind": "study_area", "title": "Study area"}
    drawn_files.check(lambda png, pdf: draw_study_area(*files, png, pdf, figure), tmp_path)


def test_stations_without_a_used_month_are_dropped(tmp_path, monkeypatch):
    """Of a, b, c the monthly table has a and b."""
    drawn_files.make(tmp_path)
    drawn = []
    monkeypatch.setattr(
        "nepflow.figures.layout.write", lambda figure, png, pdf: drawn.append(figure)
    )
    draw_study_area(*(tmp_path / name for name in INPUTS), "x.png", "x.pdf", {"name": "x"})
    found = pictures.texts(drawn[0])
    assert {"Station used (2)", "Station dropped (1)", "West", "East"} <= set(found)
