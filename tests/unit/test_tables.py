"""What a table keeps as text."""

from nepflow import tables


def test_digits_of_a_station_keep_their_zeros(tmp_path):
    path = tmp_path / "ranking.csv"
    tables.write([("01001099999", 8.7), ("30000099999", 9.1)], path, ["station", "lon"])
    assert list(tables.read(path, ["station"])["station"]) == ["01001099999", "30000099999"]
