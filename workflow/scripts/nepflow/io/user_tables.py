"""Reader of tables that users bring: text files and workbooks of Excel.

One reader for stations, lists of stations, plots, sites and projects. It finds out how a table is
written (encoding, separator, decimal comma, line of the header) and says it back; what it cannot
understand it refuses with the file, the line, what was found and what is needed. Rows are read in
blocks: memory grows with the values that are kept, not with the text. What a single cell means
stands in `nepflow.io.table_cells`.
"""

import csv
import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from nepflow.io import table_cells, table_files
from nepflow.io.table_files import HEAD_LINES, Written, shown
from nepflow.study.figures import did_you_mean

SAMPLE_LINES = 400  # lines that tell how numbers are written
BLOCK = 8 << 20  # bytes of text that are read at a time
LONGEST_CELL = 2000  # letters of a cell that is used
MOST_IDS = 2_000_000  # different texts of one column
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
POINT = "a decimal point where the column has commas"
SIGNS = "\u00b0\u00ba\u00b2\u00b4\u00a0"  # of degrees and units, the same in all of Latin-1
COMMENTS = ("#", "//", "!")


@dataclass
class Texts:
    """A column of texts: ``codes`` (row,) count into the different ``texts``."""

    codes: np.ndarray
    texts: list

    def of(self, values):
        """Return an array (row,) from one value a text."""
        return np.asarray(values, float)[self.codes]

    def is_blank(self):
        """Return where nothing is written, shape (row,)."""
        return np.array([not table_cells.plain(text) for text in self.texts])[self.codes]


@dataclass
class Numbers:
    """A column of numbers: values (row,), and rows of texts that are no plain numbers."""

    values: np.ndarray
    comma: bool = False
    odd: dict = field(default_factory=dict)  # text -> rows

    def is_blank(self):
        """Return where nothing is written, shape (row,)."""
        blank = np.zeros(len(self.values), bool)
        for text, rows in self.odd.items():
            blank[rows] = not table_cells.plain(text)
        return blank


@dataclass
class Table:
    """A table that was opened: how it is written, and the names of its columns.

    Attributes
    ----------
    path : str
    written : Written
    names : list of str
        Of the columns, as the header has them.
    line : int
        Line of the header.
    encoding, separator : str
    said : list of str
        What was understood of the way in which the table is written.
    """

    path: str
    written: Written
    names: list
    line: int
    encoding: str
    separator: str
    spare: int
    source: str
    multiline: bool
    sheet: str = ""
    left_out: np.ndarray | None = None
    said: list = field(default_factory=list)

    def refuse(self, message, line=None):
        """Raise the error of the caller, with the file, and the line where there is one."""
        where = f", {'row' if self.sheet else 'line'} {line}" if line else ""
        sheet = f" (sheet {self.sheet})" if self.sheet else ""
        raise self.written.refused(f"{self.path}{sheet}{where}: {message}")

    def line_of(self, row):
        """Return the line of a row of the data; None where it cannot be told."""
        try:
            for number, (line, _) in enumerate(self._records()):
                if number == row:
                    return line
        except (csv.Error, UnicodeDecodeError):
            pass
        return None

    def _records(self):
        """Yield (line, cells) of the rows as `read` counts them."""
        width = len(self.names) + self.spare
        with table_files.as_text(self.source, self.encoding) as file:
            for _ in range(self.line):
                file.readline()
            rows = csv.reader(file, delimiter=self.separator)
            for cells in rows:
                if len(cells) == width:
                    yield self.line + rows.line_num, cells

    def odd_of(self, numbers):
        """Yield (text, rows) of the cells of used rows that are no plain numbers."""
        for text, rows in numbers.odd.items():
            kept = rows if self.left_out is None else rows[~self.left_out[rows]]
            if len(kept):
                yield text, kept

    def refuse_cell(self, column, text, row, needed):
        """Refuse a cell that is not what its column needs."""
        self.refuse(f"column {column} holds {shown(text)}; {needed}", self.line_of(row))

    def read(self, texts=(), numbers=()):
        """Read columns.

        Parameters
        ----------
        texts, numbers : sequence of str
            Names of columns, of which each stands once in the header. Numbers that many rows
            share, such as places of stations, are read faster as texts.

        Returns
        -------
        dict
            `Texts` and `Numbers` by name, of the rows that hold anything.

        Raises
        ------
        BadUserTable or ``written.refused``
            If a row has another number of cells than the header, or the file cannot be read.
        """
        wanted = list(dict.fromkeys([*texts, *numbers]))
        commas = self._commas(numbers)
        skipped, wrong = [0], []
        places = {name: f"c{self.names.index(name)}" for name in wanted}
        columns = [f"c{n}" for n in range(len(self.names) + self.spare)]
        found_texts, found_numbers = {n: _TextsMaker() for n in texts}, {}
        found_numbers = {n: _NumbersMaker(n in commas) for n in numbers if n not in found_texts}

        def handled(row):
            if row.text.strip(f' "{self.separator}').startswith(COMMENTS) or not row.text.strip(
                f' "\r\n{self.separator}'
            ):
                skipped[0] += 1
                return "skip"
            wrong.append((row.actual_columns, row.expected_columns, row.text))
            return "error"

        try:
            with table_files.as_bytes(self.source) as file:
                batches = arrow_csv.open_csv(
                    file,
                    read_options=arrow_csv.ReadOptions(
                        use_threads=True,
                        block_size=BLOCK,
                        column_names=columns,
                        skip_rows=self.line,
                        encoding=table_files.arrow_encoding(self.encoding),
                    ),
                    parse_options=arrow_csv.ParseOptions(
                        delimiter=self.separator,
                        invalid_row_handler=handled,
                        newlines_in_values=self.multiline,
                    ),
                    convert_options=arrow_csv.ConvertOptions(
                        column_types=dict.fromkeys(
                            places.values(), pa.dictionary(pa.int32(), pa.string())
                        ),
                        include_columns=list(places.values()),
                        strings_can_be_null=False,
                        check_utf8=True,
                    ),
                )
                rows = 0
                for batch in batches:
                    for name, place in places.items():
                        maker = found_texts.get(name) or found_numbers[name]
                        maker.add(batch.column(place), rows, self, name)
                    rows += batch.num_rows
        except pa.ArrowInvalid as error:
            self._refuse_row(wrong, error)
        except (*table_files.DAMAGED, UnicodeError) as error:
            raise table_files.unreadable(self.path, error, self.written) from None
        if skipped[0]:
            self.said.append(f"{skipped[0]} empty or comment lines left out")
        if not rows:
            self.refuse("no records below the header. Put the rows into it.")
        found = {name: maker.made() for name, maker in (found_texts | found_numbers).items()}
        self._unused(found)
        self._check_letters(found)
        if self.left_out is not None and self.left_out.all():
            self.refuse("no records below the header. Put the rows into it.")
        return found

    def _check_letters(self, found):
        """Refuse letters beyond ASCII in texts whose encoding is only guessed."""
        if self.encoding != "latin-1" or self.written.encoding:
            return
        for name, column in found.items():
            for place, text in enumerate(getattr(column, "texts", ())):
                if any(ord(letter) > 127 and letter not in SIGNS for letter in text):
                    row = int(np.argmax(column.codes == place))
                    self.refuse_cell(
                        name,
                        text,
                        row,
                        "its letters are neither UTF-8 nor GBK. Save the file as UTF-8."
                        + self.written.declare("encoding: latin-1"),
                    )

    def used(self, values):
        """Return the values (row,) of the rows that are not left out."""
        return values if self.left_out is None else values[~self.left_out]

    def _unused(self, found):
        """Mark rows that are a comment, the header again, or empty; return how many of each."""
        first = next((name for name in found if isinstance(found[name], Texts)), None)
        if first is None:
            return
        ids = found[first]
        folded = [table_cells.plain(text) for text in ids.texts]
        kinds = {
            "comment lines": [text.startswith(COMMENTS) for text in folded],
            "further headers": [text == first for text in folded],
            "empty rows": [not text for text in folded],
        }
        for what, marks in kinds.items():
            if not any(marks):
                continue
            rows = np.array(marks)[ids.codes]
            if what == "empty rows":
                for column in found.values():
                    rows &= column.is_blank()
            elif what == "further headers":
                for name, column in found.items():
                    if isinstance(column, Texts):
                        same = [table_cells.plain(text) == name for text in column.texts]
                        rows &= np.array(same)[column.codes]
            if rows.any():
                self.said.append(f"{rows.sum()} {what} left out")
                self.left_out = rows if self.left_out is None else self.left_out | rows

    def _commas(self, numbers):
        """Return the columns of numbers with a decimal comma, as the first rows tell."""
        found = set()
        places = {name: self.names.index(name) for name in numbers}
        try:
            for number, (_, cells) in enumerate(self._records()):
                if number > SAMPLE_LINES:
                    break
                for name, place in places.items():
                    if table_cells.DECIMAL_COMMA.fullmatch(cells[place].strip()):
                        found.add(name)
        except (csv.Error, UnicodeDecodeError):
            pass
        return found

    def _refuse_row(self, wrong, error):
        """Name the line of a row with another number of cells."""
        if not wrong:
            self.refuse(f"cannot be read as a table ({error}). Save it again as CSV in UTF-8.")
        actual, expected, text = wrong[0]
        line, row = None, next(csv.reader([text], delimiter=self.separator), [])
        with table_files.as_text(self.source, self.encoding) as file:
            try:
                rows = csv.reader(file, delimiter=self.separator)
                for cells in rows:
                    if rows.line_num > self.line and cells == row:
                        line = rows.line_num
                        break
            except csv.Error:
                pass
        hint = ""
        if self.separator == "," and actual > expected:
            hint = " Are there decimal commas or separators of thousands without quotes?"
        self.refuse(
            f"{actual} cells where the header has {expected}: {shown(text.strip())}.{hint} Mend "
            "the line.",
            line,
        )


class _TextsMaker:
    """Gathers `Texts` of blocks."""

    def __init__(self):
        self.known, self.parts = {}, []

    def add(self, column, rows, table, name):
        """Add the column of a block."""
        texts = column.dictionary.to_pylist()
        if len(self.known) + len(texts) > MOST_IDS:
            table.refuse(f"column {name} has more than {MOST_IDS} different texts.")
        own = np.empty(len(texts), "int32")
        for place, text in enumerate(texts):
            if len(text) > LONGEST_CELL:
                row = rows + int(np.argmax(column.indices.to_numpy() == place))
                table.refuse_cell(name, text, row, f"at most {LONGEST_CELL} letters can be used.")
            own[place] = self.known.setdefault(text, len(self.known))
        self.parts.append(own[column.indices.to_numpy()])

    def made(self):
        """Return the column."""
        codes = np.concatenate(self.parts) if self.parts else np.empty(0, "int32")
        return Texts(codes, list(self.known))


class _NumbersMaker:
    """Gathers `Numbers` of blocks."""

    PLAIN = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\s*$"
    COMMA = r"^\s*[+-]?(\d+|\d*,\d+)([eE][+-]?\d{1,3})?\s*$"

    def __init__(self, comma):
        self.comma, self.parts, self.odd = comma, [], {}

    def add(self, column, rows, table, name):
        """Add the column of a block."""
        texts, codes = column.dictionary, column.indices.to_numpy()
        plain = pc.match_substring_regex(texts, self.COMMA if self.comma else self.PLAIN)
        numeric = pc.utf8_trim_whitespace(pc.if_else(plain, texts, "nan"))
        if self.comma:
            numeric = pc.replace_substring(numeric, ",", ".")
        values = numeric.cast(pa.float64()).to_numpy(zero_copy_only=False).copy()
        self.parts.append(values[codes])
        odd = ~plain.to_numpy(zero_copy_only=False)
        infinite = np.isinf(values)
        for place in np.flatnonzero(odd | infinite):
            text = texts[int(place)].as_py()
            places = rows + np.flatnonzero(codes == place)
            if infinite[place]:
                table.refuse_cell(name, text, places[0], "a finite number is needed.")
            self.odd.setdefault(text, []).append(places)

    def made(self):
        """Return the column."""
        odd = {text: np.concatenate(rows) for text, rows in self.odd.items()}
        values = np.concatenate(self.parts) if self.parts else np.empty(0)
        return Numbers(values, self.comma, odd)


# --- opening


def opened(path, wanted, written=None):
    """Open a table and find its header.

    Parameters
    ----------
    path : str
        Text with a separator (comma, semicolon, tab, bar), compressed or not, or a workbook of
        Excel (.xlsx, .xlsm).
    wanted : callable
        Number of columns of a list of names that the caller knows; the line of the header is that
        with most of them.
    written : Written, optional

    Returns
    -------
    Table

    Raises
    ------
    BadUserTable or ``written.refused``
    """
    written = written or Written()
    path = str(path)
    source = table_files.source_of(path, written)
    try:
        lines = _head(source.path, source.encoding)
    except table_files.DAMAGED as error:
        raise table_files.unreadable(path, error, written) from None
    table = _with_header(lines, wanted, path, written)
    table.encoding, table.source, table.sheet = source.encoding, source.path, source.sheet
    if source.quoted:
        table.multiline = _over_lines(table)
    if source.sheet:
        table.said.append(f"sheet {source.sheet} of a workbook")
    else:
        table.said.append(f"{SEPARATORS[table.separator]}, {table_files.called(source.encoding)}")
    if table.line > 1:
        table.said.append(f"header in line {table.line}")
    return table


def _head(path, encoding):
    with table_files.as_text(path, encoding) as file:
        return [file.readline(1 << 20) for _ in range(HEAD_LINES)]


def _with_header(lines, wanted, path, written):
    """Find separator and line of the header: those with most of the known columns."""
    best = (0, None, None, [])
    for number, line in enumerate(lines, start=1):
        if line.lstrip(' "').startswith("//"):
            continue
        for separator in SEPARATORS:
            names = _cells(line, separator)
            count = wanted(names)
            if count > best[0]:
                best = (count, number, separator, names)
    count, number, separator, names = best
    if not count:
        first = next((line for line in lines if line.strip()), "")
        raise written.refused(
            f"{path}: no header is found: none of the first {HEAD_LINES} lines names a column that "
            f"is needed; the first is {shown(first.strip())}. Write the names of the columns "
            "above them." + written.declare("columns: {...}")
        )
    while names and not names[-1]:
        names.pop()
    widths = [len(_cells(line, separator)) for line in lines[number:] if line.strip()]
    width = max(len(names), len(_cells(lines[number - 1], separator)))
    usual = max(set(widths), key=widths.count) if widths else width
    if usual == width + 1 and all(
        not _cells(line, separator)[-1] for line in lines[number:] if line.strip()
    ):
        width = usual  # every row ends with a separator, the header does not
    return Table(path, written, names, number, "", separator, width - len(names), path, False)


def _cells(line, separator):
    try:
        cells = next(csv.reader([line.rstrip("\r\n")], delimiter=separator), [])
    except csv.Error:
        return []
    return [table_cells.plain(cell).lstrip("\ufeff") for cell in cells]


def _over_lines(table):
    """Tell whether cells reach over several lines; refuse a quote that swallows rows."""
    with table_files.as_text(table.source, table.encoding) as file:
        if not any(line.count('"') % 2 for line in file):
            return False
    width = len(table.names)
    with table_files.as_text(table.source, table.encoding) as file:
        rows, before = csv.reader(file, delimiter=table.separator, strict=True), 0
        try:
            for cells in rows:
                for cell in cells:
                    inner = re.split(r"[\r\n]+", cell)[1:-1]
                    if any(part.count(table.separator) >= width - 1 for part in inner):
                        raise csv.Error
                before = rows.line_num
        except csv.Error:
            table.refuse(
                "a quote is opened and not closed in its cell, or letters follow it. Mend it.",
                before + 1,
            )
    return True


# --- finding columns


def find(names, ours, spelled=(), given=None):
    """Return the column of a header that holds something, or None.

    Parameters
    ----------
    names : list of str
        Header.
    ours : str
        Our name.
    spelled : iterable of str
        Other names that mean the same.
    given : str, optional
        Name that the study gives; nothing else is taken then.
    """
    if given is not None:
        folded = [table_cells.folded(name) for name in names]
        same = given if given in names else None
        near = table_cells.folded(given)
        return same or (names[folded.index(near)] if folded.count(near) == 1 else None)
    if ours in names:
        return ours
    folded = [table_cells.folded(name) for name in names]
    for name in (ours, *spelled):
        if table_cells.folded(name) in folded:
            return names[folded.index(table_cells.folded(name))]
    return None


def check_once(table, name):
    """Refuse a column that stands twice in the header."""
    if table.names.count(name) > 1:
        places = [str(k + 1) for k, other in enumerate(table.names) if other == name]
        table.refuse(
            f"the column {name} stands {len(places)} times in the header (columns "
            f"{', '.join(places)}). Rename or delete all but one.",
            table.line,
        )


def refuse_lacking(table, ours, given=None, maps=True):
    """Refuse a table without a column that is needed; ``maps`` where the study may name it."""
    there = ", ".join(table.names[:30]) + (" ..." if len(table.names) > 30 else "")
    wanted = given if given is not None else ours
    table.refuse(
        f"has no column {wanted}, but {there}.{did_you_mean(wanted, table.names)} "
        + (
            f"Name the one that holds it: {table.written.key}: {{columns: {{{ours}: ...}}}}; or "
            "rename or add it."
            if maps
            else f"Rename or add it ({table.written.key}, docs/data.md)."
        ),
        table.line,
    )


def numbers_of(table, name, numbers, trace=None):
    """Return the values of a column of numbers, shape (row,); NaN = missing.

    Parameters
    ----------
    table : Table
    name : str
        Of the column.
    numbers : Numbers
    trace : float, optional
        What a trace (T) is; without it a trace is no number.

    Raises
    ------
    BadUserTable or ``written.refused``
        With the line of the first cell that is no number.
    """
    values, found, kinds = numbers.values, {}, set()
    for text, rows in table.odd_of(numbers):
        cell = table_cells.number(text)
        if cell.kind == table_cells.TRACE and trace is None:
            cell = table_cells.Cell(table_cells.NONE)
        if cell.kind == table_cells.NONE:
            table.refuse_cell(
                name, text, rows[0], "a number is needed there, or an empty cell where none is."
            )
        kinds.add(cell.kind)
        found[text] = cell
        if cell.kind == table_cells.VALUE and "." in text:
            kinds.add(POINT)
    _refuse_contradiction(table, name, numbers, found, kinds)
    missing = {}
    for text, cell in found.items():
        rows = numbers.odd[text]
        values[rows] = {table_cells.TRACE: trace, table_cells.MISSING: np.nan}.get(
            cell.kind, cell.value
        )
        if cell.kind in (table_cells.MISSING, table_cells.TRACE) and text.strip():
            missing[text.strip()] = cell.kind, len(rows)
    for text, (kind, count) in missing.items():
        table.said.append(f"{name}: {count} {shown(text)} are {kind}")
    return values


def _refuse_contradiction(table, name, numbers, found, kinds):
    """Refuse commas that may be decimal or of thousands, and both in one column."""

    def first(kind):
        return next(text for text, cell in found.items() if cell.kind == kind)

    if numbers.comma and POINT in kinds:
        text = next(text for text in found if "." in text)
        table.refuse_cell(
            name,
            text,
            numbers.odd[text][0],
            "other cells of the column have a decimal comma. Write all with a point.",
        )
    if not kinds & {table_cells.EITHER, table_cells.DECIMAL}:
        return
    points = POINT in kinds or (
        not numbers.comma and (np.isfinite(numbers.values) & (numbers.values % 1 != 0)).any()
    )
    if table_cells.EITHER in kinds:
        text = first(table_cells.EITHER)
        if table_cells.DECIMAL in kinds and not (table_cells.THOUSANDS in kinds or points):
            for other, cell in found.items():
                if cell.kind == table_cells.EITHER:
                    found[other] = table_cells.Cell(table_cells.DECIMAL, cell.other)
        elif not (table_cells.THOUSANDS in kinds or points):
            table.refuse_cell(
                name,
                text,
                numbers.odd[text][0],
                f"that may be {found[text].value:g} or {found[text].other:g}. Write numbers "
                "without separators of thousands.",
            )
    if table_cells.DECIMAL in kinds and (table_cells.THOUSANDS in kinds or points):
        text = first(table_cells.DECIMAL)
        table.refuse_cell(
            name,
            text,
            numbers.odd[text][0],
            "other cells of the column have a decimal point. Write all with a point.",
        )


def frame(table, names, numbers):
    """Return columns of a table as a data frame.

    Parameters
    ----------
    table : Table
    names : dict of {str: str}
        Our name -> column of the table.
    numbers : collection of str
        Our names of those that are numbers; the others are texts.

    Returns
    -------
    pandas.DataFrame
        Texts without blanks at their ends, None where nothing is written; numbers, NaN = missing.
        ``lines`` in ``attrs`` gives the number that `Table.line_of` takes of each row.
    """
    for name in names.values():
        check_once(table, name)
    texts = [theirs for ours, theirs in names.items() if ours not in numbers]
    found = table.read(texts, [theirs for ours, theirs in names.items() if ours in numbers])
    made = {}
    for ours, theirs in names.items():
        if ours in numbers:
            made[ours] = table.used(numbers_of(table, theirs, found[theirs]))
        else:
            plain = [table_cells.plain(text) or None for text in found[theirs].texts]
            made[ours] = np.array(plain, object)[table.used(found[theirs].codes)]
    return pd.DataFrame(made)
