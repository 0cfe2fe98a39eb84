"""Errors of the means of zones against sums over all pairs of cells."""

import numpy as np
import pytest
from nepflow.uncertainty import budget
from nepflow.uncertainty.propagation import Component
from scipy import stats


def parts(codes, effect, components, resolution_m=1000, strips=(None,), nep=None):
    """Variances of `ZoneSums`, added in strips that begin at rows."""
    nep = np.ones(codes.shape) if nep is None else nep
    sums = budget.ZoneSums(components, int(np.nanmax(codes)), codes.shape, resolution_m)
    ends = [*strips[1:], len(codes)]
    for start, stop in reversed(list(zip([strips[0] or 0, *strips[1:]], ends, strict=True))):
        rows = slice(start, stop)
        sums.add(start, codes[rows], nep[rows], effect[:, rows])
    return sums.variances()


def by_pairs(codes, values, zone, range_km, resolution_km=1.0):
    """Standard deviation of a mean, cell by cell against every other."""
    rows, columns = np.nonzero(codes == zone)
    apart = np.hypot(*(axis[:, None] - axis for axis in (rows, columns))) * resolution_km
    own = values[rows, columns]
    return np.sqrt(own @ np.exp(-3 * apart / range_km) @ own) / len(own)


@pytest.fixture
def land():
    rng = np.random.default_rng(3)
    codes = np.where(rng.random((40, 36)) < 0.1, np.nan, 1.0)
    codes[:, 20:] += 1
    return codes, 10 + 4 * rng.random((40, 36))


def test_parts_fall_as_their_correlation_says(land):
    codes, values = land
    names = [Component("npp", "random"), Component("npp", "common")]
    cells, nep, found = parts(codes, np.stack([values, values]), names)
    for zone in (1, 2):
        own = values[codes == zone]
        assert cells[zone] == nep[zone] == own.size
        assert found[0, zone] == pytest.approx(np.sqrt((own**2).sum()) / own.size)
        assert found[1, zone] == pytest.approx(own.mean())
    assert np.isnan(found[:, 0]).all()


@pytest.mark.parametrize("range_km", [2.0, 6.0, 20.0, 31.0])
def test_regional_errors_of_single_cells_are_exact(land, range_km):
    codes, values = land
    component = [Component("temperature", "regional", 1, range_km)]
    found = parts(codes, values[None], component)[2][0]
    for zone in (1, 2):
        assert found[zone] == pytest.approx(by_pairs(codes, values, zone, range_km), rel=1e-9)


@pytest.mark.parametrize("range_km", [40.0, 80.0, 120.0])
def test_squares_of_cells_lose_less_than_two_percent(land, range_km):
    """At ranges of 40 to 120 km the squares are 2 to 7 km wide."""
    codes, values = land
    component = [Component("temperature", "regional", 1, range_km)]
    assert budget.side_of(range_km, codes.shape, 1.0) == int(range_km / 16)
    found = parts(codes, values[None], component)[2][0]
    for zone in (1, 2):
        assert found[zone] == pytest.approx(by_pairs(codes, values, zone, range_km), rel=0.02)


def test_strips_do_not_matter(land):
    codes, values = land
    components = [Component("npp", "random"), Component("npp", "regional", 1, 24.0)]
    effect = np.stack([values, values])
    whole = parts(codes, effect, components)[2]
    assert parts(codes, effect, components, strips=(0, 7, 23))[2] == pytest.approx(
        whole, rel=1e-12, nan_ok=True
    )


def test_opposite_effects_cancel_where_the_error_is_shared():
    codes = np.ones((2, 2))
    values = np.array([[5.0, -5.0], [5.0, -5.0]])
    names = [Component("npp", "common"), Component("npp", "random")]
    found = parts(codes, np.stack([values, values]), names)[2][:, 1]
    assert found == pytest.approx([0, 2.5])


def test_cells_without_nep_do_not_count():
    codes, nep = np.ones((1, 3)), np.array([[100.0, np.nan, 50.0]])
    cells, total, found = parts(
        codes, np.array([[[1.0, 99.0, 3.0]]]), [Component("npp", "common")], nep=nep
    )
    assert (cells[1], total[1], found[0, 1]) == (2, 150, 2)


def test_mean_correlation_is_that_of_the_cells_of_two_squares():
    """Against all pairs of cells of two squares, side 3, offset one square down and two across."""
    found = budget.mean_correlation((3, 4), 7.0, 3)
    inner = np.stack(np.meshgrid(range(3), range(3), indexing="ij"), -1).reshape(-1, 2)
    apart = np.hypot(*(inner[:, None] + [3, 6] - inner[None]).transpose(2, 0, 1))
    assert found[2 + 1, 3 + 2] == pytest.approx(np.exp(-3 * apart / 7).mean())
    assert found.shape == (5, 7)


def zone(effects, series=(), **values):
    """A zone with two models and a series."""
    values = {"nep_mean": 26.0, "nep_total": 2.6} | values
    models = {"monthly": 26.0, "annual": -4.0}
    return budget.Zone(values, effects, models, np.array(series), list(range(len(series))))


def table_of(own):
    rows = list(budget.rows(("county", "west"), own, 95))
    return {row[2:5]: dict(zip(budget.COLUMNS, row, strict=True)) for row in rows}


def test_rows_of_a_zone_close():
    effects = [("npp", "random", 3.0), ("npp", "common", 4.0), ("npp", "common", -12.0)]
    table = table_of(zone(effects))
    whole = table["nep_mean", "all", "all"]
    assert whole["sd"] == pytest.approx(13)
    assert whole["low"] == pytest.approx(26 - 1.959964 * 13)
    assert table["nep_total", "all", "all"]["high"] == pytest.approx(2.6 + 1.959964 * 1.3)
    of = [row for key, row in table.items() if key[:2] == ("nep_mean", "npp")]
    assert sum(row["variance_percent"] for row in of) == pytest.approx(100)
    assert {row["part"]: row["sd"] for row in of} == pytest.approx(
        {"random": 3, "common": np.sqrt(160)}
    )
    sink = table["nep_sink_probability", "all", "all"]
    assert sink["value"] == pytest.approx(100 * stats.norm(26, 13).sf(0))
    assert table["nep_sink_probability", "model", "all"]["value"] == 50
    assert table["nep_mean", "model", "annual"]["value"] == -4
    assert table_of(zone(effects, nep_mean=np.nan)) == {}


def test_a_slope_has_the_error_of_years_and_of_what_scales_it():
    """Residuals that alternate have no memory: then it is that of least squares."""
    years = np.arange(10)
    series = 100 + 2.0 * years + 3 * (-1.0) ** years
    effects = [("npp", "common", 10.0), ("respiration", "common", -6.0), ("npp", "random", 99.0)]
    fluxes = {"npp_mean": 200, "npp_slope": 4.0, "rh_mean": 100, "rh_slope": 2.0}
    table = table_of(zone(effects, series, nep_slope=2.0, **fluxes))
    error = stats.linregress(years, series).stderr
    own = {key[1:]: row["sd"] for key, row in table.items() if key[0] == "nep_slope"}
    assert own["years", "ar1"] == pytest.approx(error)
    # a common error of 5 % of NPP is one of 5 % of its slope; 6 % of Rh
    assert own["npp", "common"] == pytest.approx(0.05 * 4)
    assert own["respiration", "common"] == pytest.approx(0.06 * 2)
    assert ("npp", "random") not in own
    whole = table["nep_slope", "all", "all"]
    half = np.hypot(stats.t(8).ppf(0.975) * error, 1.959964 * np.hypot(0.2, 0.12))
    assert whole["high"] - whole["value"] == pytest.approx(half)


def share(kind, regional=0.0, skewed=0.0):
    """NEP of 100 cells is even from -1 to 1; each has one error of 0.25."""
    nep = (np.arange(100) - 49.5)[None] / 50
    component = [Component("npp", kind, 1, 10.0)]
    layers = budget.share_layers(nep, np.full((1, 1, 100), 0.25), component, 95, skewed)
    assert len(layers) == len(budget.SHARES)
    return budget.share_of(layers.mean(axis=(1, 2)), regional), nep


def test_shares_of_errors_that_all_cells_share_move_as_a_whole():
    """1.96 x .25 = .49: cells above .49 are sinks for certain, those below -.49 sources."""
    (seen, low, high, _), _ = share("common")
    assert (seen, low, high) == pytest.approx((0.5, 0.255, 0.745), abs=0.011)
    assert share("common", skewed=0.2)[0][2] == pytest.approx(0.845, abs=0.011)


def test_errors_of_single_cells_draw_the_share_to_a_half_and_no_more():
    (seen, low, high, expected), nep = share("random")
    assert expected == pytest.approx(stats.norm(nep, 0.25).sf(0).mean())
    assert (low, high) == pytest.approx((seen, seen))


def test_regional_errors_count_in_a_share_by_what_is_left_of_them():
    widths = [np.diff(share("regional", kept * 0.0625)[0][1:3])[0] for kept in (0, 0.25, 1)]
    assert widths == pytest.approx([0, 2 * 0.245 / 2, 2 * 0.245], abs=0.02)
