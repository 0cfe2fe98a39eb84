"""What jobs ask for grows with the grid and shrinks with its bands."""

import pytest
from nepflow.study import load


def study(tiles, resolution_m=500, blocks=1):
    return {
        "tiles": ["h00v00"] * tiles,
        "grid": {"resolution_m": resolution_m, "blocks": blocks},
    }


def test_by_hand():
    """Forty tiles at 500 m are 197.8 million cells."""
    assert load.growth(study(40)) == pytest.approx(197.83e6 / 50e6, rel=1e-4)
    assert load.growth(study(10, 5000)) == 1, "never less than was measured"
    assert load.growth(study(10, 250)) == pytest.approx(4 * 49.458e6 / 50e6, rel=1e-4)


def test_bands_share():
    whole = load.growth(study(286, blocks=16))
    assert load.growth(study(286, blocks=16), in_band=True) == pytest.approx(whole / 16)
