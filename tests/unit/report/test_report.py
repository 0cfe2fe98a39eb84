"""The page: readable tables, headline numbers, and what a page must never contain."""

import base64
import re

import numpy as np
import pandas as pd
import pictures
import pytest
from nepflow.report import page as report_page
from nepflow.report import tables as report_tables
from pages import STUDY, TIDY, picture, tables


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


def test_headline_has_the_chosen_reading_and_the_others():
    mean, total, trend, rising, sink = report_page.cards(tables(), STUDY)
    assert (mean["value"], mean["unit"]) == ("100.3", "g C m⁻² yr⁻¹")
    assert mean["others"] == [("equation applied once to annual climate", "200.5")]
    assert (total["value"], total["unit"]) == ("250.0", "Tg C yr⁻¹")
    assert trend["value"] == "+2.00"
    assert trend["note"] == "Theil–Sen, 2001–2010; Mann–Kendall p < 0.001"
    assert rising["value"] == "90.0"  # 10 + 15 + 25 + 40
    assert "65.0" in rising["note"]  # 25 + 40
    assert rising["others"] == [("falling", "10.0\u202f%"), ("falling, significant", "3.0\u202f%")]
    assert sink["value"] == "87.50"
    assert "12.50" in sink["note"]


def test_short_studies_say_why_there_is_no_trend():
    given = {name: table for name, table in tables().items() if not name.startswith("trend")}
    cards = report_page.cards(given, STUDY | {"has_trend": False, "years": [2001, 2002]})
    assert cards[2]["note"] == "not estimated: 2 years, a trend needs 8"


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
