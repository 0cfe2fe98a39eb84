"""Figures of a study: what they read, what they may name.

Standard library only: the workflow reads it before any environment exists.
"""

import difflib

from nepflow.study import circularity, layers, zones
from nepflow.study.settings_file import BadStudy
from nepflow.study.variables import VARIABLES

# Colours of fields by meaning, and Crameri's palettes (reversed with _r, of few colours with S).
MEANINGS = ("carbon", *VARIABLES, "sequential", "diverging", "neutral")
_WITH_FEW = (
    "acton", "bamako", "batlow", "batlowK", "batlowW", "bilbao", "buda", "davos", "devon",
    "glasgow", "grayC", "hawaii", "imola", "lajolla", "lapaz", "lipari", "navia", "nuuk", "oslo",
    "tokyo", "turku",
)  # fmt: skip
_OTHERS = (
    "bam", "bamO", "berlin", "broc", "brocO", "bukavu", "cork", "corkO", "fes", "lisbon",
    "managua", "oleron", "roma", "romaO", "tofino", "vanimo", "vik", "vikO",
)  # fmt: skip
PALETTES = (
    *(name + end for name in _WITH_FEW for end in ("", "_r", "S")),
    *(name + end for name in _OTHERS for end in ("", "_r")),
)
FLUXES = ("nep", "npp", "rh")  # quantities of series, beside the climate of the study
_SHARES = ("persistent_share", "continuous_increase_share")
_PERSISTENCE = tuple(
    name + end for name in _SHARES for end in ("", "_of_white_noise", "_of_autoregression")
)
_SIGNIFICANT = ("significant_rise_share", "significant_fall_share")
_HEADLINE = (
    *("nep_mean", "nep_slope", "source_share", "rising_share", "mean_variation"),
    *(*_SIGNIFICANT, *_PERSISTENCE),
)
QUANTITIES_OF_CHOICES = {  # what a specification curve can show
    "respiration": _HEADLINE,
    "year_2000": _HEADLINE,
    "filled": _HEADLINE,
    "persistence": _PERSISTENCE,
    "significance": _SIGNIFICANT,
    "variation": ("low_and_lower_variation_share", "upper_limit_of_lower_variation"),
    "landcover": tuple(
        f"{name}_{end}"
        for name in ("forest", "grassland", "barren")
        for end in ("share", "nep_mean")
    ),
    "fpar_limits": _HEADLINE,
}


def did_you_mean(name, known):
    """Return `` Did you mean ...?`` with the known names that are near, or an empty text."""
    lower = {other.lower(): other for other in map(str, known)}
    near = difflib.get_close_matches(str(name).lower(), lower, n=3, cutoff=0.6)
    return f" Did you mean {' or '.join(lower[other] for other in near)}?" if near else ""


def named_layers(study):
    """Yield (place, layer) of every layer that a study names: figures, detectors, contrasts."""
    for figure in study.get("figures", []):
        yield from ((f"figure {figure['name']}", layer) for layer in layers_of(figure))
    for entry in study.get("detectors", []):
        place = f"detector {entry['name']}"
        yield place, entry["of"]
        own = [factor for factor in entry["factors"] if "file" not in factor]
        yield from ((f"{place}, factor {f['name']}", f["layer"]) for f in own if "layer" in f)
    for entry in study.get("contrasts", []):
        yield from ((f"contrasts {entry['name']}", layer) for layer in entry["match"])


def parts_of(figure):
    """Return the entries that a figure draws: its panels, or itself."""
    return figure.get("panels", [figure])


def layers_of(figure):
    """Return the rasters that a figure reads, each once, without ending."""
    layers = []
    for part in parts_of(figure):
        layers += [part.get("layer"), part.get("against")]
        layers += [part.get(name, {}).get("layer") for name in ("contours", "stipple")]
    return list(dict.fromkeys(layer for layer in layers if layer))


def zones_of(figure):
    """Return the zones whose series a figure reads, each once."""
    zones = [part.get("zones") for part in parts_of(figure) if part["kind"] == "series"]
    return list(dict.fromkeys(zones))


def needs_years(figure, pattern):
    """Tell whether a figure shows rasters of series, whose whole names fit a compiled pattern."""
    if figure["kind"] == "specification":
        return True
    return any(pattern.fullmatch(layer) for layer in layers_of(figure))


def dates_of(study):
    """Return {date: year of the map} of the dates between which land cover is compared."""
    chosen = {entry["year"]: entry["by"] for entry in study["landcover"].get("substitute", [])}
    return {date: chosen.get(date, date) for date in study["landcover"].get("transitions", [])}


def check(study, file):
    """Refuse figures that lack what their kind needs, and dates without a map.

    Raises
    ------
    BadStudy
    """
    zones = {entry["name"] for entry in study.get("zones", [])}
    for figure in study.get("figures", []):
        for part in parts_of(figure):
            _check_part(part, figure["name"], zones, file)
            _check_choices(part, f"{file}: figure {figure['name']}", study)
        if figure["kind"] in ("sankey", "matrix") and not dates_of(study):
            raise BadStudy(
                f"{file}: figure {figure['name']} shows land-cover change. Say between which "
                "years: landcover: {transitions: [2001, 2022]}."
            )
        if figure["kind"] == "field_scatter" and not study[figure["of"]]["file"]:
            raise BadStudy(
                f"{file}: figure {figure['name']} shows {figure['of']}, and {figure['of']}.file is "
                "null. Name the table or take the figure out."
            )
        if figure["kind"] == "specification" and not study["specification"].get("choices"):
            raise BadStudy(
                f"{file}: figure {figure['name']} shows what other choices give. Say which: "
                "specification: {choices: [respiration]}."
            )
    _check_dates(study, file)


def _check_part(part, name, zones, file):
    wanted = {"map": "layer", "classes": "layer", "series": "quantity", "panels": "panels"}
    wanted["field_scatter"] = "of"
    wanted["scatter"] = "layer" if "against" in part else "against"
    key = wanted.get(part["kind"])
    if key and key not in part:
        raise BadStudy(f"{file}: figure {name}: a {part['kind']} needs the key `{key}`. Add it.")
    if part["kind"] == "series" and part.get("zones") not in zones:
        raise BadStudy(
            f"{file}: figure {name} wants zones {part.get('zones')}, the study has "
            f"{', '.join(sorted(zones)) or 'none'}.{did_you_mean(part.get('zones'), zones)} Add "
            "them to `zones` or change the figure."
        )


def _check_choices(part, place, study):
    """Refuse a palette, a quantity or dates that are not there to be chosen."""
    palettes = PALETTES if part["kind"] == "classes" else (*MEANINGS, *PALETTES)
    asked = {"palette": ([part.get("palette")], palettes)}
    if part["kind"] == "series":
        known = (*FLUXES, *study["climate"]["variables"])
        asked["quantity"] = ([part.get("quantity")], known)
    if part["kind"] == "specification":
        choices = study["specification"].get("choices", [])
        known = [name for choice in choices for name in QUANTITIES_OF_CHOICES[choice]]
        asked["quantities"] = (part.get("quantities", []), list(dict.fromkeys(known)))
    if part["kind"] == "matrix":
        asked["dates"] = (part.get("dates", []), study["landcover"].get("transitions", []))
    for key, (names, known) in asked.items():
        wrong = [name for name in names if name is not None and name not in known]
        if wrong and key == "palette":
            known = [
                *(() if part["kind"] == "classes" else MEANINGS),
                "a name of Crameri's palettes",
            ]
            near = did_you_mean(wrong[0], palettes)
        elif wrong:
            near = did_you_mean(wrong[0], known)
        if wrong:
            raise BadStudy(
                f"{place}: `{key}` names {wrong[0]}.{near} It may be one "
                f"of: {', '.join(map(str, known)) or 'none'}."
            )


def _check_dates(study, file):
    first, last = study["landcover"]["years"]
    dates = dates_of(study)
    maps = list(dates.values())
    for date, year in dates.items():
        if not first <= year <= last:
            raise BadStudy(
                f"{file}: landcover.transitions: MCD12Q1 has {first}-{last}, not {date}. "
                f"Choose a year for it: landcover: {{substitute: [{{year: {date}, by: "
                f"{min(max(date, first), last)}}}]}}, or another date."
            )
    if maps != sorted(set(maps)):
        raise BadStudy(
            f"{file}: landcover.transitions: the maps of {list(dates)} are those of {maps}; they "
            "must follow each other and differ. Remove a date or its substitute."
        )


def check_kinds(studies):
    """Refuse a name of a figure that has two kinds: it tells what draws the figure.

    Parameters
    ----------
    studies : dict
        Complete settings by name.

    Raises
    ------
    BadStudy
    """
    kinds = {}
    for name, study in studies.items():
        for figure in study["figures"]:
            if kinds.setdefault(figure["name"], figure["kind"]) != figure["kind"]:
                raise BadStudy(
                    f"config/studies/{name}.yaml: figure {figure['name']} is a {figure['kind']} "
                    f"here and a {kinds[figure['name']]} in another study of the site. Rename one."
                )


def pattern(studies, kind):
    """Return the regular expression of the figures of a kind in any study."""
    names = {
        figure["name"]
        for study in studies.values()
        for figure in study["figures"]
        if figure["kind"] == kind
    }
    return "|".join(sorted(names)) or "no_such_figure"


def entry(study, figure):
    """Return what the study says of a figure."""
    return next(entry for entry in study["figures"] if entry["name"] == figure)


def layer_file(study, figure):
    """Return the raster that a figure of one layer draws."""
    return layers.below(study, f"{entry(study, figure)['layer']}.tif")


def layer_names(study, figure):
    """Return the layers that a figure reads."""
    return layers_of(entry(study, figure))


def layer_files(study, figure):
    """Return every raster that a figure reads."""
    return [layers.below(study, f"{name}.tif") for name in layer_names(study, figure)]


def zone_table(study, figure, table):
    """Return the table ``<table>_<zones>.csv`` of a figure of one kind of zones."""
    return layers.table(study, f"{table}_{entry(study, figure)['zones']}")


def zone_names(study, figure):
    """Return the zones whose series a figure reads."""
    return zones_of(entry(study, figure))


def zone_tables(study, figure, table):
    """Return the tables ``<table>_<zones>.csv`` of every series of a figure."""
    return [layers.table(study, f"{table}_{name}") for name in zone_names(study, figure)]


def detector_table(study, figure, table):
    """Return a table of the detector of a figure."""
    return layers.table(study, f"detector_{table}_{entry(study, figure)['detector']}")


def land_use_table(study, figure):
    """Return the table of the land-use effect that a figure shows."""
    return layers.table(study, f"land_use_effect_{entry(study, figure)['quantity']}")


def residuals(study, figure):
    """Return the residuals of the fits that a figure shows."""
    return layers.below(study, f"climate/{entry(study, figure)['quantity']}_residuals.parquet")


def pairs(study, figure):
    """Return the pairs of modelled and observed values that a figure shows."""
    return layers.below(study, f"evaluation/{entry(study, figure)['of']}.csv")


def shared_input_marks(study, figure):
    """Return what a figure must say of drivers that entered the variable they are compared with."""
    marks = {name: circularity.mark_of(study, name) for name in layer_names(study, figure)}
    return {name: text for name, text in marks.items() if text}


def persistence(study, figure):
    """Return what chance gives of the classes of trend and persistence that a figure shows."""
    return zones.persistence_of_layers(study, layer_names(study, figure))
