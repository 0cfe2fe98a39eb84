"""What a study may name: layers that it makes, palettes, quantities; the CRS of its grid."""

import re
import shutil

import pytest
import yaml
from nepflow.evaluation import specification
from nepflow.evaluation.specification import CHOICES
from nepflow.figures import palettes
from nepflow.io import vectors
from nepflow.pixel.persistence import BESIDE
from nepflow.study import equal_area, figures, products
from nepflow.study import load as study_load
from pyproj import get_codes
from rasterio.crs import CRS as RasterCrs

FIGURE = {"name": "fresh", "kind": "map", "title": "t", "caption": "c"}


@pytest.fixture
def load(root, tmp_path):
    """Function that loads a study with some keys of its own over the paper's."""
    shutil.copytree(root / "config", tmp_path / "config")
    schema = root / "workflow/schemas/study.schema.yaml"

    def loaded(**keys):
        text = yaml.safe_dump({"based_on": "northwest_china"} | keys)
        (tmp_path / "config/studies/own.yaml").write_text(text)
        return study_load.load_study("own", tmp_path / "config", schema, "data", "results")

    return loaded


@pytest.mark.parametrize(
    ("layer", "near"),
    [
        ("pixel/nep_average", "pixel/nep_mean"),
        ("pixel/nep_mean.tif", "pixel/nep_mean"),
        ("Pixel/NEP/Mean", "pixel/nep_mean"),
        ("pixl/nep/sen_slope", "pixel/nep_sen_slope"),
        ("climate/temprature", "climate/temperature"),
        ("nep/rh_month", "nep/rh_monthly"),
        ("zones/dry-wet", "zones/dry_wet"),
        ("demm", "dem"),
        (
            "landcover/landcover_2023",
            "landcover/landcover_2022",
        ),  # the study has a substitute for it
        ("landcover/keys/igbp7/landcover_1999", "landcover/keys/igbp7/landcover_2"),
        ("attribution/nep_joint_case", "attribution: {variables: [nep]}"),
        ("ndvi/ndvi_mean", "npp: {source: casa}"),
        ("factors/soil", "`detectors`"),
        ("zones/landcover", "zones has: area"),
        ("/pixel/nep_mean", "pixel/nep_mean"),
    ],
)
def test_a_layer_that_is_not_made_is_refused_with_the_near_ones(load, layer, near):
    words = re.escape(layer) + r",? which the study does not make\..*" + re.escape(near)
    with pytest.raises(
        study_load.BadStudy, match=f"config/studies/own.yaml: figure fresh .*{words}"
    ):
        load(figures=[FIGURE | {"layer": layer}])


LOST = "factors/pixel"
FACTORS = [{"name": "a", "layer": LOST}, {"name": "b", "layer": "slope"}]
DEM = {"kind": "map", "layer": "dem", "title": "t"}
CROSS = {"kind": "scatter", "layer": "dem", "against": LOST, "title": "t"}
LIKE = {"zones": "province", "of": "x"}


@pytest.mark.parametrize(
    ("place", "keys"),
    [
        ("figure fresh", {"contours": {"layer": LOST, "levels": [1]}}),
        ("figure fresh", {"stipple": {"layer": LOST, "below": 0.05}}),
        ("figure fresh", {"kind": "panels", "panels": [DEM, CROSS]}),
        ("figure fresh", {"kind": "panels", "panels": [DEM, DEM | {"layer": LOST}]}),
        ("detector e", {"detectors": [{"name": "e", "of": LOST, "factors": FACTORS}]}),
        ("detector e, factor a", {"detectors": [{"name": "e", "of": "dem", "factors": FACTORS}]}),
        ("contrasts c", {"contrasts": [LIKE | {"name": "c", "match": ["dem", LOST]}]}),
    ],
)
def test_every_place_that_names_a_layer_is_looked_at(load, place, keys):
    keys = {"figures": [FIGURE | {"layer": "dem"} | keys]} if "figure" in place else keys
    with pytest.raises(study_load.BadStudy, match=f"own.yaml: {place} wants the layer {LOST}"):
        load(**keys)


def test_layers_of_series_follow_the_years(load):
    slope = FIGURE | {"layer": "pixel/nep_sen_slope"}
    assert load(period=[2021, 2022], figures=[slope])["figures_left_out"] == ["fresh"]
    with pytest.raises(study_load.BadStudy, match="Did you mean pixel/nep_sen_slope"):
        load(period=[2021, 2022], figures=[slope | {"layer": "pixel/nep_sen_slop"}])
    contrast = {"name": "c", "zones": "province", "of": "x", "match": ["pixel/nep_cv"]}
    with pytest.raises(study_load.BadStudy, match=r"contrasts c .* needs the years of `min_years`"):
        load(period=[2021, 2022], figures=[], contrasts=[contrast])
    short = products.layers_of(load(period=[2021, 2022], figures=[]))
    assert "pixel/nep_mean" in short and "pixel/nep_hurst" not in short


def test_land_cover_that_a_contrast_names_is_needed(load):
    contrast = {"name": "c", "zones": "province", "of": "x", "match": ["landcover/landcover_2010"]}
    only = {"zones": [{"name": "province", "kind": "area"}], "figures": []}
    assert load(**only, contrasts=[contrast])["uses_landcover"]
    assert not load(**only)["uses_landcover"]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"layer": "dem", "palette": "batlov"}, "`palette` names batlov. Did you mean batlow"),
        ({"layer": "dem", "palette": "viridis"}, "`palette` names viridis"),
        ({"layer": "dem", "palette": "Vik"}, "Did you mean vik"),
        ({"kind": "classes", "layer": "pixel/nep_trend_class", "palette": "carbon"}, "Crameri"),
        ({"kind": "series", "quantity": "rs", "zones": "province"}, "`quantity` names rs"),
        ({"kind": "series", "quantity": "nep", "zones": "provinces"}, "Did you mean province"),
        ({"kind": "specification", "quantities": ["nep_means"]}, "Did you mean nep_mean"),
        ({"kind": "matrix", "dates": [2000, 2012]}, "`dates` names 2012"),
        ({"kind": "detector", "detector": "driver"}, "wants the detector driver"),
    ],
)
def test_what_a_figure_chooses_is_there(load, keys, said):
    with pytest.raises(study_load.BadStudy, match=re.escape(said)):
        load(figures=[FIGURE | keys])


def test_a_series_of_a_driver_that_the_study_lacks_is_refused(load):
    series = FIGURE | {"kind": "series", "quantity": "radiation", "zones": "province"}
    with pytest.raises(study_load.BadStudy, match="`quantity` names radiation"):
        load(figures=[series], climate={"variables": ["temperature", "precipitation"]})


def test_names_are_those_that_drawing_knows():
    assert set(figures.PALETTES) == set(palettes.cm.cmaps)
    assert set(figures.MEANINGS) == set(palettes._BY_MEANING)
    assert set(figures.QUANTITIES_OF_CHOICES) == set(CHOICES)
    shares = [f"{name}{end}" for name in specification.PERSISTENT for end in ("", *BESIDE)]
    assert list(figures.QUANTITIES_OF_CHOICES["persistence"]) == shares


@pytest.mark.parametrize(
    "crs",
    [
        "EPSG:4326",
        "epsg:32648",
        "4326",
        "urn:ogc:def:crs:EPSG::4326",
        "+proj=longlat +datum=WGS84",
        "+proj=utm +zone=48",
        "proj=merc",
        "+proj=aea +lat_1=25 +lat_2=47 +units=km",
        "OGC:CRS84",
    ],
)
def test_a_grid_that_is_not_equal_area_is_refused_at_load(load, crs):
    with pytest.raises(
        study_load.BadStudy, match=r"own.yaml: grid.crs: .* is not an equal-area CRS"
    ):
        load(grid={"crs": crs})
    with pytest.raises(vectors.BadCrs):
        vectors.check_equal_area(crs)


def test_what_is_told_of_a_crs_without_proj_is_what_proj_tells():
    """No code of EPSG that keeps areas is refused; other texts are left to PROJ."""
    codes = {int(code) for code in get_codes("EPSG", "PROJECTED_CRS")}
    kept = set()
    for code in codes:
        try:
            kept |= {code} if vectors.is_equal_area(f"EPSG:{code}") else set()
        except Exception:  # cannot be told as a PROJ string
            continue
    assert kept == equal_area.EPSG
    for crs in ("ESRI:54009", "+proj=laea +lat_0=40 +lon_0=100", "EPSG:6933"):
        assert equal_area.fault_of(crs) == ""
        vectors.check_equal_area(crs)
    for crs in ("nonsense", "+proj=aea", "+proj=aea +lat_1=95", "+proj=aea +lat_1=-30 +lat_2=30"):
        assert equal_area.fault_of(crs) != ""
        with pytest.raises(vectors.BadCrs, match="is no CRS"):
            vectors.check_equal_area(crs)


@pytest.mark.parametrize(
    ("crs", "name"),
    [
        (
            "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +datum=WGS84 +units=m",
            "Albers Equal Area lat_1=25 lat_2=47 lat_0=0 lon_0=105",
        ),
        (
            "+proj=laea +lat_0=10.5 +lon_0=-60 +datum=WGS84 +units=m",
            "Lambert Azimuthal Equal Area lat_0=10.5 lon_0=-60",
        ),
        ("EPSG:6933", "WGS 84 / NSIDC EASE-Grid 2.0 Global"),
        ("ESRI:54034", "World_Cylindrical_Equal_Area"),
    ],
)
def test_a_crs_has_a_name(crs, name):
    """A GIS shows "unknown" of what a PROJ string defines."""
    named = vectors.named_crs(crs)
    assert named.startswith(f'PROJCS["{name}"') and '"unknown"' not in named
    assert RasterCrs.from_wkt(named) == RasterCrs.from_user_input(crs)
