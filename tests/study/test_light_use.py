"""A study that models NPP from NDVI, three simulated years from tiles to the report."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
from copies import Workflow
from light_study import LIGHT, PLANTED, RECOVERY
from nepflow.climate import monthly
from nepflow.io import raster
from nepflow.npp import ndvi
from nepflow.simulation import light_use as simulation
from nepflow.simulation.world import World
from nepflow.study import landcover as study_landcover
from nepflow.study import modis
from pyproj import Transformer
from scipy import stats

YEARS = [2001, 2002, 2003]
SIMULATED = "simulated"
TYPES = Path(__file__).parents[2] / "config/vegetation_types.csv"
pytestmark = pytest.mark.slow


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def light(root, tmp_path_factory):
    workflow = Workflow(root, tmp_path_factory.mktemp("light") / "copy", light=LIGHT)
    workflow.run()
    return workflow


def read(light, name, band=1):
    return raster.read(light.result(f"light/{name}.tif"), band)


def test_checks_pass_and_everything_says_that_it_is_simulated(light):
    checks = rows(light.result("light/tables/checks.csv"))
    assert checks and all(check["passed"] == "True" for check in checks), checks
    for path in light.result("").rglob("*.tif"):
        assert raster.tags_of(path).get("simulated") == "simulated", path
    report = light.result("light/report.html").read_text(encoding="utf-8")
    assert "CASA as improved by Zhu et al., 2007" in report
    assert "MODIS/Terra Vegetation Indices" in report
    assert light.result("light/figures/npp_comparison.png").stat().st_size > 0


def months_of_2002(light):
    """Temperature, precipitation and radiation of the months, as the study fitted them."""
    names = ("temperature", "precipitation", "radiation")
    below = light.result("light")
    months = monthly.of_years(
        [str(below / f"climate/{name}_fit.npz") for name in names],
        str(below / "dem.tif"),
        str(below / "grid.tif"),
        YEARS,
        "none",
        2002,
    )
    x, y = raster.grid_of(below / "grid.tif").xy(0, read(light, "grid").shape[0])
    found = months(lambda *values: np.concatenate(values), read(light, "dem")[None], x=x, y=y)
    return found.reshape(3, 12, *found.shape[1:])


def test_npp_is_that_of_other_code_for_the_same_equations(light):
    """Its own stresses, and light absorption written out here, from what lies on disk."""
    climate = months_of_2002(light)
    normal_ndvi = np.stack([read(light, "ndvi/ndvi_normals", band) for band in range(1, 13)])
    normal_warmth = np.stack([read(light, "casa/normals", band) for band in range(1, 13)])
    green = np.stack([read(light, "ndvi/ndvi", 12 + month) for month in range(1, 13)])
    landcover, npp = (
        read(light, "landcover/keys/igbp17/landcover_2002"),
        read(light, "npp/casa/npp_2002"),
    )
    limits = pd.read_csv(light.result("light/tables/casa_limits.csv"))
    limits = limits.assign(igbp=limits["igbp"].astype(str).str.split()).explode("igbp")
    limits["igbp"] = limits["igbp"].astype(int)
    limits = limits.pivot_table(index="igbp", columns="quantity", values="value")
    known = np.isfinite(npp) & (normal_warmth.min(axis=0) > 0) & (climate[0].min(axis=0) > 0)
    assert known.sum() > 900 and len(np.unique(landcover[known])) > 8
    of_cell = limits.loc[landcover[known]]
    greenest = np.nanargmax(normal_ndvi[:, known], axis=0)
    best = np.take_along_axis(normal_warmth[:, known], greenest[None], axis=0)[0]
    warmth, rain, sun = climate[:, :, known]
    seen, total, dry = green[:, known], 0.0, simulation.drought(warmth, np.maximum(rain, 0))
    for month in range(12):
        share = 0.0
        for value, name in ((seen[month], "ndvi"), ((1 + seen[month]) / (1 - seen[month]), "sr")):
            low, high = (of_cell[f"{name}_{end}"].to_numpy() for end in ("min", "max"))
            share += 0.5 * np.clip(0.001 + 0.949 * (value - low) / (high - low), 0.001, 0.95)
        total += 0.5 * sun[month] * share * simulation.heat(warmth[month], best) * dry[month]
    expected = total * of_cell["epsilon_max"].to_numpy()
    np.testing.assert_allclose(npp[known], expected, rtol=1e-4)


def test_months_filled_in_excess_have_no_npp(light):
    npp, filled = read(light, "npp/casa/npp_2002"), read(light, "ndvi/filled_months", 2)
    assert np.isfinite(npp).mean() > 0.2
    assert np.isnan(npp[filled > 4]).all() and np.nanmin(npp) >= 0


def test_absence_says_why(light):
    for year in YEARS:
        npp, reason = (
            read(light, f"npp/casa/npp_{year}"),
            read(light, f"npp/casa/missing_reason_{year}"),
        )
        names = modis.REASON_CODE
        np.testing.assert_array_equal(reason == names["valid"], np.isfinite(npp))
        landcover = read(light, f"landcover/keys/igbp17/landcover_{year}")
        assert (reason[landcover == 17] == names["water"]).all()
    shares = read(light, "ndvi/filled_share")
    assert 0 < np.nanmean(shares) < 30 and np.nanmax(shares) <= 100


def test_states_are_those_of_the_tiles(light):
    """A month that was observed keeps its value; a gap got one."""
    observed, filled = read(light, "ndvi/observed_2003", 7), read(light, "ndvi/ndvi", 31)
    state = read(light, "ndvi/ndvi_state", 31)
    seen = state == ndvi.SEEN
    np.testing.assert_array_equal(filled[seen], observed[seen])
    gaps = np.isin(state, (ndvi.LINEAR, ndvi.SCALED))
    assert gaps.sum() > 10 and np.isnan(observed[gaps]).all() and np.isfinite(filled[gaps]).all()


def quantities(light, name, study="light"):
    return pd.read_csv(light.result(f"{study}/tables/{name}.csv"))


def test_factors_that_entered_are_marked_and_q_is_plain(light):
    """Land cover of seventeen classes entered NEP by its efficiency; karst and people did not."""
    found = quantities(light, "detector_factors_mean_nep")
    marked = found.groupby("factor")["shared_inputs"].first().to_dict()
    entered = {"temperature", "precipitation", "radiation", "land_cover"}
    assert {name for name, how in marked.items() if how == "same layer"} == entered
    assert marked.keys() - entered == {"elevation", "karst", "population"}
    assert set(found["source"]) == {SIMULATED}
    names = ("pixel/nep_mean", "landcover/keys/igbp17/landcover_2002", "factors/karst")
    others = (
        "dem",
        "factors/population",
        *(f"pixel/{name}_mean" for name in ("temperature", "precipitation", "radiation")),
    )
    layers = np.stack([read(light, name) for name in (*names, *others)])
    known = np.isfinite(layers).all(axis=0)
    frame = pd.DataFrame(layers[:3, known].T, columns=["nep", "land_cover", "karst"])
    found = found[found["quantity"] == "q_statistic"].set_index("factor")["value"]
    for name in ("land_cover", "karst"):
        groups = frame.groupby(name)["nep"]
        within = (groups.var(ddof=0) * groups.size()).sum()
        assert found[name] == pytest.approx(1 - within / frame["nep"].var(ddof=0) / len(frame))


def test_land_use_effect_is_that_of_the_rasters(light):
    """2001 against 2003: each part of each transition from the rasters of the two years."""
    first, last = read(light, "nep/nep", 1), read(light, "nep/nep", 3)
    before, after = read(light, "landcover/landcover_2001"), read(light, "landcover/landcover_2003")
    known = np.isfinite(last - first) & (before > 0) & (after > 0)
    names = raster.classes_of(light.result("light/landcover/landcover_2001.tif"))
    found = quantities(light, "land_use_effect_nep")
    found = found.set_index(["from_class", "to_class", "quantity"])["value"]
    forest, grass = (
        code for name in ("forest", "grassland") for code in names if names[code] == name
    )

    def density(values, codes, code):
        return values[np.isfinite(last - first) & (codes == code)].mean()

    moved = density(first, before, grass) - density(first, before, forest)
    grown = density(last, after, grass) - density(last, after, forest)
    area = ((before == forest) & (after == grass)).sum() * 1600e-6
    assert area > 0
    where = "forest", "grassland"
    assert found[*where, "area_effect"] == pytest.approx(area * moved, rel=1e-5)
    assert found[*where, "interaction_effect"] == pytest.approx(area * (grown - moved), abs=1e-5)
    same = (density(last, after, forest) - density(first, before, forest)) * area
    assert found[*where, "density_effect"] == pytest.approx(same, abs=1e-5)
    one = known & (before == forest) & (after == grass)
    observed = (last - first)[one].sum() * 1600e-6
    assert found[*where, "observed_change"] == pytest.approx(observed, abs=1e-5)


def test_zones_have_totals_and_karst(light):
    found = {
        (row["zone"], row["quantity"]): float(row["value"] or "nan")
        for row in rows(light.result("light/tables/trends_karst.csv"))
    }
    assert {"karst", "non-karst"} < {zone for zone, _ in found}
    parts = found["karst", "nep_total"] + found["non-karst", "nep_total"]
    assert parts == pytest.approx(found["all", "nep_total"], rel=0.02)


def test_truth_is_recovered(light):
    """This seed has a correlation of 0.63 and a bias of -15 %.

    At 40 km a cell is one pixel of many, in a third of the cells of another class than that of
    its NDVI.
    """
    found = {
        (row["quantity"], row["statistic"]): float(row["value"])
        for row in rows(light.result("light/tables/recovery.csv"))
    }
    assert found["npp", "correlation"] > 0.5
    assert abs(found["npp", "bias"]) < 0.2 * found["npp", "true mean"]
    agreement = {
        row["quantity"]: float(row["value"])
        for row in rows(light.result("light/tables/npp_agreement.csv"))
        if row["year"] == "all"
    }
    assert agreement["cells"] > 2000 and agreement["correlation"] > 0.4


def test_only_what_constants_enter_runs_again(light):
    table = light.folder / "config/vegetation_types.csv"
    before = table.read_text()
    try:
        table.write_text(before.replace("0.985", "0.986"))
        said = light.run("-n")
    finally:
        table.write_text(before)
    assert "estimate_npp_casa" in said and "warp_ndvi" not in said and "fill_ndvi" not in said
    assert "Nothing to be done" in light.run("-n")


def test_bands_give_the_same_content(light):
    """NDVI, mean year, NPP by light use and periods of land use, in three bands of the grid."""
    remade = ("ndvi/*", "casa/*.tif", "npp/casa/*", "land_use/*", "landcover/keys/*/*.tif")
    banded = light.in_bands("light", LIGHT, 3, remade)
    names = [
        *(
            "ndvi/ndvi",
            "ndvi/ndvi_state",
            "ndvi/filled_share",
            "casa/normals",
            "land_use/class_last",
        ),
        *("npp/casa/npp_2002", "npp/casa/missing_reason_2002", "land_use/nep_first"),
    ]
    said = banded.run(
        "--rerun-triggers", "mtime", "--", *(f"results/light/{name}.tif" for name in names)
    )
    for rule in ("warp_ndvi", "fill_ndvi", "estimate_npp_casa", "average_periods"):
        assert f"gather_{rule}" in said
    for name in names:
        path = f"light/{name}.tif"
        assert raster.digest(banded.result(path)) == raster.digest(light.result(path)), name
        with rasterio.open(banded.result(path)) as source:
            assert source.driver == "VRT"
    for name in ("counts_2002", "granules_2002"):
        path = f"light/npp/casa/{name}.csv"
        assert banded.result(path).read_bytes() == light.result(path).read_bytes()


@pytest.fixture(scope="module")
def planted(root, tmp_path_factory):
    """Ten years of a coarse simulation, of which only what is compared with the truth is made."""
    workflow = Workflow(root, tmp_path_factory.mktemp("planted") / "copy", planted=PLANTED)
    workflow.run(*(f"results/planted/tables/{name}.csv" for name in RECOVERY))
    return workflow


def truth(planted, name, years):
    path = planted.result(f"simulated/planted/truth/{name}.tif")
    return np.stack([raster.read(path, band) for band in range(1, years + 1)])


def test_planted_drivers_come_out_in_the_planted_order(planted):
    """Land cover sets efficiency and limits; karst is planted in the trend, not in the mean.

    Factors whose true q differ by less than 0.1 have no order: what maps of a sixth of the cells
    mistake, and climate between stations, moves q by about that.
    """
    table = quantities(planted, "recovery_factors_mean_nep", "planted")
    found = table.set_index(["factor", "quantity"])["value"]
    for kind in ("true", "recovered"):
        q = table[table["quantity"] == f"{kind}_q_statistic"].set_index("factor")["value"]
        assert q.idxmax() == "land_cover" and q.idxmin() == "karst", q
    assert found["all", "pairs_clearly_apart"] >= 6
    assert found["all", "clear_pairs_in_order"] == 100
    # the same q of true land cover and true NEP, without the code of the detector
    nep = truth(planted, "nep", 10).mean(axis=0)
    cover = truth(planted, "landcover", 10)[1]
    frame = pd.DataFrame({"nep": nep.ravel(), "class": cover.ravel()}).dropna()
    groups = frame.groupby("class")["nep"]
    q = 1 - (groups.var(ddof=0) * groups.size()).sum() / frame["nep"].var(ddof=0) / len(frame)
    assert found["land_cover", "true_q_statistic"] == pytest.approx(q, abs=0.05)


def test_planted_decline_is_found(planted):
    """Regional means of each year beside the true ones.

    Error: four standard errors of the slope of their difference, and a fifth of the true slope,
    since own limits of NDVI (quantiles) lie closer together than the planted ones.
    """
    true, found = (
        truth(planted, "nep", 10),
        np.stack([read_of(planted, "nep/nep", band) for band in range(1, 11)]),
    )
    known = np.isfinite(true).all(axis=0) & np.isfinite(found).all(axis=0)
    assert known.sum() > 12000
    years = np.arange(10) - 4.5
    true, found = true[:, known].mean(axis=1), found[:, known].mean(axis=1)
    slopes = [(years * series).sum() / (years**2).sum() for series in (true, found)]
    difference = found - true
    left = difference - difference.mean() - (slopes[1] - slopes[0]) * years
    error = np.sqrt((left**2).sum() / 8 / (years**2).sum())
    assert abs(slopes[1] - slopes[0]) < 4 * error + 0.2 * abs(slopes[0])
    assert error < 1
    table = quantities(planted, "recovery", "planted").set_index(["quantity", "statistic"])
    assert table["value"]["trend of nep (chosen)", "true mean"] == pytest.approx(slopes[0], abs=0.3)


def changed_on_maps(planted):
    """Share of cells whose class by mode differs between the periods, on maps that err.

    From the simulation alone, at 16 places a cell; scipy's modes, over the cell and then the years.
    """
    world = World(planted.folder / "resources/indochina", PLANTED["simulation"]["seed"])
    path = planted.result("planted/grid.tif")
    grid, inside = raster.grid_of(path), raster.read(path) == 1
    x, y = (axis.ravel() for axis in grid.xy(0, len(inside)))
    row, column = np.nonzero(inside)
    offset = (np.arange(4) - 1.5) * grid.resolution_m / 4
    easting, northing = np.broadcast_arrays(
        x[column][:, None, None] + offset[None, None], y[row][:, None, None] + offset[:, None]
    )
    degrees = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True)
    places = world.places(*degrees.transform(easting.ravel(), northing.ravel()))
    class_of = np.array(
        study_landcover.lookup_table(study_landcover.KEYS["igbp7_woody_savanna_forest"])
    )
    periods = []
    for years in (range(2001, 2004), range(2008, 2011)):
        maps = [
            world.landcover.mapped_class(places.true_class(year), places.lon, places.lat, year)
            for year in years
        ]
        cells = [stats.mode(class_of[one].reshape(len(row), -1), axis=1).mode for one in maps]
        periods.append(stats.mode(np.stack(cells)).mode)
    return (periods[0] != periods[1]).mean()


def test_planted_change_of_land_is_found(planted):
    """Area that changed, its effect by class densities, and what the change itself planted.

    A map finds more change than there is: mistakes of single years, and cells of which two
    classes have half each. Its area is that of `changed_on_maps` but for cells at a tie, which
    other places in them decide: 15 %. Densities of classes that a map mixes up in a seventh of
    the cells lie closer together by up to a third.
    """
    table = quantities(planted, "recovery_land_use_nep", "planted")
    found = table.set_index(["transitions", "quantity"])["value"]["changed"]
    area = (raster.read(planted.result("planted/grid.tif")) == 1).sum() * 100
    assert found["recovered_area"] == pytest.approx(changed_on_maps(planted) * area, rel=0.15)
    more = found["recovered_area"] / found["true_area"]
    assert found["true_area"] > 0.004 * area and 1 < more < 2
    for name in ("area_effect", "total_effect"):
        true, seen = found[f"true_{name}"], found[f"recovered_{name}"]
        assert true < 0 and abs(seen / more - true) < abs(true) / 3, name
    # what forest lost where it was cleared; class densities would say what forest elsewhere has
    effect, cover = truth(planted, "landcover_effect", 10), truth(planted, "landcover", 10)
    lost = (effect[7:].mean(axis=0) - effect[:3].mean(axis=0))[cover[0] != cover[9]]
    assert found["true_planted_effect"] < 0 and np.nanmean(lost) < -50


def read_of(workflow, name, band=1):
    return raster.read(workflow.result(f"planted/{name}.tif"), band)
