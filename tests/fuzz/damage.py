"""Damage that any file may meet: bytes of a disk, words of a person, encodings of a program."""

import re

NUMBERS = (
    "nan", "inf", "-inf", "-9999", "999.9", "32766", "1e400", "-1e308", "9" * 40, "0x1F", "1_000",
    "1,5", "１２", "T", "NULL", "/", " ", "", "-", "٣", "1e", "²", "true", "2001-01-01", "--5",
)  # fmt: skip
WORDS = (
    "NA", "null", "None", "", " ", "a/b", "../up", "{year}", "{", "$x^{2$", "'", '"', "\u200b",
    "宁夏", "é", "𝒳", "\ufeff", "a\tb", "x" * 5000, "\r", "=1+1", "<b>", "001", "1e5", "\x07",
)  # fmt: skip
ENCODINGS = ("gbk", "utf-16", "utf-8-sig", "latin-1", "big5", "utf-32", "utf-16-le")


def bytes_changed(content, chance):
    """Flip, lose, insert or overwrite some bytes of a file, mostly of its head."""
    content = bytearray(content)
    for _ in range(chance.randrange(1, 6)):
        end = len(content) if chance.random() < 0.4 else min(512, len(content))
        at, how = chance.randrange(max(end, 1)), chance.randrange(5)
        if how == 0:
            content[at : at + 1] = bytes([chance.randrange(256)])
        elif how == 1:
            del content[at : at + chance.randrange(1, 200)]
        elif how == 2:
            content[at:at] = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 20)))
        elif how == 3:
            content[at : at + 64] = bytes(64)
        else:
            del content[at:]
    return bytes(content)


def encoded(text, chance):
    """Return text as bytes of some encoding, rarely damaged ones."""
    if chance.random() < 0.9:
        content = text.encode("utf-8", "surrogatepass")
    else:
        content = text.encode(chance.choice(ENCODINGS), "replace")
    return bytes_changed(content, chance) if chance.random() < 0.05 else content


def line_changed(lines, chance):
    """Lose, double, exchange or join lines, in place."""
    at, how = chance.randrange(len(lines)), chance.randrange(5)
    if how == 0:
        del lines[at]
    elif how == 1:
        lines.insert(at, lines[chance.randrange(len(lines))])
    elif how == 2:
        other = chance.randrange(len(lines))
        lines[at], lines[other] = lines[other], lines[at]
    elif how == 3:
        lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)]
    else:
        lines[at] += lines[chance.randrange(len(lines))]


def word_changed(text, chance, words=WORDS):
    """Put another word or number in the place of one of a text."""
    found = list(re.finditer(r"[\w.+-]+", text))
    if not found:
        return text
    part = found[chance.randrange(len(found))]
    new = chance.choice(
        NUMBERS if re.match(r"[-+.\d]", part[0]) and chance.random() < 0.7 else words
    )
    return text[: part.start()] + new + text[part.end() :]


def table_changed(rows, chance):
    """Damage a table of text (list of rows, the first its head); return it as text.

    Cells, whole columns, heads, lines, separators, line ends.
    """
    rows = [list(row) for row in rows]
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        _cells_changed(rows, chance)
    separator = chance.choice([",", ",", ",", ",", ",", ",", ",", ";", "\t", "|"])
    lines = [separator.join(map(str, row)) for row in rows]
    if chance.random() < 0.1 and lines:
        line_changed(lines, chance)
    if chance.random() < 0.05:
        lines = [line.replace(".", ",") for line in lines]
    return chance.choice(["\n", "\n", "\n", "\r\n", "\r"]).join(lines) + chance.choice(["\n", ""])


def _cells_changed(rows, chance):
    how = chance.choice([0, 0, 0, 0, 3, 4, 5, 6, 6, 7])
    row = rows[chance.randrange(len(rows))]
    column = chance.randrange(max(len(row), 1))
    new = chance.choice(NUMBERS if chance.random() < 0.6 else WORDS)
    if how == 0 and row:
        row[column] = new
    elif how == 3:
        for other in rows[1:]:
            other[column : column + 1] = [new]
    elif how == 4:
        for other in rows:
            del other[column : column + 1]
    elif how == 5 and row:
        rows[0][column : column + 1] = [new]
    elif how == 6:
        _scaled(rows, column, chance)
    else:
        _exchanged(rows, column, chance)


def _scaled(rows, column, chance):
    """Another unit, or a code, in a column."""
    factor, offset = chance.choice([(1, 273.15), (1.8, 32), (1e6, 0), (-1, 0), (0, 0), (0.0394, 0)])
    for row in rows[1:]:
        try:
            row[column] = f"{float(row[column]) * factor + offset:g}"
        except (ValueError, IndexError):
            continue


def _exchanged(rows, column, chance):
    other = chance.randrange(max(len(rows[0]), 1))
    for row in rows[1:]:
        if max(column, other) < len(row):
            row[column], row[other] = row[other], row[column]
