"""Registry of the statistics of each pixel's series: layers, methods, texts; their tables.

Layers stand in ``pixel/<variable>_<layer>.tif``. What people read stands in ``en``, ``long_name``
(the name in the tags of rasters) and `TITLES`; another language is a field beside ``en``. Standard
library only: the workflow reads it before any environment exists.
"""

import math
import re
from typing import NamedTuple

from nepflow.study import layers
from nepflow.study.variables import VARIABLES

DRIVER = "{driver}"  # in a name: a layer for each climate variable


class Layer(NamedTuple):
    """A layer of the statistics of a pixel.

    ``of`` is the statistic that makes it, ``field`` the name of its band. ``unit`` and
    ``long_name`` are filled with what `about` is given. ``series`` tells that it needs
    ``min_years``, ``joint`` that all climate variables together make it.
    """

    of: str
    field: str
    unit: str
    long_name: str
    series: bool = True
    joint: bool = False


LAYERS = {
    "mean": Layer("mean", "mean", "{unit}", "mean {name}", series=False),
    "valid_years": Layer("mean", "count", "yr", "years with data", series=False),
    "sen_slope": Layer("trend", "slope", "{unit}", "Theil-Sen slope of {name}"),
    "slope_low": Layer(
        "trend", "low", "{unit}", "lower {confidence:g} % limit of the slope of {name}"
    ),
    "slope_high": Layer(
        "trend", "high", "{unit}", "upper {confidence:g} % limit of the slope of {name}"
    ),
    "mann_kendall_z": Layer("trend", "z", "1", "Mann-Kendall Z of {name}"),
    "mann_kendall_p": Layer("trend", "p", "1", "Mann-Kendall p of {name}"),
    "lag1": Layer("trend", "lag1", "1", "lag-1 autocorrelation of {name} around its trend"),
    "trend_class": Layer("trend", "class", "1", "trend of {name}"),
    "mann_kendall_fdr": Layer(
        "discoveries", "class", "1", "false discoveries at most {percent:g} %: {name}"
    ),
    "sd": Layer("variation", "sd", "{unit}", "standard deviation of {name}"),
    "cv": Layer("variation", "cv", "1", "variation of {name}"),
    "cv_class": Layer("classes", "class", "1", "{name}"),
    "hurst": Layer("persistence", "hurst", "1", "Hurst exponent of {name}"),
    "trend_persistence_class": Layer(
        "persistence", "class", "1", "trend and persistence of {name}"
    ),
    f"partial_{DRIVER}": Layer(
        "correlation", "r", "1", "partial correlation of {name} with {driver}"
    ),
    f"partial_{DRIVER}_p": Layer(
        "correlation", "p", "1", "p of the partial correlation of {name} with {driver}"
    ),
    f"partial_{DRIVER}_class": Layer(
        "correlation", "class", "1", "partial correlation of {name} with {driver}"
    ),
    f"partial_{DRIVER}_fdr": Layer(
        "discoveries", "class", "1", "false discoveries at most {percent:g} %: {name}"
    ),
    "multiple_r2": Layer("dominance", "r2", "1", "R² of {name} with {drivers}", joint=True),
    "multiple_p": Layer("dominance", "p", "1", "p of R² of {name} with {drivers}", joint=True),
    "dominant_class": Layer(
        "dominance", "class", "1", "dominant climate drivers of {name}", joint=True
    ),
}
# Layers of one series alone, with as many years as a trend needs
SERIES_LAYERS = tuple(
    name
    for name, layer in LAYERS.items()
    if layer.series and not layer.joint and DRIVER not in name
)
JOINT_LAYERS = tuple(name for name, layer in LAYERS.items() if layer.joint)
# What follows ``partial_<driver>`` in the names of the layers of a driver
PARTS_OF_DRIVER = tuple(name.partition(DRIVER)[2] for name in LAYERS if DRIVER in name)
# Tests whose false discoveries are controlled
TESTS = tuple(
    name.removesuffix("_fdr").replace(DRIVER, driver)
    for name in LAYERS
    if name.endswith("_fdr")
    for driver in (VARIABLES if DRIVER in name else ("",))
)


class OptionText(NamedTuple):
    """What the methods say of an option, with the works in braces."""

    sentence: str


class Option(NamedTuple):
    """A way to do a statistic; ``works`` are keys of the bibliography."""

    en: OptionText
    works: tuple = ()


AUTOCORRELATION = {  # what the Mann-Kendall test does about it
    "none": Option(
        OptionText(
            "The test takes the years for independent: the share of cells whose residuals of the "
            "line have a lag-1 autocorrelation beyond 2 / √<var>n</var> stands beside its results."
        )
    ),
    "tfpw": Option(
        OptionText("Series were pre-whitened free of trend {yue} before the test."), ("yue",)
    ),
    "hamed_rao": Option(
        OptionText(
            "The variance of <var>S</var> was corrected for significant autocorrelation of the "
            "ranks {hamed}."
        ),
        ("hamed",),
    ),
}
TFPW, HAMED_RAO = list(AUTOCORRELATION).index("tfpw"), list(AUTOCORRELATION).index("hamed_rao")
HURST = {  # ranges that the Hurst exponent is found of
    "prefix": Option(OptionText("for the expanding prefixes of 3 to <var>n</var> years")),
    "prefix_from_2": Option(OptionText("for the expanding prefixes of 2 to <var>n</var> years")),
    "blocks": Option(OptionText("averaged over blocks of equal length")),
    "anis_lloyd": Option(
        OptionText(
            "averaged over blocks and divided by what independent normal values give {anis}"
        ),
        ("anis",),
    ),
    "differenced": Option(OptionText("for the expanding prefixes of the differenced series")),
}
CORRELATION = {"plain": False, "detrended": True}  # ways of it: whether the year is held fixed
OF_SURROGATES = "_of_surrogates"  # after the name of a share: that of surrogates
# Titles of the tables by the pattern of their names, in the report
TITLES = (
    (r"shares_trend_class_(.+)", "Area by class of the trend of {0}"),
    (r"shares_trend_persistence_class_(.+)", "Area by class of trend and persistence of {0}"),
    (r"shares_dominant_class_(.+)", "Area by dominant combination of drivers of {0}"),
    (r"multiple_(.+)", "Multiple correlation of {0} with climate"),
    (r"shares_(.+)_class_(.+)", "Area by class of {0} of {1}"),
    (r"shares_(.+)_(nep|npp|rh)", "Area by class of {0} of {1}"),
    (r"cv_breaks_(.+)", "Breaks of the classes of variation of {0}"),
    (r"persistence_(.+)", "Persistence of {0} by method, beside chance"),
    (r"correlation_(.+)", "Partial correlation of {0} with climate, beside chance"),
    (r"field_significance_(.+)_(.+)", "Field significance of {0} of {1}"),
)
WORDS = (  # of the names of tables, in titles
    (r"cv", "variation"),
    (r"mann_kendall", "the Mann–Kendall test"),
    (r"partial_(.+)", r"partial correlation with \1"),
)


def about(layer, **given):
    """Return unit, long name and bands of a layer, filled with what its texts ask for."""
    own = LAYERS[layer]
    return own.unit.format(**given), own.long_name.format(**given), (own.field,)


def layers_of(statistic):
    """Return the names of the layers that a statistic makes."""
    return [name for name, layer in LAYERS.items() if layer.of == statistic]


def outputs(statistic):
    """Return the patterns of the rasters of a statistic, by layer."""
    return {name: f"<banded>/pixel/{{variable}}_{name}.tif" for name in layers_of(statistic)}


def trend_criteria(study):
    """Return {code: (condition on the slope, condition on Z)} of `trend.trend_class` as text."""
    names = ("slightly_significant_z", "significant_z", "extremely_significant_z")
    weak, significant, strong = (f"{study['trend'][name]:g}" for name in names)
    strengths = [
        f"|Z| <= {weak}",
        f"{weak} < |Z| <= {significant}",
        f"{significant} < |Z| <= {strong}",
        f"|Z| > {strong}",
    ]
    table = {5: ("slope = 0", "any")}
    for strength, text in enumerate(strengths, start=1):
        table |= {5 + strength: ("slope > 0", text), 5 - strength: ("slope < 0", text)}
    return table


def partial_layers(study, variable, suffix):
    """Return a layer of the partial correlations of a variable with every driver."""
    drivers = study["climate"]["variables"]
    return [
        layers.below(study, f"pixel/{variable}_partial_{driver}{suffix}.tif") for driver in drivers
    ]


def first_partial(study, variable):
    """Return the partial correlation of a variable with the first driver."""
    return partial_layers(study, variable, "")[0]


def memory_of_test(study, variable, test):
    """Return lag-1 autocorrelation and number of years, which the trend test takes no notice of."""
    names = ("lag1", "valid_years") if test == "mann_kendall" else ()
    return [layers.below(study, f"pixel/{variable}_{name}.tif") for name in names]


def correlations_of_layers(study, names):
    """Return the tables of partial correlation of the coefficients and classes among ``names``."""
    pattern = re.compile(rf"pixel/(\w+)_partial_(?:{'|'.join(VARIABLES)})(?:_class)?")
    found = dict.fromkeys(match[1] for match in map(pattern.fullmatch, names) if match)
    return [layers.table(study, f"correlation_{variable}") for variable in found]


def npp_correlations(study):
    """Return the partial correlations of NPP with every driver, if the study is long enough."""
    return partial_layers(study, "npp", "") if study["has_trend"] else []


def controlled_discoveries(study, variable):
    """Return the field significance of partial correlations: of NEP alone."""
    return partial_layers(study, variable, "_fdr") if variable == "nep" else []


def sets_of_drivers(studies):
    """Return the names of the studies by the climate variables that drive them."""
    found = {}
    for name, study in studies.items():
        found.setdefault(tuple(study["climate"]["variables"]), []).append(name)
    return found


def partial_files(drivers):
    """Return the patterns of the partial correlations with ``drivers``, by name of the output."""
    return {
        f"{driver}{part}": f"<banded>/pixel/{{variable}}_partial_{driver}{part}.tif"
        for driver in drivers
        for part in (name.partition(DRIVER)[2] for name in layers_of("correlation"))
    }


def significance(study, test):
    """Return the level and the share of false discoveries of a test."""
    if test == "mann_kendall":
        level = math.erfc(study["trend"]["significant_z"] / math.sqrt(2))
        return {"p": level, "false_discovery_percent": study["trend"]["false_discovery_percent"]}
    correlation = study["correlation"]
    percent = correlation["false_discovery_percent"]
    return {"p": correlation["significance_p"], "false_discovery_percent": percent}


def variation_breaks(study):
    """Return the table of the classes of variation of a study that is long enough for them."""
    wanted = study["has_trend"] and layers.has_npp(study)
    return layers.table(study, "cv_breaks_nep") if wanted else []


def tables(study):
    """Return the names of the tables of a study that is long enough for them."""
    if not study["has_trend"]:
        return []
    drivers = [f"partial_{name}" for name in study["climate"]["variables"]]
    joint = layers.CARBON if study["correlation"]["multiple"] else []
    return [
        *(
            f"shares_{layer}_nep"
            for layer in ("trend_class", "cv_class", "trend_persistence_class")
        ),
        *(f"shares_{driver}_class_nep" for driver in drivers),
        "cv_breaks_nep",
        "persistence_nep",
        *(f"correlation_{name}" for name in layers.CARBON),
        *(f"shares_dominant_class_{name}" for name in joint),
        *(f"multiple_{name}" for name in joint),
        *(f"field_significance_{test}_nep" for test in ("mann_kendall", *drivers)),
    ]


def rasters(study):
    """Return the layers of the statistics that a study keeps, without ending."""
    if not study["has_trend"]:
        return []
    drivers = [f"partial_{name}" for name in study["climate"]["variables"]]
    found = [f"pixel/nep_{name}" for name in SERIES_LAYERS]
    found += [f"pixel/nep_{driver}_class" for driver in drivers]
    for name in layers.CARBON if study["correlation"]["multiple"] else []:
        found += [f"pixel/{name}_{layer}" for layer in JOINT_LAYERS]
    for name in layers.CARBON:
        found += [f"pixel/{name}_{driver}{part}" for driver in drivers for part in ("", "_p")]
    return [*found, *(f"pixel/nep_{driver}_fdr" for driver in drivers)]
