"""Plots and sites through their scripts, to the figure."""

import re

import climate_study
import numpy as np
import pages
import pandas as pd
import pytest
from compare_plots import compare_plots
from compare_sites import compare_sites
from draw_figure import draw_figure
from nepflow.evaluation.field_data import BadFieldTable, read_sites
from nepflow.io import raster, tables
from nepflow.report import notes
from nepflow.report import page as report_page
from nepflow.respiration import calibration

SETTINGS = {"untreated_only": True, "box_deg": None, "soil_carbon_kg_m2": None}
GSMSR = {
    "rate": 0.588,
    "rate_per_carbon": 0.118,
    "q10_at_zero": 1.83,
    "q10_per_k": -0.006,
    "precipitation_above_cm": 2.972,
    "precipitation_below_cm": 5.657,
}
SITES = {"unit": "kg C m-2 yr-1", "sign": "uptake_positive", "key": "sites"}


def test_plots_to_table_and_figure(tmp_path):
    plots = {
        "Record_number": range(4),
        "Longitude": 100.0,
        "Latitude": 25.0,
        "Ecosystem_type": ["Forest", "Forest", "Forest", "Grassland"],
        "Manipulation": "None",
        "MAT": [14, 16, 18, None],
        "MAP": 1000,
        "Rs_annual": [700, 800, 900, 500],
        "Rh_annual": [400, 430, 500, 300],
    }
    pd.DataFrame(plots).to_csv(tmp_path / "plots.csv", index=False)
    out = [tmp_path / name for name in ("table.csv", "pairs.csv", "a.png", "a.pdf")]
    compare_plots(
        tmp_path / "plots.csv", *out[:2], SETTINGS, "bond_lamberty2004", {"gsmsr": GSMSR}, False
    )
    table = pd.read_csv(out[0])
    assert not table["model"].isin(["gsmsr", "chen2010"]).any()  # no carbon is declared
    counts = table[table["quantity"] == "values"].set_index(["model", "group"])["value"]
    assert counts["raich2002", "all plots"] == 3
    assert counts["quadratic of observed Rs", "all plots"] == 4
    rows = table[(table["group"] == "all plots") & (table["model"] == "raich2002")]
    value = rows.set_index("quantity")["value"]
    assert value["bias"] == pytest.approx(value["modelled_mean"] - value["observed_mean"])
    entry = {"of": "plots", "title": "Plots"}
    draw_figure("field_scatter.draw", {"pairs": out[1]}, entry, {"simulated": False}, *out[2:])
    assert out[2].stat().st_size > 1000 and out[3].stat().st_size > 1000


def test_sites_take_the_mean_of_their_cell(tmp_path):
    paths = climate_study.make(tmp_path, simulated=True)
    values = np.stack([np.full((20, 30), 100.0), np.full((20, 30), 300.0)])
    values[0, :, :10] = np.nan
    tags = {"simulated": "simulated"}
    output = raster.Output(tmp_path / "nep.tif", "g C m-2 yr-1", "NEP", ("a", "b"), tags=tags)
    raster.write(values, output, raster.grid_of(paths["grid"]))
    stations = climate_study.places(12)
    sites = stations.rename(columns={"station": "site"})[["site", "lon", "lat"]]
    sites = sites.assign(nep=0.25, **{"class": "forest"})
    sites.loc[0, ["lon", "lat"]] = 0
    sites.to_csv(tmp_path / "sites.csv", index=False)
    entry = SITES | {"file": str(tmp_path / "sites.csv")}
    out = tmp_path / "table.csv", tmp_path / "pairs.csv"
    compare_sites(entry, tmp_path / "nep.tif", [2001, 2002], *out, simulated=True)
    pairs = pd.read_csv(out[1])
    assert set(pairs["modelled"]) == {200, 300} and (pairs["observed"] == 250).all()
    table = pd.read_csv(out[0]).set_index(["group", "quantity"])["value"]
    assert table["all sites", "sites_without_nep"] == 1 and table["forest", "values"] == 11
    assert set(pairs["source"]) == {"simulated"}
    sites.assign(lon=0).to_csv(tmp_path / "sites.csv", index=False)
    with pytest.raises(BadFieldTable, match="none of 12 sites"):
        compare_sites(entry, tmp_path / "nep.tif", [2001, 2002], *out, simulated=True)


def test_sites_are_compared_with_the_years_of_their_observation(tmp_path):
    """NEP of 100, 200 and 600 in three years; a site of other years does not count."""
    paths = climate_study.make(tmp_path)
    values = np.stack([np.full((20, 30), value) for value in (100.0, 200.0, 600.0)])
    output = raster.Output(tmp_path / "nep.tif", "g C m-2 yr-1", "NEP", ("a", "b", "c"))
    raster.write(values, output, raster.grid_of(paths["grid"]))
    sites = climate_study.places(4).rename(columns={"station": "site"})[["site", "lon", "lat"]]
    spans = {"began": [1999, 2002, 2004, None], "last_year": [2002, 2003, 2010, None]}
    sites = sites.assign(nep=150, **{"class": "forest"}, **spans)
    sites.to_csv(tmp_path / "sites.csv", index=False)
    entry = SITES | {"file": str(tmp_path / "sites.csv"), "columns": {"first_year": "began"}}
    entry["unit"] = "g C m-2 yr-1"
    out = tmp_path / "table.csv", tmp_path / "pairs.csv"
    compare_sites(entry, tmp_path / "nep.tif", [2001, 2002, 2003], *out, simulated=True)
    pairs = pd.read_csv(out[1])
    assert pairs["modelled"].tolist() == [150, 400, 300] and pairs["years"].tolist() == [2, 2, 3]
    assert set(pairs["model"]) == {"mean of the site's years"}
    table = pd.read_csv(out[0]).set_index(["group", "quantity"])["value"]
    assert table["all sites", "sites_of_other_years"] == 1
    assert table["all sites", "sites_without_nep"] == 0
    with pytest.raises(BadFieldTable, match=r"none of 4 sites.*of its years.*period"):
        sites.assign(began=1990, last_year=1991).to_csv(tmp_path / "sites.csv", index=False)
        compare_sites(entry, tmp_path / "nep.tif", [2001, 2002, 2003], *out, simulated=True)


@pytest.mark.parametrize(
    ("years", "said"),
    [
        ({"first_year": 2001}, r"has no column last_year\. Give both"),
        ({"first_year": 2005, "last_year": 2001}, "site a was observed from 2005 to 2001"),
        ({"first_year": None, "last_year": 2001}, "leave both empty"),
        ({"first_year": "then", "last_year": 2001}, "line 2: column first_year holds 'then'"),
    ],
)
def test_years_that_are_none_are_refused(tmp_path, years, said):
    path = tmp_path / "sites.csv"
    site = {"site": "a", "lon": 100.0, "lat": 25.0, "nep": 1.0, "class": "x"}
    pd.DataFrame([site | years, site | dict.fromkeys(years)]).to_csv(path, index=False)
    with pytest.raises(BadFieldTable, match=f"sites.csv.*{said}"):
        read_sites(SITES | {"file": str(path)})


def test_report_says_what_plots_of_the_northwest_show(root, tmp_path, reference_data):
    """SRDB, 73-111 E, 31-49.5 N: mean Rh 428, Pei et al. once on annual climate 23."""
    srdb = next((reference_data / "carbon").glob("srdb-data_*.csv.gz"))
    settings = SETTINGS | {"box_deg": [73, 31, 111, 49.5]}
    path = tmp_path / "plots_comparison.csv"
    compare_plots(
        srdb, path, tmp_path / "pairs.csv", settings, "bond_lamberty2004", {"gsmsr": GSMSR}, False
    )
    reading = {"model": "pei2009", "time_step": "annual", "reason": "a test"}
    study = pages.STUDY | {"respiration": reading}
    said = notes.plot_warnings(tables.read(path, []), calibration.own_model(study))
    shown = pages.tables() | {
        "plots_comparison": tables.read(path, []),
        "warnings": pd.DataFrame(said, columns=["topic", "warning"]),
    }
    figures = {entry["name"]: pages.picture() for entry in study["figures"]}
    page = report_page.render(
        root / "workflow/report/report.html.j2", report_page.context(study, figures, shown)
    )
    note = "mean Rh of 71 plots is 428 g C m-2 yr-1 observed and 23 by the study"
    assert note in page
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    row = re.search(r"rh pei2009 annual all plots (\S+) (\S+) (\S+)", text)
    assert [round(float(number)) for number in row.groups()] == [71, 428, 23]
