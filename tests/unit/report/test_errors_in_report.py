"""Errors of NEP in the headline, in tables and in the methods."""

import numpy as np
import pandas as pd
from nepflow.report import headline, notes, tables
from nepflow.report.methods import text
from nepflow.uncertainty import budget


def table():
    """Errors of the whole area and of one zone."""
    effects = [("npp", "random", 3.0), ("npp", "common", 4.0), ("respiration", "common", -12.0)]
    models = {"monthly": 26.0, "annual": 160.0}
    values = {"nep_mean": 26.0, "nep_total": 2.6, "nep_slope": 1.0}
    series = 20 + np.arange(10.0) + 3 * (-1.0) ** np.arange(10)
    fluxes = {"npp_mean": 200, "npp_slope": 4.0, "rh_mean": 170, "rh_slope": 2.0}
    shares = (0.8, 0.6, 0.9, 0.7)
    zone = budget.Zone(values | fluxes, effects, models, series, list(range(2001, 2011)), shares)
    rows = [
        row
        for where in (("region", "all"), ("county", "west"))
        for row in budget.rows(where, zone, 95)
    ]
    return pd.DataFrame(rows, columns=budget.COLUMNS)


def test_headline_says_parameters_and_models_apart():
    errors = headline.errors_of({"uncertainty_county": table()})
    card = {"values": [{"lines": ["old"]}, {"lines": ["other"]}]}
    mean = headline._with_errors(card, errors, "nep_mean", 1)["values"]
    assert mean[0]["lines"] == ["± 25.5 (parameters), 26.0 to 160.0 (models)", "old"]
    assert mean[1] == {"lines": ["other"]}
    total = headline._with_errors(card, errors, "nep_total", 2)["values"][0]["lines"][0]
    assert total == "± 2.55 (parameters), 2.60 to 16.00 (models)"
    slope = headline._with_errors(card, errors, "nep_slope", 3)["values"][0]["lines"][0]
    assert slope.endswith("(parameters)") and "models" not in slope
    share = headline._with_errors(card, errors, "nep_sink_share", 1)["values"][0]["lines"][0]
    assert share == "60.0 to 90.0 (parameters)"
    assert headline._with_errors(card, {}, "nep_mean", 1) is card
    assert headline.errors_of({}) == {}


def test_tables_for_readers():
    numbers, sources = tables.blocks(table())
    heads = [column["text"] for column in numbers["columns"]]
    assert heads[:2] == ["Zone", "Mean NEP"] and heads[-1] == "Mean NEP by other models"
    area, west = numbers["rows"]
    assert area[0] == "whole area" and west[0] == "west"
    assert area[1].startswith("26") and "(" in area[1]
    assert area[-1].startswith("26") and " to 160" in area[-1]
    assert [column["text"] for column in sources["columns"]] == [
        "Zone",
        "NPP, random",
        "NPP, common",
        "respiration model, common",
    ]
    assert sources["rows"][1] == ["west", "3.0 (5 %)", "4.0 (9 %)", "12.0 (85 %)"]


def test_sources_of_errors_stand_a_number_a_row():
    rows = [
        ("npp", "sd_percent", "forest", 26.0, "%", "Neumann et al. (2016)"),
        ("respiration", "place_sd", "", 0.51, "1", "refit"),
    ]
    columns = ["error_source", "quantity", "of", "value", "unit", "origin"]
    (block,) = tables.blocks(pd.DataFrame(rows, columns=columns))
    assert len(block["columns"]) == len(columns) and len(block["rows"]) == 2
    assert "Neumann et al. (2016)" in block["rows"][0]


def test_methods_name_the_sources_of_the_study(monkeypatch):
    study = {
        "uncertainty": {"estimate": True},
        "respiration": {"model": "pei2009", "time_step": "monthly"},
    }
    title, blocks = text._errors(study)
    said = " ".join(html for _, html in blocks)
    assert title == "Errors of NEP" and "NPP has a relative error" in said
    assert "soil carbon" not in said and "lateral carbon" in said


def test_the_study_says_which_errors_are_its_own():
    settings = {"estimate": True, "npp": {"sd_percent": {}, "range_km": None}}
    assert notes.errors_choice(settings).startswith("defaults alone")
    settings["npp"] = {"sd_percent": {"forest": 12}, "range_km": None}
    assert notes.errors_choice(settings) == "defaults, but the study's own npp sd percent"
