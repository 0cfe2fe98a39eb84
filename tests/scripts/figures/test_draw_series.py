"""The script draw_series: files that a journal takes, the same every time."""

import drawn_files
import pictures
import pytest
from draw_series import draw_series
from nepflow.io.tables import BadTable

FIGURE = {"name": "x", "kind": "series", "quantity": "nep", "zones": "province", "title": "NEP"}


def test_series_is_written_as_png_and_pdf(tmp_path):
    drawn_files.make(tmp_path)
    files = [tmp_path / name for name in ("series.csv", "trends.csv", "grid.tif")]
    drawn_files.check(lambda png, pdf: draw_series(*files, png, pdf, FIGURE), tmp_path)


@pytest.mark.parametrize("simulated", [True, False])
def test_grid_says_whether_the_inputs_are_simulated(tmp_path, monkeypatch, simulated):
    drawn_files.make(tmp_path, simulated)
    drawn = []
    monkeypatch.setattr(
        "nepflow.figures.layout.write", lambda figure, png, pdf: drawn.append(figure)
    )
    files = [tmp_path / name for name in ("series.csv", "trends.csv", "grid.tif")]
    draw_series(*files, "x.png", "x.pdf", FIGURE)
    assert ("simulated (twin)" in pictures.texts(drawn[0])) is simulated


def test_a_table_without_its_columns_is_refused(tmp_path):
    drawn_files.make(tmp_path)
    (tmp_path / "series.csv").write_text("zone,value\nall,1\n")
    files = [tmp_path / name for name in ("series.csv", "trends.csv", "grid.tif")]
    with pytest.raises(BadTable, match="lacks the columns"):
        draw_series(*files, tmp_path / "x.png", tmp_path / "x.pdf", FIGURE)
