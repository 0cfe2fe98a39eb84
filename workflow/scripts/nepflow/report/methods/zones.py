"""Methods text: zones."""

from html import escape

from nepflow import labels
from nepflow.report.methods.references import cited
from nepflow.study.variables import PET_METHODS, pet_method
from nepflow.study.zones import KINDS, SMALL_CELLS, class_names, cuts_of, weighting


def section(study):
    """Return the section (title, blocks) on zones; None where a study only has its area.

    Parameters
    ----------
    study : dict
        Complete settings: zones, climate.
    """
    pet = _evapotranspiration(study)
    told = [_sentence(entry, pet) for entry in study["zones"] if KINDS[entry["kind"]].en.sentence]
    if told or any(weighting(entry) == "coverage" for entry in study["zones"]):
        told += _sharing(study)
    return ("Zones", [("p", " ".join(told))]) if told else None


def _sharing(study):
    """What cells count for zones of polygons that may share them."""
    names = {
        way: [_name(entry["name"]) for entry in study["zones"] if weighting(entry) == way]
        for way in ("coverage", "auto")
    }
    by_part = "cells count for each zone by the part that it covers (exactextract)"
    told = []
    if names["coverage"]:
        told.append(f"In sums over {labels.joined(names['coverage'])} {by_part}.")
    if names["auto"]:
        told.append(
            f"In sums over {labels.joined(names['auto'])} {by_part} where half of the zones hold "
            f"the centres of fewer than {SMALL_CELLS} cells, and else for the zone that holds "
            "their centre."
        )
    return told


def _evapotranspiration(study):
    """The sentence of the way to potential evapotranspiration."""
    way = PET_METHODS[pet_method(study)]
    dew = study["climate"]["evapotranspiration"]["dew_point_depression_k"]
    return way.en.format(dew=dew, **{work: cited(work) for work in way.works})


def _sentence(entry, pet):
    """The sentence of a kind, filled with what the entry says."""
    kind, names = KINDS[entry["kind"]], class_names(entry)
    percent = entry.get("min_percent", 100)
    text = kind.en.sentence if percent == 100 else kind.en.sentence_of_most or kind.en.sentence
    outside = entry.get("outside")
    cuts = [f"{cut:g}" for cut in cuts_of(entry)]
    return text.format(
        name=_name(entry["name"]),
        file=escape(entry.get("file", "")),
        outside=f"; all other cells of the area are {escape(outside)}" if outside else "",
        pet=pet,
        of=" and ".join(map(_name, entry.get("of", []))),
        percent=f"{percent:g}",
        cuts=f"{labels.joined(cuts)} {labels.unit_text(kind.unit)}".strip() if cuts else "",
        classes=f": {', '.join(names)}" if names else "",
        **{work: cited(work) for work in kind.works},
    )


def _name(zones):
    return escape(zones.replace("_", " "))
