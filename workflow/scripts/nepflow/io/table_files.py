"""Files of tables that users bring, as text: encodings, compression, workbooks of Excel."""

import bz2
import csv
import gzip
import io
import lzma
import re
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nepflow.io import table_cells

HEAD_LINES = 40  # lines among which the header is looked for
ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "gb18030": "GBK", "latin-1": "Latin-1"}
COMMON = 0.9  # share of the letters beyond ASCII that must be common ones in a text of GBK
COMPRESSED = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}
OTHERS = (b"%PDF", b"{\\rtf", b"<!DOC", b"<html", b"<?xml", b"CDF", b"\x89HDF")
DAMAGED = (OSError, EOFError, lzma.LZMAError, zlib.error, zipfile.BadZipFile, NotImplementedError)


class BadUserTable(ValueError):
    """A table of a user that cannot be read as declared."""


@dataclass(frozen=True)
class Written:
    """What a study says of a table, where the file does not tell it itself.

    Attributes
    ----------
    key : str
        Place in the study file, that messages name.
    encoding, sheet : str, optional
        Encoding of the text; sheet of a workbook.
    declares : bool
        Whether the study file has these keys below ``key``.
    refused : type
        Error that is raised.
    """

    key: str = ""
    encoding: str | None = None
    sheet: str | None = None
    declares: bool = False
    refused: type = BadUserTable

    def declare(self, words):
        """Return the sentence on what can be declared in the study file, where that can be."""
        return f" Or declare it: {self.key}: {{{words}}}." if self.declares else ""


def shown(text, most=60):
    """Return a text for a message: cut, and without letters that a terminal acts on."""
    text = text if len(text) <= most else f"{text[:most]}..."
    return repr(text)


@dataclass(frozen=True)
class Source:
    """A table as text: path of the text, encoding, whether it holds quotes, sheet of a workbook."""

    path: str
    encoding: str
    quoted: bool
    sheet: str


def source_of(path, written):
    """Return the `Source` of a file.

    Parameters
    ----------
    path : str
    written : Written

    Raises
    ------
    BadUserTable or ``written.refused``
        If the file is no text and no workbook, or in an encoding that cannot be told.
    """
    first = _first_bytes(path, written)
    sheet, source = "", path
    if _is_workbook(path, first, written):
        sheet, source = _from_workbook(path, written)
    elif first.startswith(b"\xd0\xcf\x11\xe0"):
        raise written.refused(
            f"{path}: a workbook of Excel 97-2003 (.xls). Save it as .xlsx or as CSV in UTF-8."
        )
    elif first.startswith(OTHERS):
        raise written.refused(
            f"{path}: is no table but begins with {first[:8]!r}. Bring the table as CSV or .xlsx; "
            "a web page in its place is a login or an error of the server."
        )
    try:
        return Source(source, *_encoding(source, written), sheet)
    except DAMAGED as error:
        raise unreadable(path, error, written) from None


def unreadable(path, error, written):
    """Return the error of a file that ends before its end."""
    return written.refused(f"{path}: cannot be read to its end ({error}). Save or copy it again.")


def called(encoding):
    """Return an encoding as people call it."""
    return ENCODINGS.get(encoding, encoding.upper())


def arrow_encoding(encoding):
    """Return an encoding as Arrow calls it."""
    return "utf8" if encoding in ("utf-8", "utf-8-sig") else encoding


def _first_bytes(path, written):
    try:
        with open(path, "rb") as file:
            first = file.read(16)
    except FileNotFoundError:
        raise written.refused(f"{path}: no such file. Put it there (docs/data.md).") from None
    except OSError as error:
        raise written.refused(f"{path}: cannot be read ({error.strerror}).") from None
    if not first:
        raise written.refused(f"{path}: an empty file (0 bytes). Bring the table.")
    return first


@contextmanager
def as_bytes(path):
    """Open a file, unpacked where it is compressed."""
    with open(path, "rb") as file:
        first = file.read(8)
    opener = next((COMPRESSED[key] for key in COMPRESSED if first.startswith(key)), open)
    if first.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(path) as archive:
            name = next(entry for entry in archive.namelist() if not entry.endswith("/"))
            with zipfile.Path(archive, name).open("rb") as file:
                yield file
        return
    with opener(path, "rb") as file:
        yield file


@contextmanager
def as_text(path, encoding):
    """Open a file as text, line ends as they are."""
    with as_bytes(path) as raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as file:
        yield file


def _is_workbook(path, first, written):
    """Tell a workbook from a table; of a zip one table is taken."""
    if not first.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise written.refused(
            f"{path}: a workbook or zip that cannot be opened ({error}). Save or copy it again."
        ) from None
    if "xl/workbook.xml" in names:
        return True
    if len(names) != 1:
        raise written.refused(
            f"{path}: a zip of {len(names)} files, and no workbook. Unpack it and name the table."
        )
    return False


def _from_workbook(path, written):
    """Write a sheet as text in UTF-8; return its name and the path of the text."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        sheets = {sheet.title: sheet for sheet in book.worksheets}
        chosen = written.sheet
        if chosen is None:
            full = [name for name, sheet in sheets.items() if _holds_rows(sheet)]
            if len(full) != 1:
                raise written.refused(
                    f"{path}: {len(full)} sheets with rows ({', '.join(full)}). Leave one in it."
                    + written.declare("sheet: ...")
                )
            (chosen,) = full
        if chosen not in sheets:
            raise written.refused(
                f"{path}: no sheet {chosen}, but {', '.join(sheets)} ({written.key}: sheet)."
            )
        return chosen, _sheet_text(path, sheets[chosen], chosen, written)
    except written.refused:
        raise
    except Exception as error:  # whatever a damaged workbook makes of its reader
        raise written.refused(
            f"{path}: cannot be read as a workbook of Excel ({type(error).__name__}: {error}). "
            "Save it again, or as CSV in UTF-8."
        ) from None


def _holds_rows(sheet):
    rows = sheet.iter_rows(max_row=HEAD_LINES, values_only=True)
    return sum(any(cell is not None for cell in row) for row in rows) >= 2


_SHEETS = tempfile.TemporaryDirectory(prefix="nepflow_tables_")


def _sheet_text(path, sheet, chosen, written):
    """Write the cells of a sheet as they are meant, a line a row."""
    import openpyxl

    target = Path(_SHEETS.name, f"{abs(hash((path, chosen)))}.csv")
    blank = set()
    with open(target, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        width = 0
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            cells = [table_cells.of_workbook(cell) for cell in row]
            width = max(width, len(cells)) if number <= HEAD_LINES else width
            if not any(cells):
                file.write("\n")
                continue
            cells += [""] * (width - len(cells))
            blank.update((number, k) for k, cell in enumerate(row) if cell is None)
            writer.writerow([re.sub(r"[\r\n]+", " ", cell) for cell in cells])
    formulas = openpyxl.load_workbook(path, read_only=True)[chosen] if blank else None
    for number, row in enumerate(formulas.iter_rows(values_only=True) if blank else (), start=1):
        for k, cell in enumerate(row):
            if isinstance(cell, str) and cell.startswith("=") and (number, k) in blank:
                raise written.refused(
                    f"{path} (sheet {chosen}), row {number}: the formula {shown(cell)} has no "
                    "value stored. Open the workbook in Excel and save it, or paste values."
                )
    return str(target)


def _encoding(path, written):
    """Return the encoding of a text, and whether it holds quotes."""
    with as_bytes(path) as file:
        first = file.read(1 << 16)
    for mark, name in (
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\x00\x00\xfe\xff", "utf-32"),
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if first.startswith(mark):
            return _checked(path, [name], written)
    if written.encoding:
        return _checked(path, [written.encoding], written)
    zeros = np.frombuffer(first, "uint8") == 0
    if zeros.any():
        even, odd = zeros[::2].mean(), zeros[1::2].mean() if len(zeros) > 1 else 0
        if max(even, odd) > 0.2:
            return _checked(path, ["utf-16-le" if odd > even else "utf-16-be"], written)
        raise written.refused(
            f"{path}: holds bytes of 0, as no text does. Bring the table as CSV in UTF-8 or .xlsx."
        )
    return _checked(path, ["utf-8", "gb18030", "latin-1"], written)


def _is_common(letter):
    """Whether a letter is one of GB2312: GBK reads nearly any bytes as rare ones."""
    try:
        return bool(letter.encode("gb2312"))
    except UnicodeEncodeError:
        return False


def _checked(path, names, written):
    """Return the first encoding in which a whole file can be read, and whether it holds quotes."""
    for name in names:
        quoted, others = False, []
        try:
            with as_text(path, name) as file:
                while part := file.read(1 << 22):
                    quoted = quoted or '"' in part
                    if "\x00" in part:
                        raise written.refused(
                            f"{path}: holds letters of code 0, as no table does. Save or copy it "
                            "again."
                        )
                    if name == "gb18030" and not part.isascii():
                        others = [letter for letter in part if ord(letter) > 127]
                        if sum(map(_is_common, others)) < COMMON * len(others):
                            break
                else:
                    return name, quoted
        except (UnicodeError, LookupError) as error:
            if len(names) == 1:
                raise written.refused(
                    f"{path}: cannot be read as {called(name)} ({error}). Save it as UTF-8."
                    + written.declare("encoding: ...")
                ) from None
    return "latin-1", quoted
