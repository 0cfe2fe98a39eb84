"""Zones by hand, and potential evapotranspiration against published values."""

import numpy as np
import pytest
import shapely
from nepflow.climate import evapotranspiration
from nepflow.io import missing, vectors
from nepflow.simulation.world import World
from nepflow.zones import kinds

NAN = np.nan


def test_stable_classes():
    annual = np.array([[1, 1, NAN, 2, NAN], [1, 2, 3, NAN, NAN], [1, 1, 3, 2, NAN]])[:, None]
    assert kinds.stable_classes(annual, 9)[0, :4].tolist() == [1, 9, 3, 2]
    assert np.isnan(kinds.stable_classes(annual, 9)[0, 4])


def test_stable_in_enough_years():
    annual = np.array([1.0, 1, 1, 1, 2])[:, None, None]
    assert kinds.stable_classes(annual, 9, 80)[0, 0] == 1
    assert kinds.stable_classes(annual, 9, 81)[0, 0] == 9


def test_a_cut_belongs_to_the_interval_above():
    codes = kinds.intervals(np.array([-0.1, 0, 199.9, 200, 400, NAN]), [0, 200, 400])
    assert codes[:5].tolist() == [1, 2, 2, 3, 4] and np.isnan(codes[5])
    assert kinds.interval_names([1000, 2000], "m") == [
        "below 1000 m",
        "1000-2000 m",
        "from 2000 m",
    ]


def test_names_of_close_cuts_differ():
    names = kinds.interval_names([1234567, 1234568], "m")
    assert names == ["below 1234567 m", "1234567-1234568 m", "from 1234568 m"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (101.0, "101"),
        (np.float32(2.5), "2.5"),
        (np.int64(7), "7"),
        (np.nan, ""),
        (None, ""),
        (np.inf, ""),
        ("  a\t b\n", "a b"),
        ("\x00\x00", ""),
        ("\u200b", ""),
        ("nan", "nan"),
        (1e15, "1000000000000000"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_text_of_names(name, text):
    assert vectors.text_of(name) == text


def test_crossing_has_one_code_a_pair():
    first, second = np.meshgrid(np.arange(1.0, 4), np.arange(1.0, 6))
    codes = kinds.crossing(first, second, 5)
    assert sorted(codes.ravel()) == list(range(1, 16))
    assert np.isnan(kinds.crossing(np.array([NAN]), np.array([1.0]), 5))[0]


def test_commonest_reason():
    annual = np.array([[1, 3, 2, 1, NAN], [1, 3, 3, 3, NAN], [1, 2, 8, 1, NAN]])[:, None]
    found = missing.commonest_reason(annual, valid=1)[0]
    assert np.isnan(found[[0, 4]]).all()
    assert found[1:4].tolist() == [3, 2, 3]


# Daily PET (mm) on the middle day of each month by pyet 1.5.0 (priestley_taylor: rs, rh, lat,
# elevation), whose relative humidity is that of a dew point 8 K below the mean temperature.
PLACES = {
    "desert, 40 N, 1000 m": (
        (40.0, 1000.0),
        [-8, -3, 6, 14, 20, 25, 27, 25, 19, 10, 1, -6],
        [8, 11.5, 16, 20, 23.5, 25, 24, 21.5, 17.5, 13, 9, 7],
        [
            0.32976106,
            0.83352210,
            1.97352346,
            3.52488414,
            4.99759118,
            6.00356822,
            5.98393504,
            4.99011814,
            3.26406426,
            1.57568975,
            0.56369129,
            0.26152264,
        ],
    ),
    "plateau, 34 N, 4500 m": (
        (34.0, 4500.0),
        [-15, -12, -7, -2, 3, 7, 9.5, 9, 5, -1, -8, -13],
        [11, 14.5, 18.5, 21.5, 23, 22.5, 21.5, 20, 17.5, 15.5, 12.5, 10.5],
        [
            0.66430233,
            1.16913818,
            2.05727704,
            3.10093727,
            4.00361999,
            4.42458869,
            4.46989615,
            4.01291270,
            3.01098183,
            1.96465726,
            1.02668008,
            0.63350161,
        ],
    ),
    "tropics, 14 N, 100 m": (
        (14.0, 100.0),
        [24, 26, 28, 29.5, 28.5, 27.5, 27, 27, 27, 26.5, 25, 23.5],
        [17, 19, 20.5, 21.5, 19.5, 17, 16.5, 16, 16, 16, 16, 16],
        [
            3.46295164,
            4.22104781,
            4.92040890,
            5.41942091,
            4.88382704,
            4.24506773,
            4.09705153,
            3.99021485,
            3.93435460,
            3.75702060,
            3.43422967,
            3.18920722,
        ],
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_priestley_taylor_is_that_of_another_library(place):
    (latitude, elevation), temperature, radiation, daily = PLACES[place]
    days = evapotranspiration.MONTH_DAYS
    found = evapotranspiration.priestley_taylor(
        np.array(temperature, float), np.array(radiation) * days, elevation, latitude, 8.0
    )
    np.testing.assert_allclose(found / days, daily, rtol=2e-6)


def test_net_radiation_of_a_published_example():
    """FAO-56, examples 10 to 12: Rio de Janeiro in May, 2.1 kPa of vapour; Rn = 7.6 MJ m-2 d-1.

    The example has the mean of the fourth powers of 19.1 and 25.1 degC, which one temperature of
    22.1 gives within 0.1 %.
    """
    dew = 237.3 * np.log(2.1 / 0.6108) / (17.27 - np.log(2.1 / 0.6108))
    found = evapotranspiration.net_radiation(
        np.array([22.1]), np.array([14.5]), 0.0, np.array([25.1]), 22.1 - dew
    )
    assert found[0] == pytest.approx(7.6, abs=0.1)


def test_priestley_taylor_keeps_its_properties():
    """Sun, warmth and thin air raise it, a dark month has none, NaN stays."""
    shape = (12, 2, 3)
    warmth, sun = np.full(shape, 15.0), np.full(shape, 500.0)
    latitude, elevation = np.full((2, 3), 35.0), np.zeros((2, 3))
    base = evapotranspiration.priestley_taylor(warmth, sun, elevation, latitude, 8.0)
    assert base.shape == shape
    for changed in (
        (warmth + 5, sun, elevation),
        (warmth, sun + 50, elevation),
        (warmth, sun, elevation + 3000),
    ):
        assert (evapotranspiration.priestley_taylor(*changed, latitude, 8.0) > base).all()
    dark = evapotranspiration.priestley_taylor(warmth, sun * 0, elevation, latitude + 50, 8.0)
    assert (dark == 0).all()
    warmth[:, 0, 0] = NAN
    absent = evapotranspiration.priestley_taylor(warmth, sun, elevation, latitude, 8.0)
    assert np.isnan(absent[:, 0, 0]).all() and np.isfinite(absent).sum() == 60


def test_cold_land_is_a_class_of_its_own():
    """Below 400 mm of PET, UNEP (1992); 400 is not; where there is no rain there is no class."""
    function, _, names, colours = kinds.aridity([], {"name": "a", "kind": "aridity"}, 100)
    rain = np.array([[10.0, 100, 300, 390, 300, NAN]])
    codes = function(rain, np.array([[1000.0, 1000, 1000, 399, 400, 300]]))
    assert codes[:5].tolist() == [1, 2, 3, 6, 5] and np.isnan(codes[5])
    assert names[5] == "cold" and len(colours) == 6


def test_thornthwaite_golden():
    """T of a continental year: I 42.186, a 1.1618, July 109.005 mm without day length."""
    temperature = np.array([-8.0, -4, 3, 10, 16, 20, 22, 20, 15, 8, 0, -6])
    found = evapotranspiration.thornthwaite(temperature)
    assert found[6] == pytest.approx(109.00490892, abs=1e-8)
    assert (found[temperature <= 0] == 0).all()
    hot = np.full(12, 30.0)
    assert evapotranspiration.thornthwaite(hot) == pytest.approx(-415.85 + 32.24 * 30 - 0.43 * 900)
    assert np.isnan(evapotranspiration.thornthwaite(np.full(12, NAN))).all()
    assert (evapotranspiration.thornthwaite(np.full(12, -5.0)) == 0).all()


def test_day_length():
    """FAO-56 example 9: 11.66559 h at 20 degrees south on 3 September; 12 h on the equator."""
    hours = (
        evapotranspiration.month_factor(np.array([0.0]))
        * 30
        * 12
        / evapotranspiration.MONTH_DAYS[:, None]
    )
    assert hours == pytest.approx(12.0, abs=1e-9)
    south = evapotranspiration.month_factor(-20.0) * 30 * 12 / evapotranspiration.MONTH_DAYS
    assert 11.2 < south[7] < 11.66559 < south[8] < 12  # mid August and mid September
    assert evapotranspiration.month_factor(45.0)[5] > evapotranspiration.month_factor(30.0)[5] > 1


def test_a_dry_region_is_not_humid(root):
    """Northwest China is mainly arid and semi-arid, says the paper; of the simulated one a quarter
    is humid, mountains of the south-east. With Thornthwaite half of it was humid or too cold.
    """
    world = World(root / "resources/northwest_china", seed=1)
    area = shapely.union_all([shape for _, _, shape in world.region.provinces])
    lon, lat = np.meshgrid(np.arange(73.5, 112, 0.7), np.arange(31.5, 50, 0.7))
    inside = shapely.contains_xy(area, lon, lat)
    places = world.places(lon[inside], lat[inside])
    warmth, rain, sun = (
        np.mean([places.monthly(name, year) for year in range(2001, 2024, 4)], axis=0)
        for name in ("temperature", "precipitation", "radiation")
    )
    by_sun = evapotranspiration.priestley_taylor(warmth, sun, places.elevation, places.lat, 8.0)
    factor = evapotranspiration.month_factor(places.lat)
    by_warmth = evapotranspiration.thornthwaite(warmth, factor)
    function, _, names, _ = kinds.aridity([], {"name": "a", "kind": "aridity"}, 100)
    weight, shares = np.cos(np.radians(places.lat)), []
    for monthly in (by_sun, by_warmth):
        codes = function(rain.sum(axis=0)[None], monthly.sum(axis=0)[None]).astype(int)
        parts = np.bincount(codes, weight, minlength=7)[1:] / weight.sum()
        shares.append(dict(zip(names, parts, strict=True)))
    dry = sum(shares[0][name] for name in ("hyper-arid", "arid", "semi-arid"))
    assert shares[0]["humid"] < 0.35 and dry > 0.5
    assert shares[1]["humid"] + shares[1]["cold"] > 0.45
    highland = places.elevation > 4000
    assert by_warmth.sum(axis=0)[highland].mean() < 400 < 700 < by_sun.sum(axis=0)[highland].mean()
