"""Kinds of figures: what each needs, reads, is told and says below the picture.

Standard library only: the workflow reads it before any environment exists.
"""

import difflib
from collections.abc import Callable
from typing import NamedTuple

from nepflow.study import circularity, climate, landcover, layers, pixel, zones
from nepflow.study.pixel import OF_SURROGATES
from nepflow.study.settings_file import BadStudy
from nepflow.study.variables import VARIABLES

# Colours of fields by meaning, and Crameri's palettes (reversed with _r, of few colours with S).
MEANINGS = ("carbon", *VARIABLES, "sequential", "diverging", "neutral")
_WITH_FEW = (
    "acton",
    "bamako",
    "batlow",
    "batlowK",
    "batlowW",
    "bilbao",
    "buda",
    "davos",
    "devon",
    "glasgow",
    "grayC",
    "hawaii",
    "imola",
    "lajolla",
    "lapaz",
    "lipari",
    "navia",
    "nuuk",
    "oslo",
    "tokyo",
    "turku",
)
_OTHERS = (
    "bam",
    "bamO",
    "berlin",
    "broc",
    "brocO",
    "bukavu",
    "cork",
    "corkO",
    "fes",
    "lisbon",
    "managua",
    "oleron",
    "roma",
    "romaO",
    "tofino",
    "vanimo",
    "vik",
    "vikO",
)
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
    "correlation": tuple(
        f"{driver}_{sign}_share{end}"
        for driver in VARIABLES
        for sign in ("positive", "negative", "significant_positive", "significant_negative")
        for end in ("", OF_SURROGATES)
    ),
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


def is_of_discoveries(stipple):
    """Tell whether dots stand where a test is a discovery, not where p is below a level."""
    return stipple["layer"].endswith("_fdr")


def needs_years(figure, pattern):
    """Tell whether a figure shows rasters of series, whose whole names fit a compiled pattern."""
    if KINDS[figure["kind"]].needs_years:
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
    named = {entry["name"] for entry in study.get("zones", [])}
    for figure in study.get("figures", []):
        for part in parts_of(figure):
            _check_part(part, figure["name"], named, file)
            _check_choices(part, f"{file}: figure {figure['name']}", study)
        if lacking := KINDS[figure["kind"]].lacking(study, figure):
            raise BadStudy(f"{file}: figure {figure['name']} {lacking}")
    _check_dates(study, file)


def _check_part(part, name, named, file):
    kind = part["kind"]
    for key in PANELS[kind] if kind in PANELS else KINDS[kind].needs:
        if key not in part:
            raise BadStudy(f"{file}: figure {name}: a {kind} needs the key `{key}`. Add it.")
    levels = {"below", "between"} & set(part.get("stipple", ()))
    if "stipple" in part and len(levels) != (not is_of_discoveries(part["stipple"])):
        raise BadStudy(
            f"{file}: figure {name}: dots of p values need a level (stipple: {{layer: "
            "pixel/nep_mann_kendall_p, below: 0.05}), those of a probability two (stipple: {layer: "
            "uncertainty/nep_sink_probability, between: [0.05, 0.95]}), those of discoveries, "
            "whose layer ends with _fdr, have none. Add or remove `below` or `between`."
        )
    if kind == "series" and part["zones"] not in named:
        raise BadStudy(
            f"{file}: figure {name} wants zones {part['zones']}, the study has "
            f"{', '.join(sorted(named)) or 'none'}.{did_you_mean(part['zones'], named)} Add "
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


# --- kinds


class Text(NamedTuple):
    """Sentences of a caption, by language; ``when`` tells of which entries they are said."""

    en: str
    when: Callable = lambda entry: True


class Kind(NamedTuple):
    """A kind of figure; see `KINDS`.

    Attributes
    ----------
    drawing : str
        Module and function of ``nepflow/figures`` that draws it from files and options.
    needs : tuple of str
        Keys that its entry must have.
    files : callable
        Of the study and the entry: {name: path or list of paths} of what is drawn.
    caption : tuple of Text
        What every reader of such a figure must know, after the caption of the study.
    options : callable
        Of the study and the entry: {name: value} of what drawing is told besides the entry.
    lacking : callable
        Of the study and the entry: what is lacking and the remedy; "" where nothing is.
    needs_years : bool
        Only a study that is long enough for trends has it.
    shows_changes : bool
        It shows changes between yearly maps of land cover, and says what they are worth.
    mem_mb, minutes : int
        What drawing takes.
    """

    drawing: str
    needs: tuple
    files: Callable
    caption: tuple
    options: Callable = lambda study, entry: {"simulated": study["simulated"]}
    lacking: Callable = lambda study, entry: ""
    needs_years: bool = False
    shows_changes: bool = False
    mem_mb: int = 1000
    minutes: int = 15


def _area(study):
    return {
        "grid": layers.below(study, "grid.tif"),
        "outlines": layers.below(study, "zones/outlines.gpkg"),
    }


def _rasters(study, entry):
    return [layers.below(study, f"{name}.tif") for name in layers_of(entry)]


def _transitions(study, entry):
    return {"transitions": layers.table(study, "transitions")}


def _without_dates(study, entry):
    if dates_of(study):
        return ""
    return (
        "shows land-cover change. Say between which years: landcover: {transitions: [2001, 2022]}."
    )


def _marks(study, entry):
    """What must be said of drivers that entered the variable they are compared with."""
    marks = {name: circularity.mark_of(study, name) for name in layers_of(entry)}
    return {name: text for name, text in marks.items() if text}


def _map_files(study, entry):
    correlation = pixel.correlations_of_layers(study, layers_of(entry))
    return {"layers": _rasters(study, entry), "correlation": correlation, **_area(study)}


def _map_options(study, entry):
    return {"layers": layers_of(entry), "marks": _marks(study, entry)}


def _classes_files(study, entry):
    layer = layers.below(study, f"{entry['layer']}.tif")
    persistence = zones.persistence_of_layers(study, [entry["layer"]])
    correlation = pixel.correlations_of_layers(study, [entry["layer"]])
    return {
        "layer": layer,
        "persistence": persistence,
        "correlation": correlation,
        **_area(study),
    }


def _classes_options(study, entry):
    return {"marks": _marks(study, entry)}


def _series_files(study, entry):
    files = {name: zones.shown(study, name, entry["zones"]) for name in ("series", "trends")}
    if layers.has_errors(study) and entry["quantity"] == "nep":
        files["uncertainty"] = layers.table(study, f"uncertainty_{entry['zones']}")
    return files


def _study_area_files(study, entry):
    return {
        "dem": layers.below(study, "dem.tif"),
        "stations": climate.if_stations(study, "stations/sites.csv"),
        "monthly": climate.if_stations(study, "stations/monthly.csv"),
        **_area(study),
    }


def _panels_files(study, entry):
    return {
        "layers": _rasters(study, entry),
        "series": [zones.shown(study, "series", name) for name in zones_of(entry)],
        "trends": [zones.shown(study, "trends", name) for name in zones_of(entry)],
        "persistence": zones.persistence_of_layers(study, layers_of(entry)),
        "correlation": pixel.correlations_of_layers(study, layers_of(entry)),
        **_area(study),
    }


def _panels_options(study, entry):
    known = _map_options(study, entry) | {"zones": zones_of(entry)}
    return known | {"simulated": study["simulated"]}


def _substitutes(study, entry):
    return {"substitutes": landcover.substituted(study), "simulated": study["simulated"]}


def _sankey_options(study, entry):
    return _substitutes(study, entry) | {"classes": study["landcover_classes"]}


def _specification_files(study, entry):
    return {"specification": layers.table(study, "specification")}


def _without_choices(study, entry):
    if study["specification"].get("choices"):
        return ""
    return "shows what other choices give. Say which: specification: {choices: [respiration]}."


def _residual_files(study, entry):
    residuals = layers.below(study, f"climate/{entry['quantity']}_residuals.parquet")
    return {"residuals": residuals, **_area(study)}


def _pairs(study, entry):
    return {"pairs": layers.below(study, f"evaluation/{entry['of']}.csv")}


def _without_field_data(study, entry):
    of = entry["of"]
    if study[of]["file"]:
        return ""
    return f"shows {of}, and {of}.file is null. Name the table or take the figure out."


def _factors(study, entry):
    return {"factors": layers.table(study, f"detector_factors_{entry['detector']}")}


def _factor_options(study, entry):
    return {"level": study["detector"]["significance_p"], "simulated": study["simulated"]}


def _interactions(study, entry):
    return {"interactions": layers.table(study, f"detector_interactions_{entry['detector']}")}


def _land_use_files(study, entry):
    return {"effects": layers.table(study, f"land_use_effect_{entry['quantity']}")}


def _event_files(study, entry):
    return {name: layers.table(study, f"restoration_{name}") for name in ("events", "effects")}


def _event_options(study, entry):
    return {"base_years": study["restoration"]["base_years"], "simulated": study["simulated"]}


def _any_panel(*keys, kind=None):
    """Tell of an entry whether one of its panels has one of the keys, or is of a kind."""
    return lambda entry: any(
        part["kind"] == kind or any(key in part for key in keys) for part in parts_of(entry)
    )


# Kinds of panels in a figure of kind panels, and the keys that each needs
PANELS = {
    "map": ("layer",),
    "classes": ("layer",),
    "series": ("quantity", "zones"),
    "scatter": ("layer", "against"),
}
# The only list of kinds: the schema, the rule, the report and the checks read it
KINDS = {
    "map": Kind(
        "maps.draw",
        PANELS["map"],
        _map_files,
        (
            Text(
                "Grey: cells of the area without data. Arrows on the colour bar: values beyond "
                "its ends, drawn in its end colours. The inset shows how the area with data is "
                "distributed over the values."
            ),
        ),
        _map_options,
        mem_mb=2000,
    ),
    "classes": Kind(
        "class_map.draw",
        PANELS["classes"],
        _classes_files,
        (
            Text(
                "The shares count every cell of the study grid and close to 100 % of the "
                "classified area. Grey: cells of the area without a class."
            ),
        ),
        _classes_options,
        mem_mb=3000,
    ),
    "series": Kind(
        "series.draw",
        PANELS["series"],
        _series_files,
        (
            Text(
                "Points: annual means over the cells with data. Dashed: Theil–Sen line; its "
                "slope and the p value of the Mann–Kendall test stand above each panel. Each "
                "panel has its own scale."
            ),
        ),
        minutes=10,
    ),
    "study_area": Kind(
        "study_area.draw",
        (),
        _study_area_files,
        (
            Text(
                "Elevation with hillshade, lit from the north-west. Dots: stations of which at "
                "least one month was used; crosses: stations of which none was."
            ),
        ),
        lambda study, entry: {},
        mem_mb=3000,
    ),
    "panels": Kind(
        "panels.draw",
        ("panels",),
        _panels_files,
        (
            Text("Each panel has its own legend."),
            Text("Grey: cells of the area without data.", _any_panel("layer")),
            Text(
                "Shares are of the area with data or with a class and close to 100 %.",
                _any_panel("levels", "stipple", kind="classes"),
            ),
            Text(
                "Dots stand on a regular lattice where most cells around are below the level; "
                "shares in brackets count every such cell.",
                _any_panel("stipple"),
            ),
            Text(
                "Text in red says which driver entered the variable that it is compared with.",
                lambda entry: any("_partial_" in p.get("layer", "") for p in parts_of(entry)),
            ),
        ),
        _panels_options,
        mem_mb=3000,
    ),
    "sankey": Kind(
        "sankey.draw",
        (),
        _transitions,
        (
            Text(
                "Heights are proportional to area, of cells with a class at both dates. Pale "
                "ribbons kept their class; ribbons in full colour left the class of that "
                "colour. Changes too small to draw are counted below the figure; all stand in "
                "the table of transitions."
            ),
        ),
        _sankey_options,
        _without_dates,
        shows_changes=True,
    ),
    "matrix": Kind(
        "transition_matrix.draw",
        (),
        _transitions,
        (
            Text(
                "% of the area with a class at both dates; the cells of the matrix sum to 100. "
                "Colours are logarithmic. Loss: what left the class; gain: what came to it; net "
                "change: gain less loss; swap: twice the smaller of gain and loss, lost in one "
                "place and won in another."
            ),
        ),
        _substitutes,
        _without_dates,
        shows_changes=True,
    ),
    "specification": Kind(
        "specification.draw",
        (),
        _specification_files,
        (
            Text(
                "Each row is one option of one choice with all other choices as the study makes "
                "them; diamonds: the option that the study takes; line: all choices as taken. A "
                "row whose point lies on the line does not move that number."
            ),
        ),
        lacking=_without_choices,
        needs_years=True,
    ),
    "residuals": Kind(
        "residuals.draw",
        ("quantity",),
        _residual_files,
        (
            Text(
                "Left: every station and month against its prediction without the station. "
                "Right: stations, coloured by their mean residual (observed minus predicted), "
                "larger where the root mean square residual is."
            ),
        ),
        lambda study, entry: {},
        mem_mb=2000,
    ),
    "field_scatter": Kind(
        "field_scatter.draw",
        ("of",),
        _pairs,
        (
            Text(
                "Modelled against observed values with the line of equality, a panel a model; "
                "bias is modelled minus observed. Monthly models get twelve equal months where "
                "the table has annual climate only."
            ),
        ),
        lacking=_without_field_data,
        minutes=10,
    ),
    "detector": Kind(
        "detector.draw_factors",
        ("detector",),
        _factors,
        (
            Text(
                "q: share of the variance that lies between the strata of a factor. p: share of "
                "surrogates (the whole variable moved, the division chosen anew) with at least "
                "this q; the tick is what 5 % of them exceed. Hatched: factors that entered the "
                "variable, which partly explain the model itself."
            ),
        ),
        _factor_options,
    ),
    "interaction": Kind(
        "detector.draw_interactions",
        ("detector",),
        _interactions,
        (
            Text(
                "q of the overlay of two factors, and of each alone on the diagonal. An overlay "
                "never explains less than each of its factors, so that enhancement is nearly "
                "certain by construction. Red: factors that entered the variable."
            ),
        ),
    ),
    "land_use": Kind(
        "land_use.draw",
        ("quantity",),
        _land_use_files,
        (
            Text(
                "Cells: what the area that went from a class (row) to a class (column) adds to "
                "the change of the total, A (d2 of the new class - d1 of the old one); the cells "
                "sum to that change. Right: the parts of each row. Area: at the densities of the "
                "first period; density: of the old class; interaction: what is left; observed: "
                "change of the cells themselves."
            ),
        ),
        shows_changes=True,
    ),
    "event_study": Kind(
        "event_study.draw",
        (),
        _event_files,
        (
            Text(
                "NEP of the land of projects less that of matched untreated land, by year since "
                "the start, with its interval; the change counts from the base years (shaded). "
                "Left of them stands what projects and their controls differ by before anything "
                "was done: the test of the comparison. The table restoration_effects holds the "
                "numbers, how the intervals were made, and the number of projects."
            ),
        ),
        _event_options,
    ),
}


def caption_of(entry, study, language="en"):
    """Return what the kind of a figure says below it, after the caption of the study.

    Figures of changes of land cover say what these are worth; series of zones that change, which
    years they leave out.
    """
    kind = KINDS[entry["kind"]]
    texts = [getattr(text, language) for text in kind.caption if text.when(entry)]
    texts += [landcover.changes_text()] if kind.shows_changes else []
    yearly = {own["name"] for own in study["zones"] if zones.KINDS[own["kind"]].yearly}
    if yearly & set(zones_of(entry)):
        texts.append(landcover.left_out_text(study))
    return " ".join(filter(None, texts))


# --- what the rule asks


def pattern(studies):
    """Return the regular expression of the figures of any study."""
    names = {figure["name"] for study in studies.values() for figure in study["figures"]}
    return "|".join(sorted(names)) or "no_such_figure"


def entry(study, figure):
    """Return what the study says of a figure."""
    return next(entry for entry in study["figures"] if entry["name"] == figure)


def kind(study, figure):
    """Return the `Kind` of a figure."""
    return KINDS[entry(study, figure)["kind"]]


def drawing(study, figure):
    """Return module and function that draw a figure."""
    return kind(study, figure).drawing


def files(study, figure):
    """Return {name: path or list of paths} of what a figure draws."""
    return kind(study, figure).files(study, entry(study, figure))


def options(study, figure):
    """Return {name: value} of what the drawing of a figure is told besides its entry."""
    return kind(study, figure).options(study, entry(study, figure))


def caption(study, figure):
    """Return all that stands below a figure: of the study, then of the kind."""
    own = entry(study, figure)
    return f"{own['caption']} {caption_of(own, study)}"


def code(study, figure):
    """Return the modules that draw a figure, below workflow/scripts; a change reruns it."""
    module, _ = drawing(study, figure).split(".")
    return "figures/draw_figure.py", f"nepflow/figures/{module}.py"


def mem_mb(study, figure):
    """Return the memory that drawing takes, MB."""
    return kind(study, figure).mem_mb


def minutes(study, figure):
    """Return the time that drawing takes at the size that was measured, minutes."""
    return kind(study, figure).minutes
