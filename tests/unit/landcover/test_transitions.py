"""Land-cover change: against pandas' cross table, by hand, and its closure."""

import numpy as np
import pandas as pd
import pytest
from nepflow.landcover import transitions
from nepflow.report import tables

NAMES = ["forest", "grass", "barren"]


def maps(seed=0, shape=(40, 30)):
    """Return two class maps with absent cells, and an area that is not the whole grid."""
    rng = np.random.default_rng(seed)
    before = rng.integers(1, 4, shape).astype("float64")
    after = np.where(rng.random(shape) < 0.8, before, rng.integers(1, 4, shape))
    before[rng.random(shape) < 0.05] = np.nan
    after[rng.random(shape) < 0.05] = np.nan
    inside = np.where(rng.random(shape) < 0.7, 1.0, np.nan)
    return before, after, inside


def matrix_of(before, after, inside):
    cells = np.zeros((4, 4), dtype="int64")
    transitions.add_transitions(before, after, inside, cells)
    return cells


def rows(cells, dates=(2000, 2011), cell_km2=25.0):
    found = transitions.pair_rows(cells, NAMES, dates, cell_km2)
    return pd.DataFrame(found, columns=transitions.COLUMNS)


def test_matrix_is_the_cross_table_of_pandas():
    before, after, inside = maps()
    area = inside == 1
    table = pd.crosstab(np.nan_to_num(before[area]), np.nan_to_num(after[area]))
    assert np.array_equal(matrix_of(before, after, inside), table.to_numpy())


def test_strips_add_up_to_the_whole():
    before, after, inside = maps(1)
    cells = np.zeros((4, 4), dtype="int64")
    for start in range(0, 40, 7):
        part = slice(start, start + 7)
        transitions.add_transitions(before[part], after[part], inside[part], cells)
    assert np.array_equal(cells, matrix_of(before, after, inside))


def test_gain_loss_net_and_swap_by_hand():
    """Forest gives 2 to grass and gets 5 from barren; grass gives 1 to barren."""
    matrix = [[10, 2, 0], [0, 20, 1], [5, 0, 30]]
    found = transitions.class_changes(matrix)
    assert found["before"].tolist() == [12, 21, 35]
    assert found["after"].tolist() == [15, 22, 31]
    assert found["gain"].tolist() == [5, 2, 1]
    assert found["loss"].tolist() == [2, 1, 5]
    assert found["net"].tolist() == [3, 1, -4]
    assert found["swap"].tolist() == [4, 2, 2]
    assert transitions.changed_share(matrix) == pytest.approx(100 * 8 / 68)


def test_gain_and_loss_are_net_and_swap():
    found = transitions.class_changes(np.random.default_rng(2).random((6, 6)))
    both = np.abs(found["net"]) + found["swap"]
    assert found["gain"] + found["loss"] == pytest.approx(both, rel=1e-12)
    assert found["net"].sum() == pytest.approx(0, abs=1e-12)


def test_no_area_has_no_share_of_change():
    assert np.isnan(transitions.changed_share(np.zeros((2, 2))))


def test_cells_that_always_had_one_class():
    codes = np.array([[[1, 1, 2, np.nan]], [[1, 2, 2, 1]], [[1, 1, 2, 1]]], dtype="float64")
    assert transitions.always_the_same(codes, np.array([[1.0, 1, 1, 1]])) == (3, 2)
    assert transitions.always_the_same(codes, np.array([[1.0, 1, np.nan, 1]])) == (2, 1)


def test_pairs_are_neighbours_and_the_ends():
    assert transitions.pairs_of([1, 2]) == [(1, 2)]
    assert transitions.pairs_of([1, 2, 3, 4]) == [(1, 2), (2, 3), (3, 4), (1, 4)]


def test_rows_close_to_the_area():
    before, after, inside = maps(3)
    table = rows(matrix_of(before, after, inside)).set_index("quantity")
    area = (inside == 1).sum() * 25.0
    assert table.loc["transition_area", "value"].sum() == pytest.approx(area, rel=1e-12)
    assert table.loc["transition_share", "value"].sum() == pytest.approx(100, rel=1e-12)
    known, absent = table.loc["known_area", "value"], table.loc["absent_area", "value"]
    assert known + absent == table.loc["area", "value"] == area
    assert 0 < absent < area
    assert table.loc["before_share", "value"].sum() == pytest.approx(100, rel=1e-12)
    both = table.loc["changed_share", "value"] + table.loc["unchanged_share", "value"]
    assert both == pytest.approx(100, rel=1e-12)


def test_table_gives_the_matrix_back():
    cells = matrix_of(*maps(4))
    table = pd.concat([rows(cells), rows(cells.T, (2011, 2022))])
    dates, names, flows = transitions.steps_of(table)
    assert dates == [2000, 2011, 2022] and names == NAMES
    assert np.array_equal(flows[0], cells[1:, 1:] * 25.0)
    assert np.array_equal(flows[1], cells.T[1:, 1:] * 25.0)
    with pytest.raises(ValueError, match="has no 1999-2000"):
        transitions.matrix_of(table, "1999-2000")


def test_page_shows_a_matrix_and_the_changes_of_each_pair():
    cells = matrix_of(*maps(5))
    matrix, changes = tables.blocks(rows(cells))
    assert [column["text"] for column in matrix["columns"]] == ["From", *NAMES]
    shown = [float(text) for row in matrix["rows"] for text in row[1:]]
    assert sum(shown) == pytest.approx(100, abs=0.1)
    assert [row[0] for row in changes["rows"]] == NAMES
    assert "Without a class" in matrix["note"]
