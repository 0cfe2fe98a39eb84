"""A small study of two zones as settings, picture and tables, for the tests of pages."""

import io
from pathlib import Path

import matplotlib.figure
import pandas as pd
import pictures
import yaml

RESTS_ON = ["low", "high", "valid_years", "valid_share_percent"]
FLUX, VALID = "g C m-2 yr-1", "% of valid area"
TIDY = ["zones", "zone", "year", "quantity", "value", "unit"]
CLASSES = [
    "class",
    "masked",
    "area_km2",
    "share_of_classified_percent",
    "share_of_area_percent",
]
DEFAULTS = yaml.safe_load(
    (Path(__file__).parents[2] / "config/defaults.yaml").read_text(encoding="utf-8")
)
STUDY = {
    "slug": "small",
    "title": "A study <of> two zones",
    "citation": "Somebody (2020)",
    "simulated": False,
    "has_trend": True,
    "years": list(range(2001, 2011)),
    "min_years": 8,
    "figures": [
        {"name": "nep_mean", "kind": "map", "title": "Mean NEP", "caption": "All years."},
        {"name": "nep_series", "kind": "series", "title": "NEP", "caption": "Zones."},
    ],
    "period": [2001, 2010],
    "grid": {"crs": "EPSG:6933", "resolution_m": 500},
    "npp": {
        "source": "mod17",
        "resampling": "nearest",
        "year_2000": "drop",
        "overlap": [2001, 2019],
    },
    "uses_landcover": True,
    "landcover": {"resampling": "mode", "substitute": [{"year": 2000, "by": 2001}]},
    "landcover_classes": [
        {"name": "forest <all>", "codes": [1, 2], "colour": "#1b7837"},
        {"name": "water", "codes": [17], "colour": "#4575b4"},
    ],
    "landcover_dates": {2001: 2001, 2010: 2010},
    "climate": DEFAULTS["climate"]
    | {"variables": ["temperature", "precipitation"], "method": "anomaly"},
    "zones": [{"name": "province", "kind": "area"}],
    "respiration": {"model": "pei2009", "time_step": "monthly", "reason": "it is monthly"},
    "trend": {
        "slightly_significant_z": 1.64,
        "significant_z": 1.96,
        "extremely_significant_z": 2.58,
        "confidence_percent": 95,
    },
}


def picture():
    stored = io.BytesIO()
    matplotlib.figure.Figure(figsize=(2, 1)).savefig(stored, dpi=50, metadata={"Software": None})
    return stored.getvalue()


def tables():
    series, trends = pictures.series()
    none = float("nan")
    readings = [
        (name, name == "monthly", quantity, value, unit, *ends, years, share)
        for name, factor in (("annual", 2), ("monthly", 1))
        for quantity, value, unit, ends, (years, share) in (
            ("nep_mean", 100.26 * factor, FLUX, (90.0, 110.5), (10, 49.18)),
            ("nep_slope", 2.0 * factor, "g C m-2 yr-2", (0.5, 3.5), (10, 49.18)),
            ("nep_p", 0.0004, "1", (none, none), (10, 49.18)),
            ("nep_total", 250.0 * factor, "Tg C yr-1", (none, none), (10, 49.18)),
            ("nep_fixed_area_mean", 120.5 * factor, FLUX, (115.0, 126.0), (10, 36.09)),
            ("nep_fixed_area_slope", 1.5 * factor, "g C m-2 yr-2", (0.25, 2.75), (10, 36.09)),
            ("nep_fixed_area_p", 0.012, "1", (none, none), (10, 36.09)),
            ("nep_fixed_area_total", 200.0 * factor, "Tg C yr-1", (none, none), (10, 36.09)),
            ("source_share", 12.5 / factor, VALID, (10.0, 30.0), (9.5, 47.0)),
            ("sink_share", 100 - 12.5 / factor, VALID, (70.0, 90.0), (9.5, 47.0)),
        )
    ]
    classes = [
        (name, False, 10 * share, share, share)
        for name, share in (
            ("extremely significant decrease", 1.0),
            ("significant decrease", 2.0),
            ("slightly significant decrease", 3.0),
            ("non-significant decrease", 4.0),
            ("no change", 0.0),
            ("non-significant increase", 10.0),
            ("slightly significant increase", 15.0),
            ("significant increase", 25.0),
            ("extremely significant increase", 40.0),
        )
    ]
    return {
        "respiration_variants": pd.DataFrame(
            readings, columns=["variant", "chosen", "quantity", "value", "unit", *RESTS_ON]
        ),
        "trends_province": trends,
        "series_province": series,
        "shares_trend_class_nep": pd.DataFrame(classes, columns=CLASSES),
        "choices": pd.DataFrame([("NPP of 2000", "left out")], columns=["topic", "choice"]),
        "warnings": pd.DataFrame([("climate", "be careful")], columns=["topic", "warning"]),
    }
