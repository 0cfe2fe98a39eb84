"""Methods text: zones."""

from html import escape

from nepflow import labels
from nepflow.report.methods.references import cited
from nepflow.zones import kinds


def section(zones):
    """Return the section (title, blocks) on zones, or None where a study only has its area.

    Parameters
    ----------
    zones : list of dict
        Entries `zones` of a study.
    """
    told = [_TOLD[entry["kind"]](entry) for entry in zones if entry["kind"] in _TOLD]
    return ("Zones", [("p", " ".join(told))]) if told else None


def _name(entry):
    return escape(entry["name"].replace("_", " "))


def _stable(entry):
    percent = entry.get("minimum_percent", 100)
    years = "every year" if percent == 100 else f"at least {percent:g} % of the years with a class"
    return (
        f"Stable land cover ({_name(entry)}) is the class that a cell has in {years}; all other "
        "cells are changed."
    )


def _annual_landcover(entry):
    return f"Zones of land cover ({_name(entry)}) are those of each year’s own map."


def _cuts(cuts, unit):
    return f"{labels.joined([f'{cut:g}' for cut in cuts])} {unit}"


def _sink(entry):
    names = {3: kinds.SINK_NAMES, 1: kinds.SIGN_NAMES if entry["cuts"] == [0] else None}
    called = names.get(len(entry["cuts"]))
    text = (
        f"Sources and sinks ({_name(entry)}) are divided by mean NEP at "
        f"{_cuts(entry['cuts'], 'g C m⁻² yr⁻¹')}"
    )
    return f"{text}: {', '.join(called)}." if called else f"{text}."


def _aridity(entry):
    return (
        f"Dry-wet zones ({_name(entry)}) are those of precipitation over potential "
        "evapotranspiration, <var>P</var>/<var>PET</var>, of the mean year, with limits at "
        f"{labels.joined([f'{cut:g}' for cut in kinds.ARIDITY_CUTS])} {cited('unep')}: "
        f"{', '.join(kinds.ARIDITY_NAMES)}. <var>PET</var> follows from monthly mean temperature "
        f"and the length of days {cited('thornthwaite')}, above 26.5 °C {cited('willmott')}; in "
        "dry, windy air it is too low."
    )


def _elevation(entry):
    return f"Bands of elevation ({_name(entry)}) have limits at {_cuts(entry['cuts'], 'm')}."


def _file(entry):
    return f"Zones of {_name(entry)} are polygons of {escape(entry['file'])}."


def _crossing(entry):
    pair = " and ".join(escape(name.replace("_", " ")) for name in entry["of"])
    return f"Zones of {_name(entry)} are those of {pair} crossed."


_TOLD = {
    "landcover": _annual_landcover,
    "stable_landcover": _stable,
    "sink": _sink,
    "aridity": _aridity,
    "elevation": _elevation,
    "file": _file,
    "crossing": _crossing,
}
