"""What the figures of a study read: layers, tables, dates of land cover.

Standard library only: the workflow reads it before any environment exists.
"""


class BadStudy(ValueError):
    """A study file that says something the workflow cannot do."""


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
            f"{', '.join(sorted(zones)) or 'none'}. Add them to `zones` or change the figure."
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
