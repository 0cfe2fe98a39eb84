"""Text that figures and pages share: units, numbers, degrees, the mark of simulated inputs."""

import math
import re

from nepflow.study.variables import VARIABLES

SIMULATED = "simulated"
NO_DATA = "no data (barren, water, ...)"
REGION = "all"  # value of the columns ``zones`` and ``zone`` in rows that cover the whole area

_NAMES = {
    "nep": "NEP",
    "npp": "NPP",
    "rh": "Rh",
    **{name: about.en.name for name, about in VARIABLES.items()},
}
_STATISTICS = {
    "slope": "Theil–Sen slope",
    "line_start": "line in the first year",
    "z": "Mann–Kendall Z",
    "p": "Mann–Kendall p",
    "valid_share": "share with data",
    "valid_area": "area with data",
}
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_THIN = "\u202f"  # narrow no-break space between thousands
_MINUS = "\u2212"


def unit_text(unit):
    """Return a plain unit as it is typeset.

    Parameters
    ----------
    unit : str
        As in tags and tables: ``g C m-2 yr-1``, ``degC``, ``1`` for no unit.

    Returns
    -------
    str
        ``g C m⁻² yr⁻¹``, ``°C``, and an empty text for no unit.
    """
    if unit in ("", "1", None):
        return ""
    exponents = re.sub(
        r"(?<=[A-Za-z])-?\d+", lambda match: match.group().translate(_SUPERSCRIPTS), unit
    )
    return exponents.replace("degC", "°C").replace("CO²", "CO₂")


def sentence(text):
    """Return ``text`` beginning with a capital; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def joined(names):
    """Return ``a``, ``a and b`` or ``a, b and c``."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def variable_name(quantity):
    """Return the name of the variable that a quantity is a statistic of, or an empty text."""
    return _NAMES.get(quantity.partition("_")[0], "")


def quantity_name(quantity):
    """Return the name of a quantity for readers: ``nep_valid_share`` is NEP, share with data."""
    first, _, rest = quantity.partition("_")
    if first not in _NAMES:
        return sentence(quantity.replace("_", " "))
    if not rest:
        return _NAMES[first]
    return f"{_NAMES[first]}, {_STATISTICS.get(rest, rest.replace('_', ' '))}"


def statistic_name(name):
    """Return the name of a statistic for readers: ``slope`` is Theil–Sen slope."""
    for beginning in ("", "total_"):
        rest = name.removeprefix(beginning)
        if rest in _STATISTICS and name.startswith(beginning):
            return f"{_STATISTICS[rest]}{' of the total' if beginning else ''}"
    return name.replace("_", " ")


def with_unit(name, unit):
    """Return ``name (unit)``, or the name alone where there is no unit."""
    text = unit_text(unit)
    return f"{name} ({text})".strip() if text else name


def decimals_for(largest, digits=4):
    """Return the decimals that show a value of this size with ``digits`` digits, at most four."""
    if not largest or not math.isfinite(largest):
        return 0
    return min(4, max(0, digits - 1 - math.floor(math.log10(abs(largest)))))


def number(value, decimals=2):
    """Return a number with a true minus sign and narrow spaces between thousands.

    An absent value (None, NaN) is an en dash; no value is shown as minus zero.
    """
    if value is None or math.isnan(value):
        return "–"
    text = f"{value:,.{decimals}f}"
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    if abs(value) < 10_000:
        text = text.replace(",", "")
    return text.replace(",", _THIN).replace("-", _MINUS)


def compact_number(value, digits=4):
    """Return a number with about ``digits`` digits, a very small one as a power of ten."""
    if value is None or math.isnan(value) or float(value).is_integer():
        return number(value, 0)
    if abs(value) >= 1e-3:
        return number(value, decimals_for(value, digits))
    figure, exponent = f"{value:.1e}".split("e")
    power = str(int(exponent)).translate(_SUPERSCRIPTS)
    return f"{figure} × 10{power}".replace("-", _MINUS)


def p_value(value):
    """Return a p value with three decimals, small ones as a bound."""
    if value is None or math.isnan(value):
        return "–"
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def p_text(value):
    """Return ``p = 0.012`` or ``p < 0.001``."""
    text = p_value(value)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def degrees(value, positive, negative):
    """Return a longitude or latitude such as ``87.5°E``; the zero meridian has no letter."""
    size = f"{abs(value):.4f}".rstrip("0").rstrip(".")
    if not size.strip("0."):
        return "0°"
    return f"{size}°{positive if value > 0 else negative}"


def closing_percentages(counts, decimals=1):
    """Return the percentages of ``counts`` so that the rounded ones sum to exactly 100.

    What plain rounding leaves over goes to the largest remainders (Hare's method), ties to
    the earlier class.

    Parameters
    ----------
    counts : sequence of float
        Cells or areas of each class.
    decimals : int
        Decimals that are shown.

    Returns
    -------
    list of float
        Empty counts give zeros.
    """
    total = sum(counts)
    if not total:
        return [0.0 for _ in counts]
    steps = 100 * 10**decimals
    exact = [count / total * steps for count in counts]
    floors = [math.floor(share) for share in exact]
    by_remainder = sorted(range(len(counts)), key=lambda index: floors[index] - exact[index])
    for index in by_remainder[: steps - sum(floors)]:
        floors[index] += 1
    return [share / 10**decimals for share in floors]


def some(names, most=12):
    """Return names as a list in a sentence, beyond ``most`` only how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def percent(share, exact, decimals=1):
    """Return a rounded share, or a bound where something exists but rounds to nothing."""
    if exact > 0 and share == 0:
        return f"< {10**-decimals:g} %"
    return f"{share:.{decimals}f} %"
