"""What a table keeps as text."""

import ast

import pytest
from nepflow.figures import series
from nepflow.io import tables
from nepflow.report import tables as report_tables

NAMES = [
    *("NA", "null", "None", "nan", "N/A", "NaN", "n/a", "NULL", "<NA>", "-inf", "True", "false"),
    *("1e5", "001", "1", "1.0", "0x1", "#N/A", "2001-01-01", " padded ", 'a,"b"', "宁夏"),
]

# Columns of numbers, and of true and false; the others are `tables.TEXT`
_NUMBERS = """
announced_percent area_km2 brought cells cells_of_earlier_projects chosen claimed classes code
column days difference distance_km elevation_m event_year first_year found_percent igbp kept
largest_standardised last_year lat limit lon mean_residual modelled month months
nearest_rms_standardised nearest_standardised nep number observed ours passed predicted rank
records reference residual rho rms_residual rms_standardised row signal size spacing_km standardised
start_year sum theirs tolerance total value weight
"""
NUMBERS = frozenset(_NUMBERS.split())


def test_digits_of_a_station_keep_their_zeros(tmp_path):
    path = tmp_path / "ranking.csv"
    tables.write([("01001099999", 8.7), ("30000099999", 9.1)], path, ["station", "lon"])
    assert list(tables.read(path, ["station"])["station"]) == ["01001099999", "30000099999"]


@pytest.mark.parametrize(
    "column", ["zone", "station", "class", "of", "factor", "from_class", "measure"]
)
def test_names_come_back_as_they_were(tmp_path, column):
    path = tmp_path / "a.csv"
    for names in (NAMES, ["001", "002"], ["NA", "NA"], ["True", "False"], ["1e5", "2"]):
        tables.write(
            [(name, 0.5, float("nan")) for name in names], path, [column, "value", "limit"]
        )
        table = tables.read(path, [column])
        assert list(table[column]) == names
        assert table["value"].dtype == float and table["limit"].isna().all()


def test_an_absent_name_and_an_absent_number_stay_absent(tmp_path):
    path = tmp_path / "a.csv"
    tables.write([("NA", None, None), (None, "2001", 1.5)], path, ["zone", "year", "value"])
    table = tables.read(path, [])
    assert table.isna().to_numpy().tolist() == [[False, True, True], [True, False, False]]
    assert table["value"].dtype == float


def test_zones_called_like_nothing_reach_the_figure_and_the_page(tmp_path):
    names = ["NA", "null", "nan", "1e5", "001", "True"]
    rows = [("region", "all", str(y), "nep_mean", 9.0, "g C m-2 yr-1") for y in range(2001, 2011)]
    rows += [
        ("province", name, str(year), "nep_mean", 10.0 + year, "g C m-2 yr-1")
        for name in names
        for year in range(2001, 2003 if name == "null" else 2011)
    ]
    path = tmp_path / "series.csv"
    tables.write(rows, path)
    table = tables.read(path)
    assert set(series.curves_of(table, "nep", "province")[0]) == {"all", *names}
    figure = series.annual_series(series.Series(table, "nep", "province"))
    said = " ".join(text.get_text() for text in figure.texts)
    assert "less than" in said and "null" in said
    page = str(report_tables.blocks(table))
    assert all(name in page for name in names)


def test_every_column_is_known_as_text_or_number(root):
    """A new column of names that is not listed would lose those that look like numbers."""
    assert not tables.TEXT & NUMBERS
    wanted = set()
    for path in sorted((root / "workflow/scripts").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.List | ast.Tuple):
                words = [p.value for p in node.elts if isinstance(p, ast.Constant)]
                if len(words) == len(node.elts) > 2 and {"value", "unit"} <= set(words):
                    wanted |= set(words)
    assert len(wanted) > 30
    assert wanted <= tables.TEXT | NUMBERS, wanted - tables.TEXT - NUMBERS
