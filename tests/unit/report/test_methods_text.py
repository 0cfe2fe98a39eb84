"""The methods text says what the settings say, and cites what it uses."""

import html.parser
import re

import pages
import pytest
import yaml
from nepflow.report.methods import equations, references
from nepflow.report.methods import text as methods_text

LATER = {
    "variability": {"ddof": 0, "min_mean_g_c": 10, "breaks": "natural", "sample": 10000},
    "persistence": {"method": "prefix", "tolerance": 0, "autoregression": 0.3, "draws": 10000},
    "correlation": {"significance_p": 0.05, "false_discovery_percent": 5, "detrend": False}
    | {"null_draws": 10, "null_pixels": 5000},
}


RASTERS = {"file": "npp_{year}.tif", "unit": "kg C m-2 yr-1"}
ZONES = [
    {"name": "landcover", "kind": "landcover"},
    {"name": "stable_landcover", "kind": "stable_landcover", "min_percent": 80},
    {"name": "sink", "kind": "sink", "cuts": [0, 200, 400]},
    {"name": "dry_wet", "kind": "aridity"},
    {"name": "elevation", "kind": "elevation", "cuts": [1000, 2000]},
    {"name": "karst", "kind": "file", "file": "karst.gpkg", "name_field": "name"},
    {"name": "karst_sink", "kind": "crossing", "of": ["karst", "sink"]},
]
DRIVERS = {
    "correlation": LATER["correlation"] | {"multiple": True},
    "land_use_effect": {
        "quantities": ["nep"],
        "absent_density": "separate",
        "min_data_percent": 10,
        "min_stable_cells": 20,
        "neighbourhood_km": 50,
    },
    "land_use_periods": [[2001, 2002, 2003], [2008, 2009, 2010]],
    "detector": {
        "methods": ["equal", "quantile"],
        "classes": [3, 4, 8],
        "sample": 1000,
        "surrogates": "shift",
        "draws": 199,
        "block_cells": 30,
    },
    "detectors": [
        {
            "name": "mean",
            "of": "pixel/nep_mean",
            "factors": [
                {"name": "rain", "layer": "pixel/precipitation_mean"},
                {"name": "height", "layer": "dem"},
            ],
        }
    ],
}


def text_of(study):
    made = methods_text.sections(study)
    return made, " ".join(html for _, blocks in made for _, html in blocks)


def changed(key, **values):
    study = pages.STUDY | LATER
    return study | {key: study[key] | values}


def test_the_fallback_of_the_smoothing_is_told_where_there_is_one():
    said = "Where that minimum interpolates"
    assert said in text_of(changed("climate"))[1]
    for values in (
        {"smoothing_fallback": "none"},
        {"smoothing": "gml"},
        {"common_smoothing": True},
    ):
        assert said not in text_of(changed("climate", **values))[1]


def test_sections_follow_the_settings():
    titles = [title for title, _ in methods_text.sections(pages.STUDY | LATER)]
    assert titles == [
        "Study area and data",
        "Climate",
        "Net ecosystem productivity",
        "Trend",
        "Interannual variability",
        "Persistence",
        "Relation with climate",
        "Change of land cover",
        "Totals and shares",
    ]
    short = [t for t, _ in methods_text.sections(pages.STUDY | LATER | {"has_trend": False})]
    assert "Trend" not in short and "Persistence" not in short


@pytest.mark.parametrize(
    ("key", "values", "said"),
    [
        ("respiration", {"time_step": "annual"}, "applied once"),
        ("npp", {"resampling": "average"}, "the mean of valid cells"),
        ("climate", {"smoothing": "gml"}, "minimises generalised maximum likelihood (Wahba, 1985)"),
        ("climate", {"complete_month_percent": 65}, "at least 65 %"),
        ("climate", {"time_step": "monthly"}, "temperature and precipitation: monthly records."),
        ("climate", {"time_step": "normals"}, "climate does not vary in time"),
        ("climate", {"time_step": "monthly"}, "that the neighbours do not confirm"),
        ("climate", {"station_format": "ghcn_daily"}, "one definition a station"),
        ("climate", {"station_format": "tidy", "archive": "gsod"}, "fewer than 50 % of the days"),
        ("climate", {"exclude": ["7", {"station": "8", "variable": "precipitation"}]}, "8 (precip"),
        ("climate", {"gap_filling": "none"}, "Missing and rejected days were not filled"),
        ("climate", {"model": "trivariate"}, "1 km of height counts as 100 km"),
        ("climate", {"common_smoothing": True}, "one for all surfaces of a variable, minimises"),
        ("climate", {"common_smoothing": "calendar_month"}, "a calendar month over the years, min"),
        ("climate", {"smoothing_fallback": "calendar_month"}, "common to the years of the calend"),
        ("climate", {"max_knots": 80}, "The spline has 80 knots"),
        ("climate", {"standard_error_years": [2005]}, "whichever is larger"),
        (
            "climate",
            {"standard_error_years": [2005], "standard_error": "fitted"},
            "as ANUSPLIN prints them.",
        ),
        ("climate", {"weights_column": "w"}, "relative weights of the column w"),
        ("climate", {"bias_correction": "surface"}, "corrected by the variance of the surface"),
        (
            "climate",
            {"smoothing": "known_variance", "smoothing_value": {"temperature": 0.5}},
            "for a known error variance (Craven and Wahba, 1978): temperature 0.5.",
        ),
        (
            "climate",
            {"smoothing": "fixed_rho", "smoothing_value": {"temperature": 0.02}},
            "fixed, not estimated: <var>λ</var> = temperature 0.02.",
        ),
        (
            "climate",
            {"smoothing": "fixed_signal", "smoothing_value": {"precipitation": 40}},
            "effective degrees of freedom: precipitation 40.",
        ),
        (
            "climate",
            {"transformation": {"temperature": "none", "precipitation": "log"}},
            "Precipitation was fitted as logarithm.",
        ),
        (
            "climate",
            {"variables": ["temperature", "precipitation", "radiation"]},
            "the mean (temperature) or the sum (precipitation and solar radiation)",
        ),
        ("npp", {"source": "rasters", "rasters": RASTERS}, "<code>npp_{year}.tif</code>, kg C m⁻²"),
        (
            "npp",
            {"source": "rasters", "rasters": RASTERS | {"drivers": ["precipitation"]}},
            "Precipitation entered it, as its source declares.",
        ),
        ("trend", {"significant_z": 2.1}, "above 1.64, 2.1 and 2.58"),
        ("trend", {"autocorrelation": "hamed_rao"}, "(Hamed and Rao, 1998)"),
        ("variability", {"breaks": "fixed", "fixed_breaks": [0.05, 0.1]}, "fixed breaks 0.05, 0.1"),
        ("variability", {"ddof": 1}, "divisor <var>n</var> − 1"),
        ("persistence", {"method": "anis_lloyd"}, "(Anis and Lloyd, 1976)"),
        ("persistence", {"tolerance": 0.02}, "within 0.02 of 0.5 neither"),
        ("correlation", {"detrend": True}, "<var>k</var> = 2 variables"),
        ("correlation", {"significance_p": 0.01}, "<var>p</var> &lt; 0.01"),
    ],
)
def test_a_setting_changes_its_sentence(key, values, said):
    _, text = text_of(changed(key, **values))
    assert said in text
    assert said not in text_of(pages.STUDY | LATER)[1]


def test_daily_records_are_checked_and_kriged_by_default():
    _, text = text_of(pages.STUDY | LATER)
    for said in (
        "(Durre et al., 2010): the range of possible values; jumps away from both neighbouring "
        "days (temperature); identical values in a row (temperature and precipitation)",
        "in interruptions of up to 31 days were reconstructed by ordinary kriging",
        "one exponential variogram",
        "are known, observed or reconstructed",
        "of each surface, minimises generalised cross-validation",
    ):
        assert said in text, said
    for step in ("monthly", "normals"):
        other = text_of(changed("climate", time_step=step))[1]
        assert "kriging" not in other and "Durre" not in other and "of its days" not in other
    unfilled = text_of(changed("climate", gap_filling="none"))[1]
    assert "kriging" not in unfilled and "reconstructed" not in unfilled
    assert "Durre" in unfilled and "% of its days are observed" in unfilled


def test_climate_of_grids_has_no_station_and_no_spline():
    files = [
        {"variable": name, "file": f"{name}_<b>.nc", "unit": "K", "first_month": "2001-01"}
        for name in ("temperature", "precipitation")
    ]
    study = changed("climate", source="grids", grids=files)
    _, text = text_of(study)
    assert "gridded climate (precipitation_&lt;b&gt;.nc and temperature_&lt;b&gt;.nc)" in text
    assert "elevation of the source" not in text
    climate = dict(methods_text.sections(study))["Climate"]
    assert [kind for kind, _ in climate] == ["p"]
    for word in ("tation record", "spline", "Durre", "kriging"):
        assert word not in climate[0][1]
    downscaled = {"lapse_rate_k_per_km": -6.5, "elevation": "z.tif"}
    _, text = text_of(changed("climate", source="grids", grids=files, downscaling=downscaled))
    assert "by -6.5 K km⁻¹" in text


def test_npp_of_rasters_is_not_that_of_the_satellite():
    _, text = text_of(changed("npp", source="rasters", rasters=RASTERS))
    assert "MOD17A3HGF" not in text and "Which climate entered it is not declared" in text


def test_zones_are_described_as_they_are_made():
    assert "Zones" not in dict(methods_text.sections(pages.STUDY | LATER))
    made, text = text_of(pages.STUDY | LATER | {"zones": ZONES})
    assert "Zones" in dict(made)
    for said in (
        "the class that a cell has in at least 80 % of the years",
        "by mean NEP at 0, 200 and 400 g C m⁻² yr⁻¹: source, low sink, medium sink, high sink.",
        "limits at 0.05, 0.2, 0.5 and 0.65 (UNEP, 1992): hyper-arid, arid, semi-arid",
        "humid, cold, which is land with a <var>PET</var> below 400 mm.",
        "the length of days (Thornthwaite, 1948), above 26.5 °C (Willmott et al., 1985)",
        "limits at 1000 and 2000 m",
        "polygons of karst.gpkg",
        "those of karst and sink crossed",
        "each year’s own map",
    ):
        assert said in text, said
    listed = " ".join(references.listed(text))
    assert all(work in listed for work in ("World Atlas", "Geogr. Rev.", "J. Climatol."))
    alone = [{"name": "stable", "kind": "stable_landcover"}, {**ZONES[2], "cuts": [10, 20]}]
    _, text = text_of(pages.STUDY | LATER | {"zones": alone})
    assert "has in every year;" in text and "at 10 and 20 g C m⁻² yr⁻¹." in text


def test_the_way_to_the_grid_is_told_as_it_is_chosen():
    auto = {"npp": pages.STUDY["npp"] | {"resampling": "auto"}}
    auto |= {"landcover": pages.STUDY["landcover"] | {"resampling": "auto"}}
    _, text = text_of(pages.STUDY | LATER | auto | {"grid": {"crs": "e", "resolution_m": 5000}})
    wide = "(a cell is 10.8 cells of the product wide)"
    assert f"NPP by the mean of valid cells {wide}." in text
    assert f"by the commonest class in the cell {wide}" in text
    _, text = text_of(pages.STUDY | LATER | auto)
    assert "the value at the centre of the cell (a cell is 1.1 cells of the product wide)" in text


def test_evapotranspiration_is_told_as_it_is_made():
    drivers = ["temperature", "precipitation", "radiation"]
    study = changed("climate", variables=drivers) | {"zones": ZONES}
    _, text = text_of(study)
    assert "solar radiation and elevation (Priestley and Taylor, 1972)" in text
    assert "the dew point was taken 8 K below" in text and "Thornthwaite" not in text


def test_year_2000_is_said_where_the_period_has_it():
    study = changed("npp", year_2000="collection_006_harmonised") | {"period": [2000, 2010]}
    assert "mean difference of the collections in 2001–2019" in text_of(study)[1]
    assert "collection 006" not in text_of(pages.STUDY)[1]


def test_what_is_built_in_is_said_beside_the_correlations():
    _, text = text_of(pages.STUDY | LATER)
    assert "partly measure the model: Rh is computed from this temperature" in text


def test_every_work_that_is_cited_is_listed_once_and_no_other():
    made, text = text_of(pages.STUDY | LATER)
    listed = methods_text.references(made)
    assert len(listed) == len(set(listed))
    names = set(re.findall(r"[(;] ?([A-Z][^();]*?, \d{4})", text))
    assert names == {short for short, _ in references.works().values() if short in text}
    assert len(listed) == len(names) + 1  # and that of the colours
    assert listed == sorted(listed)


def test_settings_are_escaped():
    assert "forest &lt;all&gt; (1, 2)" in text_of(pages.STUDY)[1]


@pytest.mark.parametrize("name", equations.BY_NAME)
def test_every_tag_of_an_equation_is_closed(name):
    class Reader(html.parser.HTMLParser):
        opened = ()

        def handle_starttag(self, tag, attrs):
            self.opened = (*self.opened, tag)

        def handle_endtag(self, tag):
            assert self.opened and self.opened[-1] == tag, name
            self.opened = self.opened[:-1]

    reader = Reader()
    reader.feed(equations.BY_NAME[name][0])
    assert reader.opened == ()


def test_drivers_are_told_where_they_are_switched_on():
    study = pages.STUDY | LATER | DRIVERS
    made, text = text_of(study)
    titles = [title for title, _ in made]
    wanted = ["Dominant climate drivers", "Effect of land-use change", "Geographical detector"]
    assert titles[-4:-1] == wanted
    assert not set(wanted) & {title for title, _ in methods_text.sections(pages.STUDY | LATER)}
    for said in (
        "temperature and precipitation explain together",
        "means of 2001–2003 and 2008–2010",
        "stand apart with their area, as do those with data in less than 10 %",
        "3 to 8 classes (equal, quantile)",
        "at most 1000 of them",
        "changes when a constant is added to the variable",
        "Factors that entered what they explain (rain) are marked",
    ):
        assert said in text, said
    blocks = study | {"detector": study["detector"] | {"surrogates": "blocks", "sample": None}}
    assert "square blocks of 30 cells" in text_of(blocks)[1]
    assert "evenly spread" not in text_of(blocks)[1]
    zero = study | {"land_use_effect": study["land_use_effect"] | {"absent_density": "zero"}}
    assert "without productivity data count zero" in text_of(zero)[1]
    listed = references.listed(text)
    assert sum("geographical detector" in work.lower() for work in listed) == 2


def test_restoration_is_described_where_a_study_names_projects(root):
    defaults = yaml.safe_load((root / "config/defaults.yaml").read_text())["restoration"]
    off = text_of(pages.STUDY | {"restoration": defaults})[0]
    assert "Response to restoration" not in dict(off)
    rule = defaults | {"file": "p.gpkg", "match_landcover": False}
    made, text = text_of(pages.STUDY | {"restoration": rule})
    assert "Response to restoration" in dict(made)
    assert "2 years before the start" in text and "fewer than 5 years" in text
    assert "fewer than 15 projects" in text and "the same land cover" not in text
    cited = " ".join(references.listed(text))
    assert all(name in cited for name in ("Callaway", "Imbens", "Pettitt"))
