"""Null shares of the classes that a map shows: what chance gives, beside them or in its note."""

from pathlib import Path
from typing import NamedTuple

from nepflow import labels
from nepflow.io import tables
from nepflow.pixel import correlation, persistence


class Chance(NamedTuple):
    """Shares by class, % (one or more a class), and the sentence that says what they are."""

    shares: dict
    note: str


def of_layers(persistence_paths, correlation_paths):
    """Return {layer: Chance} of the layers whose shares have a table of chance beside them.

    Parameters
    ----------
    persistence_paths, correlation_paths : list of str
        Tables ``persistence_<variable>.csv`` and ``correlation_<variable>.csv``.
    """
    found = {}
    for path in persistence_paths:
        variable = Path(path).stem.removeprefix("persistence_")
        shares, memory = persistence.chance_of_classes(tables.read(path, persistence.COLUMNS))
        found[f"pixel/{variable}_trend_persistence_class"] = Chance(
            shares,
            f"In brackets: share in white noise and in AR(1) noise ({memory:g}) of the same "
            "lengths, %.",
        )
    for path in correlation_paths:
        variable = Path(path).stem.removeprefix("correlation_")
        table = tables.read(path, correlation.COLUMNS)
        for driver in table["driver"].unique():
            layer = f"pixel/{variable}_partial_{driver}"
            ways = correlation.beside(table[table["driver"] == driver])
            found[layer] = Chance({}, _note_of_signs(ways))
            found[f"{layer}_class"] = Chance(*_of_classes(ways))
    return found


_OTHER = {"plain": "with the year free", "detrended": "with the year held fixed"}


def _of_classes(ways):
    """Shares of the classes of `correlation.CLASS_NAMES`, and what they are."""
    _, surrogates, (method, other) = ways
    parts = [correlation.class_shares(shares) for shares in (surrogates, other)]
    shares = dict(zip(parts[0], zip(*(part.values() for part in parts), strict=True), strict=True))
    note = (
        "In brackets: share of surrogates with each pixel's own trend and memory, and share "
        f"{_OTHER[method]}, %."
    )
    return shares, note


def _note_of_signs(ways):
    """What surrogates and the other way give, as a sentence."""
    _, surrogates, (method, other) = ways
    return (
        f"By chance (surrogates with each pixel's own trend and memory): {_signs(surrogates)}. "
        f"{labels.sentence(_OTHER[method])}: {_signs(other)}."
    )


def _signs(shares):
    up, rise, fall = (
        labels.number(shares[f"{name}_share"], 1)
        for name in ("positive", "significant_positive", "significant_negative")
    )
    return f"{up} % positive, {rise} % significantly; {fall} % significantly negative"


def note(mark, found):
    """Return what the reader must know of a layer, with the sentence of chance, or None."""
    return " ".join(filter(None, (mark, found and found.note))) or None
