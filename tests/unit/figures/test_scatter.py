"""A scatter of two layers beside a map."""

import numpy as np
import pictures
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.offsetbox import AnchoredText
from nepflow.figures import density_scatter, layout


def layers(simulated=False):
    rows, columns = np.indices(pictures.inside().shape)
    values = np.where(pictures.inside() == 1, 20.0 * columns - 10 * rows, np.nan)
    return (
        pictures.field(values, simulated, unit="g C m-2 yr-1", long_name="one"),
        pictures.field(0.5 * values + 10, simulated, unit="g C m-2 yr-1", long_name="the other"),
    )


@pytest.mark.parametrize("simulated", [False, True])
def test_scatter_counts_every_cell_with_both(simulated):
    first, second = layers(simulated)
    second.values[3, 3] = np.nan
    figure = layout.panel_sheet(density_scatter.ScatterPanel(first, second), title="A")
    axes = figure.axes[0]
    cells = next(part for part in axes.collections if isinstance(part, PolyCollection))
    both = np.isfinite(first.values) & np.isfinite(second.values)
    assert cells.get_array().sum() == both.sum()
    assert "the other" in axes.get_xlabel().lower()
    marks = [text.txt.get_text() for text in axes.artists if isinstance(text, AnchoredText)]
    assert marks == (["simulated"] if simulated else [])


def test_numbers_are_those_of_numpy():
    rng = np.random.default_rng(3)
    own = rng.uniform(0, 900, 400)
    other = own + rng.normal(30, 80, 400)
    said = density_scatter.numbers(own, other)
    gap = own - other
    assert f"mean difference = −{-gap.mean():.1f}" in said.replace("-", "−")
    assert f"r = {np.corrcoef(own, other)[0, 1]:.2f}" in said and "n = 400" in said
    assert density_scatter.numbers(own[:0], other[:0]) == "no cell has both"
