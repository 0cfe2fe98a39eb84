"""Works that the methods text cites, from `workflow/report/references.bib`."""

import re
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parents[4] / "report/references.bib"
ALWAYS = ("crameri",)  # used by every figure

FIELDS = {
    *("author", "shortauthor", "title", "version", "edition", "journal", "publisher"),
    *("year", "volume", "number", "pages", "doi", "note"),
}
_ENTRY = re.compile(r"@(?:article|book|misc)\{(\w+),\n((?:  .+\n)+)\}\n")
_FIELD = re.compile(r"  (\w+) = \{(.+)\},")


def entries(text):
    """Return the entries of a BibTeX file, as strictly written as ours.

    An entry begins and ends at the start of a line; a field is one line, indented by two blanks,
    its value in braces. Lines that begin with ``%`` are comments.

    Parameters
    ----------
    text : str
        Content of the file.

    Returns
    -------
    dict of str to (dict of str to str)
        Fields by key, without the braces that protect capitals.

    Raises
    ------
    ValueError
        If anything else stands in it, or a key or a field twice.
    """
    text = re.sub(r"(?m)^%.*\n", "", text)
    made = {}
    for key, body in _ENTRY.findall(text):
        lines = [_FIELD.fullmatch(line) for line in body.splitlines()]
        fields = dict(line.groups() for line in lines if line)
        if key in made or len(fields) < len(lines) or not fields.keys() <= FIELDS:
            raise ValueError(
                f"{FILE.name}: entry {key} stands there twice, or has a field twice, not as "
                f"`name = {{value}},` on a line of its own, or none of {', '.join(sorted(FIELDS))}."
            )
        made[key] = {name: re.sub("[{}]", "", value) for name, value in fields.items()}
    rest = _ENTRY.sub("", text).strip()
    if rest:
        raise ValueError(
            f"{FILE.name}: not an entry: {rest.splitlines()[0]}. It begins with @article, @book or "
            "@misc at the start of a line, and its } stands on a line of its own."
        )
    return made


@cache
def works():
    """Return ``{key: ("Sen, 1968", "Sen (1968), Estimates of ...")}`` of every entry."""
    found = entries(FILE.read_text(encoding="utf-8"))
    return {key: (_short(fields), _long(fields)) for key, fields in found.items()}


def cited(*keys):
    """Return ``(Sen, 1968; Mann, 1945)``."""
    return f"({'; '.join(works()[key][0] for key in keys)})"


def listed(html):
    """Return the entries of the works that a text cites, in alphabetical order."""
    found = {key for key, (short, _) in works().items() if short in html}
    return [works()[key][1] for key in sorted(found | set(ALWAYS))]


def _short(fields):
    names = _names(fields["author"])
    if "shortauthor" in fields:
        who = _joined(_names(fields["shortauthor"]))
    elif len(names) > 2:
        who = f"{names[0]} et al."
    else:
        who = _joined(names)
    return _typeset(f"{who}, {fields['year']}")


def _long(fields):
    number = f"({fields['number']})" if "number" in fields else ""
    journal = " ".join(fields[name] for name in ("journal", "volume") if name in fields) + number
    parts = [
        f"{_joined(_names(fields['author']))} ({fields['year']})",
        fields["title"],
        fields.get("version"),
        f"{fields['edition']} ed." if "edition" in fields else None,
        fields.get("publisher", journal),
        fields.get("pages"),
        f"doi:{fields['doi']}" if "doi" in fields else None,
    ]
    note = f" ({fields['note']})" if "note" in fields else ""
    return _typeset(", ".join(filter(None, parts)) + note)


def _names(authors):
    """Return the family names; ``others`` is one of them, as in BibTeX."""
    return [author.split(",")[0] for author in authors.split(" and ")]


def _joined(names):
    *first, last = names
    if last == "others":
        return f"{', '.join(first)} et al."
    return f"{', '.join(first)} and {last}" if first else last


def _typeset(text):
    return text.replace("--", "–").replace("'", "’")
