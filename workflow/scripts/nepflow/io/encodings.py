"""Encodings of text in files that declare none or a wrong one: which it is, or that none is known.

UTF-8 proves itself by its bytes. Of one-byte and two-byte encodings only Chinese (GBK, GB18030) can
be told by what is written; for all others the study file must say which one it is.
"""

import codecs
import re

SHARE = 0.9  # of the texts with bytes beyond ASCII that an encoding must decode to be found
COMMON = 0.6  # of the characters of Chinese names that lie among the 3755 common ones of GB 2312
LATER = 0.03  # of them that lie behind Korean syllables, which have the same bytes
HALF = 0.5  # of letters that are beyond ASCII, which no language of Latin letters has
OF_BOTH = 0x800  # characters below it, as UTF-8, may be two bytes of GBK as well
TRIED = ("gb18030", "big5", "cp932", "cp949", "cp1252", "cp1251")  # that a refusal shows
# .dbf files: byte 29, the language driver; 0x57 is "that of the machine", which says nothing
DRIVERS = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x13: "cp932", 0x26: "cp866", 0x4D: "gb18030",
    0x4E: "cp949", 0x4F: "big5", 0x50: "cp874", 0x64: "cp852", 0x65: "cp866", 0x6A: "cp737",
    0x6B: "cp857", 0x78: "big5", 0x79: "cp949", 0x7A: "gb18030", 0x7B: "cp932", 0x7C: "cp874",
    0x7D: "cp1255", 0x7E: "cp1256", 0xC8: "cp1250", 0xC9: "cp1251", 0xCA: "cp1254",
    0xCB: "cp1253", 0xCC: "cp1257",
}  # fmt: skip
_NUMBERS = {"936": "gb18030", "54936": "gb18030", "950": "big5", "65001": "utf-8", "932": "cp932"}
_CHINESE = {"gbk", "gb2312", "gb18030", "hz"}
# Written by programs that do not know: bytes that prove another encoding overrule these
_BY_HABIT = {"iso8859-1", "cp1252", "cp437", "cp850", "latin_1", "ascii"}


class UnknownEncoding(ValueError):
    """Text whose encoding neither its file nor its bytes tell; the message lists readings of it."""


def codec_of(name):
    """Return Python's name of an encoding that a file or a study calls by any of its names.

    Returns
    -------
    str or None
        None where the name is none, such as ``system`` of old .cpg files.
    """
    text = re.sub(r"^(ansi|cp|windows|oem|ldid/?\d*)[\s_-]*(?=\d)", "", name.strip().lower())
    text = re.sub(r"^8859[-_]?(\d+)$", r"iso8859-\1", text)
    for known in (_NUMBERS.get(text), text, f"cp{text}"):
        try:
            found = codecs.lookup(known or "").name
            "".encode(found)  # some codecs are of bytes, such as hex
        except (LookupError, UnicodeError, ValueError, TypeError):
            continue
        return "gb18030" if found in _CHINESE else found
    return None


def found(texts, declared, by_study=False):
    """Return the encoding of texts, and a sentence where it is not the declared one.

    Parameters
    ----------
    texts : iterable of bytes
    declared : str or None
        Codec of `codec_of`, which a file (.cpg, language driver) or a study declares.
    by_study : bool
        Whether the study declares it: then nothing overrules it.

    Returns
    -------
    (str, str)
        Codec; what a reader must know, or an empty text.

    Raises
    ------
    UnknownEncoding
    """
    texts = [text for text in dict.fromkeys(texts) if not text.isascii()]
    if not texts:
        return declared or "utf-8", ""
    if by_study:
        return declared, ""
    if declared and _decodes(texts, declared) == 1 and not _overruled(texts, declared):
        return declared, ""
    said = f"it says {declared}" if declared else "it says no encoding"
    chinese = _chinese(texts)
    if _is_utf8(texts, chinese):
        return "utf-8", f"text is read as UTF-8 ({said})"
    if chinese:
        return "gb18030", f"text is read as GBK ({said})"
    if declared and declared not in _BY_HABIT and _decodes(texts, declared) >= SHARE:
        return declared, ""
    raise UnknownEncoding(f"{said}, and its text is {_readings(texts)}")


def decoded(text, codec):
    """Return text of bytes; one that was cut within its last letter loses that letter.

    Bytes that are no text of the encoding become lone surrogates, which `is_damaged` finds.
    """
    try:
        return text.decode(codec)
    except UnicodeDecodeError as error:
        tail = len(text) - error.start
        if tail < 4 and error.end == len(text):
            return text[: error.start].decode(codec)
        return text.decode(codec, errors="surrogateescape" if codec != "utf-16" else "replace")


def is_damaged(text):
    """Tell whether a text holds bytes that its encoding does not have."""
    return any("\ud800" <= sign <= "\udfff" or sign == "\ufffd" for sign in text)


def _decodes(texts, codec):
    """Share of the texts that are text of an encoding."""
    return sum(not is_damaged(decoded(text, codec)) for text in texts) / len(texts)


def _overruled(texts, declared):
    """Tell whether bytes prove another encoding than one that a file declares."""
    chinese = _chinese(texts)
    if declared in _BY_HABIT:
        return chinese or _is_utf8(texts, chinese) or _beyond_ascii(texts) > HALF
    return declared != "utf-8" and _is_utf8(texts, True)


def _beyond_ascii(texts):
    """Share of bytes beyond ASCII among those of letters: few in languages of Latin letters."""
    signs = b"".join(texts)
    high = sum(byte >= 0x80 for byte in signs)
    return high / (high + sum(65 <= byte & 0xDF <= 90 for byte in signs if byte < 0x80))


def _is_utf8(texts, chinese):
    if _decodes(texts, "utf-8") < SHARE:
        return False
    signs = {sign for text in texts for sign in decoded(text, "utf-8")}
    return not chinese or any(OF_BOTH <= ord(sign) < 0xD800 for sign in signs)


def _chinese(texts):
    """Tell whether bytes are Chinese names in GBK.

    Most characters are pairs of GB 2312 (both bytes from 0xA1 on) and of its common ones (first
    byte 0xB0 to 0xD7). Korean (0xB0 to 0xC8) has the same bytes: some must lie behind them.
    Letters of Europe stand alone between ASCII ones, Cyrillic lies above 0xD7, Big5 and Shift-JIS
    have second bytes below 0xA1.
    """
    first, pairs, others = [], 0, 0
    for text in texts:
        place = 0
        while place < len(text):
            pair = text[place : place + 2]
            if text[place] < 0x80:
                place += 1
            elif len(pair) == 2 and min(pair) >= 0xA1 and text[place] <= 0xF7:
                pairs, place = pairs + 1, place + 2
                first += [pair[0]] if pair[0] >= 0xB0 else []
            else:
                others, place = others + 1, place + 2
    common = sum(0xB0 <= byte <= 0xD7 for byte in first)
    later = sum(0xC9 <= byte <= 0xD7 for byte in first)
    return (
        pairs >= SHARE * (pairs + others)
        and bool(first)
        and common >= COMMON * len(first)
        and later > LATER * len(first)
    )


def _readings(texts):
    """What the first text is in several encodings, for a refusal."""
    text = max(texts[:50], key=len)
    shown = {codec: decoded(text, codec) for codec in TRIED}
    known = [f"{word!r} in {codec}" for codec, word in shown.items() if not is_damaged(word)]
    return ", ".join(known) or "damaged"
