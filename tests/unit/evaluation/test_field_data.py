"""Field data: statistics by hand, SRDB against published means, tables and their faults."""

import numpy as np
import pandas as pd
import pyproj
import pytest
from nepflow.evaluation import agreement, field_data
from nepflow.figures import field_scatter
from nepflow.figures.palettes import BadFigure
from nepflow.io import raster
from nepflow.report import notes, tables
from nepflow.respiration import calibration
from nepflow.spatial import sampling
from rasterio.transform import from_origin

GSMSR = {
    "rate": 0.588,
    "rate_per_carbon": 0.118,
    "q10_at_zero": 1.83,
    "q10_per_k": -0.006,
    "precipitation_above_cm": 2.972,
    "precipitation_below_cm": 5.657,
}
NORTHWEST = [73, 31, 111, 49.5]


def test_statistics_by_hand():
    found = agreement.agreement(np.array([1.0, 2, 3, np.nan]), np.array([2.0, 2, 5, 7]))
    assert found["values"] == 3
    assert found["bias"] == pytest.approx(1)
    assert found["rmse"] == pytest.approx(np.sqrt(5 / 3))
    assert found["r"] == pytest.approx(np.sqrt(3) / 2)
    assert np.isnan(agreement.agreement(np.ones(3), np.arange(3.0))["r"])
    assert agreement.agreement(np.array([np.nan]), np.ones(1))["values"] == 0
    with pytest.raises(ValueError, match="shapes"):
        agreement.agreement(np.ones(2), np.ones(3))


def test_groups_by_size_and_units():
    rows = list(
        agreement.rows_by_group(np.arange(4.0), np.arange(4.0) + 1, ["b", "a", "a", "b"], "g")
    )
    assert list(dict.fromkeys(row[0] for row in rows)) == ["all", "a", "b"]
    assert ("a", "bias", 1.0, "g") in rows and ("b", "values", 2, "count") in rows


@pytest.fixture
def srdb(reference_data):
    return next((reference_data / "carbon").glob("srdb-data_*.csv.gz"))


def test_srdb_northwest_finds_the_published_means(srdb):
    """71 untreated plots with climate: mean Rh 428, Pei applied once to annual climate 23."""
    plots = field_data.read_plots(srdb, True, NORTHWEST, None)
    arrays = {name: plots[name].to_numpy() for name in plots.columns}
    found = calibration.modelled(arrays, "bond_lamberty2004", {"gsmsr": GSMSR})
    modelled = found["rh", "pei2009 annual"]
    stats = agreement.agreement(arrays["rh"], modelled)
    assert stats["values"] == 71
    assert round(stats["observed_mean"]) == 428
    assert round(stats["modelled_mean"]) == 23
    monthly = agreement.agreement(arrays["rh"], found["rh", "pei2009 monthly, months alike"])
    assert abs(monthly["bias"]) < abs(stats["bias"])
    assert np.isnan(found["rs", "gsmsr"]).all()


def test_srdb_china_pairs_of_the_relations(srdb):
    """262 untreated pairs: Rs 797, Rh 494; power law 433 (RMSE 186), quadratic 476 (171)."""
    table = pd.read_csv(srdb, low_memory=False, dtype={"Record_number": str})
    numbers = set(table.loc[table["Country"] == "China", "Record_number"])
    plots = field_data.read_plots(srdb, True, None, 4.0)
    plots = plots[plots["plot"].isin(numbers) & plots["rs"].notna() & plots["rh"].notna()]
    assert len(plots) == 262
    arrays = {name: plots[name].to_numpy() for name in plots.columns}
    assert (round(arrays["rs"].mean()), round(arrays["rh"].mean())) == (797, 494)
    found = calibration.modelled(arrays, "bond_lamberty2004", {"gsmsr": GSMSR})
    for model, mean, rmse in (("bond_lamberty2004", 433, 186), ("quadratic", 476, 171)):
        stats = agreement.agreement(arrays["rh"], found["rh", f"{model} of observed Rs"])
        assert round(stats["modelled_mean"]) == mean
        assert round(stats["rmse"]) == rmse


def plot_file(path, **changes):
    columns = {
        "Record_number": [1, 2, 3, 4],
        "Longitude": [100, 101, 102, 103.0],
        "Latitude": [25, 26, 27, 28.0],
        "Ecosystem_type": ["Forest", None, "Forest", "Desert"],
        "Manipulation": [None, "None", "Fertilized", "Control"],
        "MAT": [15, 16, 17, 18],
        "MAP": [1200, 1300, 1400, None],
        "Rs_annual": [800, 700, 900, -5],
        "Rh_annual": [400, None, 500, 300],
    } | changes
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


def test_plots_are_filtered(tmp_path):
    path = plot_file(tmp_path / "plots.csv")
    plots = field_data.read_plots(path, True, None, 4.0)
    assert plots["plot"].tolist() == ["1", "2", "4"]
    assert plots["biome"].tolist() == ["Forest", "unknown", "Desert"]
    assert np.isnan(plots["rs"].iloc[2]) and plots["carbon"].eq(4).all()
    assert len(field_data.read_plots(path, False, None, None)) == 4
    assert field_data.read_plots(path, True, [100.5, 0, 102, 90], None)["plot"].tolist() == ["2"]
    with pytest.raises(field_data.BadFieldTable, match=r"plots.csv: no plot is left.*box_deg"):
        field_data.read_plots(path, True, [0, 0, 1, 1], None)
    bad = tmp_path / "bad.csv"
    pd.DataFrame({"Record_number": [1]}).to_csv(bad, index=False)
    with pytest.raises(field_data.BadFieldTable, match=r"bad.csv, line 1: has no column Longitude"):
        field_data.read_plots(bad, True, None, None)


@pytest.mark.parametrize(
    ("column", "code"), [("MAT", -9999), ("MAT", 999.9), ("Rh_annual", 9999), ("MAP", 99999)]
)
def test_codes_of_missing_data_in_plots(tmp_path, column, code):
    path = plot_file(tmp_path / "srdb.csv")
    table = pd.read_csv(path)
    table[column] = table[column].astype(float)
    table.loc[0, column] = code
    table.to_csv(path, index=False)
    with pytest.raises(field_data.BadFieldTable, match=f"{column} of .* is {code:g} .*missing"):
        field_data.read_plots(str(path), False, None, None)


@pytest.mark.parametrize("code", ["-9999", "-999", "9999", "32766", "inf"])
def test_codes_of_missing_data_in_sites(tmp_path, code):
    path = tmp_path / "sites.csv"
    path.write_text(f"site,lon,lat,nep,class\nA,105,36,120,forest\nB,105,36,{code},forest\n")
    entry = {"file": str(path), "unit": "g C m-2 yr-1", "sign": "uptake_positive"}
    with pytest.raises(
        field_data.BadFieldTable, match=f"(column nep holds '|nep of site B is ){code}"
    ):
        field_data.read_sites(entry)


def test_models_at_a_plot_by_hand(tmp_path):
    plots = field_data.read_plots(plot_file(tmp_path / "p.csv"), True, None, 4.0)
    arrays = {name: plots[name].to_numpy() for name in plots.columns}
    found = calibration.modelled(arrays, "bond_lamberty_thomson2010", {"gsmsr": GSMSR})
    raich = 1.25 * np.exp(0.0545 * 15) * 100 / 142.59 * 365.25
    assert found["rs", "raich2002"][0] == pytest.approx(raich)
    by_hand = np.exp(0.22 + 0.87 * np.log(raich))
    assert found["rh", "raich2002_bond_lamberty_thomson2010"][0] == pytest.approx(by_hand)
    observed = np.exp(1.22 + 0.73 * np.log(800))
    assert found["rh", "bond_lamberty2004 of observed Rs"][0] == pytest.approx(observed)
    assert np.isnan(found["rs", "raich2002"][2])  # no rain in the table


@pytest.mark.parametrize(("sign", "value"), [("uptake_positive", 250), ("release_positive", -250)])
def test_sites_take_unit_and_sign(tmp_path, sign, value):
    path = tmp_path / "sites.csv"
    pd.DataFrame(
        {"id": ["a", "b"], "x": [100, 101], "y": [25, None], "nep": [2.5, 1], "class": ["EBF", ""]}
    ).to_csv(path, index=False)
    entry = {
        "file": str(path),
        "unit": "t C ha-1 yr-1",
        "sign": sign,
        "columns": {"site": "id", "lon": "x", "lat": "y"},
    }
    sites = field_data.read_sites(entry)
    assert sites["nep"].tolist() == [value] and sites["site"].tolist() == ["a"]
    with pytest.raises(field_data.BadFieldTable, match="no column site"):
        field_data.read_sites(entry | {"columns": {}})


def test_points_take_their_cell(tmp_path):
    path = tmp_path / "a.tif"
    grid = raster.Grid(pyproj.CRS(4326).to_wkt(), from_origin(100, 30, 1, 1), 2, 3)
    values = np.arange(12.0).reshape(2, 2, 3)
    values[1, 0, 0] = np.nan
    raster.write(values, raster.Output(path, "1", "x", ("a", "b")), grid)
    found = sampling.values_at(
        path, np.array([100.1, 102.9, 99, 100.5]), np.array([29.9, 28.1, 29, 40])
    )
    np.testing.assert_array_equal(found[:, 1], [5, 11])
    assert found[0, 0] == 0 and np.isnan(found[1, 0]) and np.isnan(found[:, 2:]).all()


def pairs(groups=6, n=30):
    rng = np.random.default_rng(1)
    observed = rng.uniform(100, 900, n)
    parts = [
        pd.DataFrame(
            {
                "quantity": quantity,
                "model": model,
                "group": [f"class {number % groups}" for number in range(n)],
                "observed": observed,
                "modelled": observed * rng.uniform(0.5, 1.2, n),
                "unit": "g C m-2 yr-1",
            }
        )
        for quantity, model in (
            ("rs", "raich2002"),
            ("rh", "bond_lamberty2004 of observed Rs"),
            ("rh", "gsmsr_bond_lamberty2004"),
            ("rh", "pei2009 annual"),
        )
    ]
    return pd.concat(parts)


def texts(figure):
    found = [text.get_text() for text in figure.texts]
    for axes in figure.axes:
        found += [axes.get_title(), *(text.get_text() for text in axes.texts)]
    return " | ".join(found).replace("\n", " ")


def test_scatter_has_a_panel_a_model():
    figure = field_scatter.scatter_panels(pairs())
    assert len(figure.axes) == 4
    said = texts(figure)
    assert "Rs: Raich et al. (2002)" in said and "n = 30" in said
    assert "Rh: Pei et al. annual" in said
    one = field_scatter.scatter_panels(pairs(), "rs", width_mm=85)
    assert len(one.axes) == 1
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names[-1] == "Others" and len(names) == 5
    with pytest.raises(BadFigure, match="no nep"):
        field_scatter.scatter_panels(pairs(), "nep")


def test_report_shows_every_group_and_the_unit_of_every_layer():
    """One row a model and group; a contrast's difference keeps the unit of its own layer."""
    rows = []
    for variable, model in (("rs", "raich2002"), ("rh", "quadratic of observed Rs")):
        found = agreement.rows_by_group(
            np.arange(4.0), np.arange(4.0) + 1, ["b", "a", "a", "b"], "g C m-2 yr-1"
        )
        rows += [(variable, model, *row) for row in found]
    columns = ["variable", "model", "group", "quantity", "value", "unit"]
    block = tables.blocks(pd.DataFrame(rows, columns=columns))[0]
    assert len(block["rows"]) == 6 and len(block["columns"]) == 3 + 6
    columns = ["contrast", "layer", "measure", "value", "unit"]
    rows = [
        ("k", "mean", "difference", 3.0, "g C m-2 yr-1"),
        ("k", "slope", "difference", 0.1, "yr-2"),
    ]
    contrasts = pd.DataFrame(rows, columns=columns)
    shown = tables.blocks(contrasts)[0]["rows"]
    assert [row[-1] for row in shown] == ["g C m⁻² yr⁻¹", "yr⁻²"]


def test_calibrated_constants_stand_beside_the_published(tmp_path):
    plots = field_data.read_plots(plot_file(tmp_path / "p.csv"), True, None, 4.0)
    arrays = {name: plots[name].to_numpy() for name in plots.columns}
    twice = {"gsmsr": GSMSR | {"rate": 2 * 0.588, "rate_per_carbon": 2 * 0.118}}
    found = calibration.modelled(arrays, "bond_lamberty2004", {"gsmsr": GSMSR}, twice)
    np.testing.assert_allclose(found["rs", "gsmsr calibrated"], 2 * found["rs", "gsmsr"])
    rh = np.exp(1.22 + 0.73 * np.log(found["rs", "gsmsr calibrated"][:2]))
    name = "gsmsr_bond_lamberty2004 calibrated"
    np.testing.assert_allclose(found["rh", name][:2], rh)
    assert ("rs", "raich2002 calibrated") not in found
    assert field_scatter.model_name("rh", name) == (
        "GSMSR (Yu et al. 2010), Rh by Bond-Lamberty et al. (2004) calibrated"
    )


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"model": "pei2009", "time_step": "annual"}, "pei2009 annual"),
        ({"model": "pei2009", "time_step": "monthly"}, "pei2009 monthly, months alike"),
        ({"model": "gsmsr", "rh_relation": "quadratic"}, "gsmsr_quadratic"),
        (
            {"model": "raich2002", "rh_relation": "quadratic", "constants": "plots"},
            "raich2002_quadratic calibrated",
        ),
    ],
)
def test_own_model_is_among_those_at_plots(tmp_path, settings, name):
    plots = field_data.read_plots(plot_file(tmp_path / "p.csv"), True, None, 4.0)
    arrays = {column: plots[column].to_numpy() for column in plots.columns}
    calibrated = {"raich2002": {"rate": 2.0, "per_k": 0.05}} if "constants" in settings else None
    relation = settings.get("rh_relation", "bond_lamberty2004")
    found = calibration.modelled(arrays, relation, {"gsmsr": GSMSR}, calibrated)
    assert calibration.own_model({"respiration": settings}) == name
    assert not name or ("rh", name) in found


def test_note_on_plots_by_hand():
    columns = ["variable", "model", "group", "quantity", "value", "unit"]
    unit = "g C m-2 yr-1"
    numbers = (
        ("values", 71, "count"),
        ("observed_mean", 427.6, unit),
        ("modelled_mean", 23.2, unit),
    )
    rows = [("rh", "pei2009 annual", "all plots", *number) for number in numbers]
    rows += [("rh", "pei2009 annual", "Forest", "observed_mean", 9.0, unit)]
    table = pd.DataFrame(rows, columns=columns)
    ((topic, text),) = notes.plot_warnings(table, "pei2009 annual")
    assert topic == "field plots"
    assert text == (
        "mean Rh of 71 plots is 428 g C m-2 yr-1 observed and 23 by the study's model "
        "(Pei et al. (2009), annual; plots_comparison.csv)"
    )
    assert not list(notes.plot_warnings(table, "gsmsr_quadratic"))
    assert not list(notes.plot_warnings(table, ""))
