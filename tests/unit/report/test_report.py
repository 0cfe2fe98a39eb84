"""The page: readable tables, headline numbers, and what a page must never contain."""

import base64
import re

import numpy as np
import pandas as pd
import pictures
import pytest
from nepflow.report import headline
from nepflow.report import page as report_page
from nepflow.report import tables as report_tables
from nepflow.study import landcover
from pages import FLUX, RESTS_ON, STUDY, TIDY, picture, tables

NAN = np.nan


def page(root, study=STUDY, given=None):
    pngs = {figure["name"]: picture() for figure in study["figures"]}
    values = report_page.context(study, pngs, given or tables())
    return report_page.render(root / "workflow/report/report.html.j2", values), values


def test_years_and_zones_become_rows_and_columns():
    series, _ = pictures.series()
    (block,) = report_tables.blocks(series)
    assert block["title"] == "NEP, mean (g C m⁻² yr⁻¹)"
    assert [column["text"] for column in block["columns"]] == ["Year", "whole area", "West", "East"]
    assert block["rows"][0] == ["2001", "100", "100", "100"]
    assert len(block["rows"]) == 10


def test_statistics_become_columns_with_units_and_digits():
    _, trends = pictures.series()
    (block,) = report_tables.blocks(trends)
    heads = [(column["text"], column["unit"]) for column in block["columns"]]
    assert heads[0] == ("Zone", "")
    assert heads[2] == ("NEP, Theil–Sen slope", "g C m⁻² yr⁻²")
    assert heads[-1] == ("NEP, Mann–Kendall p", "")
    assert block["rows"][0] == ["whole area", "109", "2", "100", "3.500", "< 0.001"]
    assert block["note"] == "Year 2001–2010"


def test_shares_by_year_carry_their_sum():
    rows = [
        ("region", "all", year, name, value, "%")
        for year in ("2001", "2002")
        for name, value in (
            ("valid_share", 60.004),
            ("barren_share", 30.003),
            ("fill_share", 9.993),
        )
    ]
    (block,) = report_tables.blocks(pd.DataFrame(rows, columns=TIDY))
    assert [column["text"] for column in block["columns"]] == [
        "Year",
        "Valid",
        "Barren",
        "Fill",
        "Sum",
    ]
    assert block["rows"][0] == ["2001", "60.00", "30.00", "9.99", "100"]


def test_sum_that_does_not_close_is_shown():
    rows = [("region", "all", str(year), "valid_share", 99.5, "%") for year in (2001, 2002)]
    (block,) = report_tables.blocks(pd.DataFrame(rows, columns=TIDY))
    assert block["rows"][0][-1] == "99.50"


def test_other_tables_are_shown_as_they_are_and_cut():
    table = pd.DataFrame({"station": [f"S{n}" for n in range(300)], "records": range(300)})
    (block,) = report_tables.blocks(table)
    assert block["rows"][7] == ["S7", "7"]
    assert [column["numeric"] for column in block["columns"]] == [False, True]
    assert len(block["rows"]) + block["left_out"] == 300


def test_small_numbers_are_not_shown_as_nothing():
    rows = [("gap", 6.1e-5, 0.001, "g C m-2 yr-1", True), ("lowest", -14.59, -2000.0, "%", False)]
    table = pd.DataFrame(rows, columns=["check", "value", "limit", "unit", "passed"])
    (block,) = report_tables.blocks(table)
    assert block["rows"] == [
        ["gap", "6.1 × 10⁻⁵", "0.0010", "g C m⁻² yr⁻¹", "yes"],
        ["lowest", "−14.59", "−2000", "%", "no"],
    ]


@pytest.mark.parametrize(
    ("name", "section", "title"),
    [
        ("trends_landcover", "results", "Trends by land cover"),
        ("shares_trend_class_nep", "results", "Area by class of the trend of NEP"),
        ("shares_stable_landcover", "results", "Area of the zones stable land cover"),
        ("shares_cv_class_nep", "results", "Area by class of variation of NEP"),
        (
            "shares_trend_persistence_class_nep",
            "results",
            "Area by class of trend and persistence of NEP",
        ),
        (
            "field_significance_partial_precipitation_nep",
            "results",
            "Field significance of partial correlation with precipitation of NEP",
        ),
        (
            "recovery_factors_mean_nep",
            "quality",
            "What factors explain beside the simulated truth: mean nep",
        ),
        ("temperature_fit", "quality", "Fit of the monthly surfaces of temperature"),
        (
            "missing_reasons_native",
            "quality",
            "Cells of the tiles by reason for missing NPP",
        ),
        ("inputs", "provenance", "Input files"),
        ("something_new", "quality", "Something new"),
    ],
)
def test_tables_find_their_place(name, section, title):
    shown = report_page._tables({name: pd.DataFrame({"a": [1]})})
    assert [(table["section"], table["title"]) for table in shown] == [(section, title)]


def test_statistics_of_several_units_keep_their_row_and_digits():
    rows = [
        ("temperature", "true mean", 4.31009, "degC"),
        ("temperature", "correlation", 0.96586, "1"),
        ("radiation", "true mean", 5906.56, "MJ m-2 yr-1"),
        ("radiation", "cells", 2887704, "cells"),
    ]
    table = pd.DataFrame(rows, columns=["quantity", "statistic", "value", "unit"])
    (block,) = report_tables.blocks(table)
    assert block["rows"] == [
        ["Temperature", "°C", "4.310", "0.9659", "–"],
        ["Solar radiation", "MJ m⁻² yr⁻¹", "5907", "–", "2\u202f887\u202f704"],
    ]


def test_headline_shows_both_readings_alike_with_interval_years_and_cells():
    mean, total, trend, rising, sink = headline.cards(tables(), STUDY)
    chosen, other = mean["values"]
    assert (chosen["value"], chosen["unit"]) == ("100.3", "g C m⁻² yr⁻¹")
    assert chosen["name"] == "Equation summed over months (chosen)"
    assert (other["name"], other["value"]) == ("Equation applied once to annual climate", "200.5")
    assert chosen["lines"] == [
        "90.0 to 110.5",
        "cells valid in all years: 120.5; 115.0 to 126.0",
    ]
    said = "10 years; cells valid in each year, 49.2\u202f% of the area on average; "
    assert mean["note"] == f"{said}cells valid in all years, 36.1\u202f%"
    assert (total["values"][0]["value"], total["values"][0]["unit"]) == ("250.0", "Tg C yr⁻¹")
    assert total["values"][0]["lines"] == ["cells valid in all years: 200.0"]  # no interval
    assert [value["value"] for value in trend["values"]] == ["+2.00", "+4.00"]
    assert trend["values"][0]["lines"] == [
        "0.50 to 3.50",
        "p < 0.001",
        "cells valid in all years: +1.50; 0.25 to 2.75; p = 0.012",
    ]
    assert "Theil–Sen, 2001–2010" in trend["note"] and "chance alone" in trend["note"]
    assert [value["value"] for value in sink["values"]] == ["87.50", "93.75"]
    assert sink["values"][0]["lines"][0] == "source: 12.50\u202f%"
    assert sink["values"][0]["lines"][1].startswith("surely sink: 70.0\u202f%, surely source: 10.0")
    (value,) = rising["values"]
    assert value["value"] == "90.0"  # 10 + 15 + 25 + 40
    assert value["name"] == "Rising (by chance 50\u202f%)"
    assert value["lines"] == [
        "significant: 65.0\u202f% (by chance 2.5\u202f%)",  # 25 + 40
        "falling: 10.0\u202f% (by chance 50\u202f%)",
        "falling, significant: 3.0\u202f% (by chance 2.5\u202f%)",
    ]


def test_truth_stands_beside_the_readings_with_its_own_cells():
    given = tables()
    table = given["respiration_variants"]
    truth = table[table["variant"] == "monthly"].assign(variant="truth", chosen=False)
    truth["valid_share_percent"] = 44.2
    given["respiration_variants"] = pd.concat([truth, table])
    values = headline.cards(given, STUDY)[0]["values"]
    assert [value["name"] for value in values][-1] == "Simulated truth"
    assert "over 44.2\u202f% of the area" in values[-1]["lines"]


def test_short_studies_say_why_there_is_no_trend():
    given = {name: table for name, table in tables().items() if not name.startswith("trend")}
    cards = headline.cards(given, STUDY | {"has_trend": False, "years": [2001, 2002]})
    assert cards[2]["note"] == "not estimated: 2 years, a trend needs 8"


def test_the_scorecard_counts_results_apart_from_echoes_and_repeats_once():
    columns = ["quantity", "region_or_class", "period", "theirs", "kind", "verdict"]
    rows = [
        ("first_year", "all", "p", 2000, "setting", "agrees"),
        ("nep_mean", "all", "p", 66.5, "result", "differs"),
        ("nep_mean", "all", "p", 66.5, "result", "differs"),  # printed again
        ("nep_slope", "all", "p", 1.2, "result", "agrees"),
    ]
    said = headline.scorecard(pd.DataFrame(rows, columns=columns))
    assert said == (
        "Results: 1 differs, 1 agrees. Settings of the study, which only echo the paper: 1 agrees. "
        "1 numbers that the paper prints again are not counted."
    )


def test_what_changes_of_land_cover_are_worth_stands_with_their_numbers():
    given = tables()
    patterns = [("changed, 2000-2022", "true share", 0.93), ("forest, 2000", "true share", 3.0)]
    patterns.append(("changed, 2000-2022", "recovered share", 6.42))
    columns = ["of", "statistic", "value"]
    given["recovery_patterns"] = pd.DataFrame(patterns, columns=columns)
    kept = {"2000-2011": 94, "2011-2022": 94, "2000-2022": 93.5, "2000-2011-2022": 91}
    rows = [("landcover", "all", "", year, "unchanged_share", v, "%") for year, v in kept.items()]
    columns = ["zones", "zone", "to", "year", "quantity", "value", "unit"]
    given["transitions"] = pd.DataFrame(rows, columns=columns)
    found = report_page.changes_found(given)
    assert "6.42 % of the cells change on the maps, 0.93 % in the simulated truth" in found
    assert "2.50 % of the area changes and is back by 2022" in found
    said = report_page._said(given, STUDY)["transitions"]
    assert said.startswith(landcover.CHANGES) and said.endswith(found)
    assert report_page.changes_found(tables()) == ""


def test_tables_of_means_show_interval_years_and_cells():
    west, east = (("province", zone, "2001-2010") for zone in ("West", "East"))
    rows = [
        (*west, "nep_mean", 161.02, FLUX, 158.2, 163.9, 10, 49.2),
        (*west, "nep_p", 0.0001, "1", NAN, NAN, 10, 49.2),
        (*west, "nep_fixed_area_mean", 184.9, FLUX, 181.5, 188.2, 10, 36.1),
        (*east, "nep_mean", NAN, FLUX, NAN, NAN, 2, 0.5),
    ]
    (block,) = report_tables.blocks(pd.DataFrame(rows, columns=[*TIDY, *RESTS_ON]))
    assert block["title"] == "NEP"
    assert block["rows"] == [
        ["West", "each\u00a0year", "10", "49.2", "161.0 (158.2 to 163.9)", "< 0.001"],
        ["West", "all\u00a0years", "10", "36.1", "184.9 (181.5 to 188.2)", "–"],
        ["East", "each\u00a0year", "2", "0.5", "–", "–"],
    ]
    texts = [column["text"] for column in block["columns"]]
    assert texts[:4] == ["Zone", "Cells valid in", "Years", "Cells with data"]
    assert texts[4:] == ["Mean", "Mann–Kendall p"]


@pytest.mark.parametrize("name", ["respiration_variants", "shares_trend_class_nep", "warnings"])
def test_missing_tables_are_named(root, name):
    given = tables()
    del given[name]
    with pytest.raises(report_page.BadReport, match=f"tables/{name}.csv"):
        page(root, given=given)


def test_missing_figures_are_named():
    with pytest.raises(report_page.BadReport, match=r"figures/nep_series\.png"):
        report_page.context(STUDY, {"nep_mean": picture()}, tables())


def test_page_holds_everything_and_asks_for_nothing(root):
    text, _ = page(root)
    addresses = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert addresses
    outside = ("http:", "https:", "//", "/", "file:")
    assert not [address for address in addresses if address.startswith(outside)]
    assert "<script" not in text
    assert "@import" not in text
    assert "url(" not in text
    assert text.count(base64.b64encode(picture()).decode()) == 2


def test_page_can_be_read_by_everybody(root):
    text, values = page(root)
    assert '<html lang="en">' in text
    pictures_of_page = re.findall(r"<img [^>]+>", text)
    assert len(pictures_of_page) == len(values["figures"])
    assert all(re.search(r'alt="[^"]{5,}"', image) for image in pictures_of_page)
    assert "<th>" not in text  # every header says what it is the header of
    targets = set(re.findall(r'id="([^"]+)"', text))
    assert {link[1:] for link in re.findall(r'href="(#[^"]+)"', text)} <= targets
    assert "A study &lt;of&gt; two zones" in text


def test_page_offers_every_figure_and_table(root):
    text, values = page(root)
    for figure in values["figures"]:
        assert f'href="figures/{figure["name"]}.pdf"' in text
    for table in values["results"]:
        assert f'href="tables/{table["name"]}.csv"' in text
    assert text.index("Figure 1.") < text.index("Figure 2.") < text.index("Table 1.")


def test_only_simulated_studies_bear_the_banner(root):
    plain, _ = page(root)
    assert "simulated" not in plain
    marked, _ = page(root, STUDY | {"simulated": True})
    assert marked.index('class="banner"') < marked.index('id="headline"')
    assert "simulated" in re.search(r"<title>(.*?)</title>", marked).group(1)
    assert all("simulated" in image for image in re.findall(r"<img [^>]+>", marked))


def test_page_is_the_same_every_time(root):
    assert page(root)[0] == page(root)[0]


def test_rows_of_one_quantity_keep_what_they_are_of():
    rows = [
        ("land cover", of, statistic, value, "%", how)
        for of, value, how in (("forest, 2001", 10.0, np.nan), ("barren, 2001", 60.0, "own source"))
        for statistic in ("true share", "recovered share")
    ]
    columns = ["quantity", "of", "statistic", "value", "unit", "shared_inputs"]
    (block,) = report_tables.blocks(pd.DataFrame(rows, columns=columns))
    assert [column["text"] for column in block["columns"][:4]] == [
        "Quantity",
        "Unit",
        "Of",
        "Shared inputs",
    ]
    assert [row[2:5] for row in block["rows"]] == [
        ["forest, 2001", "–", "10"],
        ["barren, 2001", "own source", "60"],
    ]


def test_masked_area_stands_in_the_csv_and_is_named():
    rows = [
        ("temperature", "positive_share", 70.0, "%"),
        ("temperature", "area", 10.0, "km2"),
        ("temperature", "masked_barren_area", 4.0, "km2"),
    ]
    columns = ["driver", "quantity", "value", "unit"]
    (block,) = report_tables.blocks(pd.DataFrame(rows, columns=columns))
    texts = [column["text"] for column in block["columns"]]
    assert "Area" in texts and not [text for text in texts if "asked" in text]
    assert "area without a value by reason" in block["note"]
