"""Limits by vegetation type, a block of a year, why cells are absent, and what is said of it."""

import numpy as np
import pandas as pd
import pytest
import yaml
from affine import Affine
from nepflow.climate import monthly
from nepflow.evaluation import agreement
from nepflow.io import raster
from nepflow.npp import casa, fpar, ndvi
from nepflow.report import notes
from nepflow.study import modis
from nepflow.study.checks import BadStudy, check_casa, check_comparison, study_years
from rasterio.crs import CRS

NAN = np.nan
SETTINGS = {"stress_scale": 1.1814, "hot_months": "willmott", "max_filled_months": 4}


@pytest.fixture(scope="module")
def table(root):
    return fpar.read(root / "config/vegetation_types.csv")


def parameters(table, choice="zhu2007", observed=None):
    observed = np.zeros((256, fpar.BINS), int) if observed is None else observed
    found = fpar.limits(table, observed, choice, (5, 95))
    frame = pd.DataFrame(fpar.rows(table, found, "zhu2007"), columns=fpar.COLUMNS)
    return fpar.parameters(frame), found


def test_limits_of_the_table_by_class(table):
    values, _ = parameters(table)
    assert values[:, 2].tolist() == [0.985, 0.023, 0.676, 1.05, 5.17]
    assert values[:, 10].tolist() == [0.542, 0.023, 0.634, 1.05, 4.46]
    assert np.isnan(values[:, [0, 15, 17, 255]]).all()


def test_own_limits_are_percentiles_of_what_was_observed(table):
    """Grassland is three classes together; filled months and absent classes do not count."""
    rng = np.random.default_rng(4)
    value = np.round(rng.beta(5, 2, (24, 400)), 4)
    state = rng.choice([ndvi.SEEN, ndvi.SCALED], (24, 400)).astype(float)
    classes = rng.choice([2.0, 8.0, 9.0, 10.0, NAN], (2, 400))
    observed = fpar.counts(value, state, classes)
    code = np.repeat(classes, 12, axis=0)
    grass = value[np.isin(code, (8, 9, 10)) & (state == ndvi.SEEN)]
    low, high = np.quantile(grass, (0.05, 0.95), method="inverted_cdf")
    limits, whose, number = parameters(table, "own", observed)[1]["grassland"]
    assert (whose, number) == ("own", grass.size)
    assert limits[:2] == pytest.approx((low, high), abs=1e-9)
    assert limits[2:] == pytest.approx(((1 + low) / (1 - low), (1 + high) / (1 - high)))
    upper = parameters(table, "own_upper", observed)[1]["grassland"][0]
    assert upper[:3:2] == (0.023, 1.05) and upper[1] == limits[1] and upper[3] == limits[3]
    assert parameters(table, "own", observed)[1]["cropland"][1] == "zhu2007"  # not observed


def evergreen_forest():
    """Twelve months of NDVI about .80 at 4000 cells: season .05, differences .04, noise .03."""
    rng = np.random.default_rng(0)
    season = 0.05 * np.cos(2 * np.pi * (np.arange(12) - 8) / 12)[:, None]
    noise = 0.04 * rng.normal(size=(1, 4000)) + 0.03 * rng.normal(size=(12, 4000))
    return np.clip(0.80 + season + noise, -0.2, 0.95)


@pytest.mark.parametrize(
    ("choice", "mean", "dark_percent", "sensitivity_percent"),
    [("zhu2007", 0.949, 0, -0.07), ("own_upper", 0.653, 0, -3.0), ("own", 0.389, 13, -10.25)],
)
def test_limits_decide_how_npp_follows_greenness(
    table, choice, mean, dark_percent, sensitivity_percent
):
    """Level, share of months in the dark and response to NDVI - .01 of an evergreen forest.

    Between .023 and its greenest .900 the forest's light falls by about .01 / .80 of NDVI and
    twice that of the ratio; the 5 % quantile of the forest as zero makes it a tenth.
    """
    value = evergreen_forest()
    observed = fpar.counts(value, np.full(value.shape, float(ndvi.SEEN)), np.full((1, 4000), 2.0))
    limits = fpar.limits(table, observed, choice, [5, 95])["evergreen broadleaf forest"][0]
    absorbed = casa.fpar(value, limits)
    assert absorbed.mean() == pytest.approx(mean, abs=0.0006)
    assert 100 * (absorbed < 0.1).mean() == pytest.approx(dark_percent, abs=0.5)
    drop = 100 * (casa.fpar(value - 0.01, limits).mean() / absorbed.mean() - 1)
    assert drop == pytest.approx(sensitivity_percent, abs=0.05)


def test_default_limits_leave_no_forest_in_the_dark(root):
    """The lower limit of a type is bare ground, not the least green month of the type."""
    defaults = yaml.safe_load((root / "config/defaults.yaml").read_text(encoding="utf-8"))
    assert defaults["casa"]["limits"] == "own_upper"
    study = defaults | {
        "simulated": False,
        "has_trend": True,
        "npp_year_folder": {2001: "casa"},
        "npp": {"source": "casa"},
    }
    for limits, warned in (("own_upper", 0), ("zhu2007", 0), ("own", 1)):
        casa_settings = {"casa": defaults["casa"] | {"limits": limits}}
        said = [text for topic, text in notes.warnings(study | casa_settings) if topic == "NPP"]
        assert len(said) == warned and all("stands for no light absorbed" in text for text in said)


def block(shape=(1, 5)):
    """Two forests, snow, water, a class unknown; everything else the same."""
    months = np.ones((12, *shape))
    climate = [25 * months, 120 * months, 450 * months]
    normals = np.concatenate(climate[:2])
    landcover = np.array([[[2.0, 4.0, 15.0, 17.0, NAN]]])
    return [0.6 * months, np.ones((1, *shape)), 0.6 * months, normals, landcover], climate


def test_block_of_a_year(table):
    layers, climate = block()
    values, _ = parameters(table)
    inside = np.ones((1, 5), bool)
    npp, qc, reason, clip = casa.of_block(inside, layers, climate, values, SETTINGS)
    one = [array[:, 0, 0] for array in climate]
    expected = casa.npp_of_year(
        layers[0][:, 0, 0], one, (layers[2][:, 0, 0], *one[:2]), values[:, 2]
    )
    assert npp[0, 0] == pytest.approx(expected.sum())
    assert npp[0, 0] > npp[0, 1] > 0 and np.isnan(npp[0, 2:]).all()
    assert [modis.MISSING_REASONS[int(code)] for code in reason[0]] == [
        "valid",
        "valid",
        "snow",
        "water",
        "unclassified",
    ]
    assert qc[0, 0] == pytest.approx(100 / 12) and clip[0, 0] == 0


def test_too_many_filled_months_and_outside(table):
    layers, climate = block()
    layers[1][0, 0, 0] = 5
    inside = np.array([[True, False, True, True, True]])
    values, _ = parameters(table)
    npp, qc, reason, clip = casa.of_block(inside, layers, climate, values, SETTINGS)
    assert np.isnan(npp[0, :2]).all() and np.isnan(qc[0, :2]).all() and np.isnan(clip[0, :2]).all()
    assert reason[0, 0] == modis.REASON_CODE["fill"] and np.isnan(reason[0, 1])


def test_absent_months_do_not_leak(table):
    """A year without one month of NDVI or climate has none; its neighbour is untouched."""
    values, _ = parameters(table)
    inside = np.ones((1, 5), bool)
    whole = casa.of_block(inside, *block(), values, SETTINGS)[0]
    for number in range(4):
        layers, climate = block()
        ([layers[0], *climate][number])[3, 0, 0] = NAN
        npp, _, reason, _ = casa.of_block(inside, layers, climate, values, SETTINGS)
        assert np.isnan(npp[0, 0]) and reason[0, 0] == modis.REASON_CODE["fill"]
        assert npp[0, 1] == whole[0, 1]


def test_warning_above_the_share_at_the_clip():
    rows = [("2001", "clip_share", 50.0), (NAN, "clip_share", 20.1), (NAN, "cloud_filled_share", 9)]
    frame = pd.DataFrame(rows, columns=["year", "quantity", "value"])
    said = list(notes.casa_warnings(frame, {"max_clip_percent": 20}))
    assert len(said) == 1 and "20.1 %" in said[0][1]
    assert not list(notes.casa_warnings(frame, {"max_clip_percent": 21}))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"climate": {"variables": ["temperature", "precipitation"]}}, "needs radiation"),
        ({"period": [1999, 2010]}, "February 2000"),
    ],
)
def test_settings_that_cannot_be(change, said):
    study = {
        "period": [2000, 2010],
        "climate": {"variables": ["temperature", "precipitation", "radiation"]},
    }
    check_casa(study, "a.yaml")
    with pytest.raises(BadStudy, match=said):
        check_casa(study | change, "a.yaml")


def test_table_that_cannot_be_read(tmp_path, root):
    text = (root / "config/vegetation_types.csv").read_text()
    path = tmp_path / "types.csv"
    path.write_text(text.replace("0.985", ""))
    with pytest.raises(fpar.BadTypes, match="Every class needs a number"):
        fpar.read(path)
    path.write_text(text.replace("0.023,0.676", "0.723,0.676"))
    with pytest.raises(fpar.BadTypes, match="class 2: a lower limit"):
        fpar.read(path)


def test_agreement_is_that_of_numpy():
    """Sums of two blocks added; cells that only one has do not count."""
    rng = np.random.default_rng(6)
    own = rng.uniform(100, 900, (1, 30, 20))
    other = own + rng.normal(40, 60, own.shape)
    own[0, 3:5], other[0, 4:8] = NAN, NAN
    sums = agreement.moments(own[:, :11], other[:, :11]) + agreement.moments(
        own[:, 11:], other[:, 11:]
    )
    found = {name: value for name, value, _ in agreement.rows(sums[:, 0], "g C m-2 yr-1")}
    both = np.isfinite(own + other)
    a, b = own[both], other[both]
    assert found["cells"] == both.sum() == 25 * 20
    assert found["mean_difference"] == pytest.approx((a - b).mean())
    assert found["rms_difference"] == pytest.approx(np.sqrt(((a - b) ** 2).mean()))
    assert found["correlation"] == pytest.approx(np.corrcoef(a, b)[0, 1])
    assert [row[0] for row in agreement.rows(np.zeros(6), "1")] == ["cells"]


def test_comparison_that_cannot_be():
    figure = {"name": "f", "kind": "panels", "panels": [{"layer": "npp/compared/npp_own"}]}
    with pytest.raises(BadStudy, match="names npp"):
        check_comparison({"npp": {"source": "mod17", "compare": "mod17"}}, "a.yaml")
    with pytest.raises(BadStudy, match="figure f compares NPP"):
        check_comparison({"npp": {"source": "casa", "compare": None}, "figures": [figure]}, "a")
    check_comparison({"npp": {"source": "casa", "compare": "mod17"}, "figures": [figure]}, "a")


def test_months_of_one_year_of_grids(tmp_path):
    """Bands 13 to 24 of two years; the value of a band is its number."""
    grid = raster.Grid(CRS.from_epsg(6933).to_wkt(), Affine(1000, 0, 0, 0, -1000, 9000), 9, 8)
    names = [f"{year}-{month:02d}" for year in (2001, 2002) for month in range(1, 13)]
    values = np.arange(1.0, 25.0)[:, None, None] * np.ones((24, 9, 8))
    months, dem, found = (str(tmp_path / name) for name in ("months.tif", "dem.tif", "found.tif"))
    raster.write(values, raster.Output(months, "degC", "months", names), grid)
    raster.write(np.ones((9, 8)), raster.Output(dem, "m", "dem"), grid)
    given = {"paths": [months] * 2, "dem_path": dem, "grid_path": dem}
    for year, first in ((2001, 1), (2002, 13), (None, 1)):
        of_year = monthly.of_years(**given, years=[2001, 2002], bias_correction="none", year=year)
        count = 12 if year else 24
        raster.map_blocks(
            lambda *arrays, x, y, of=of_year: of(lambda a, b: a + b, *arrays, x=x, y=y),
            of_year.inputs,
            raster.Output(found, "degC", "found", names[:count]),
            coordinates=True,
        )
        assert raster.read(found, count)[4, 4] == 2 * (first + count - 1)
        assert raster.read(found, 1)[4, 4] == 2 * first


def test_year_2000_is_a_choice():
    study = {"period": [2000, 2003], "npp": {"source": "casa", "year_2000": "drop"}}
    for january, first in (("drop", 2001), ("climatology", 2000)):
        assert study_years(study | {"ndvi": {"january_2000": january}})[0] == first
