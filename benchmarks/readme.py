"""The parts of README.md that the benchmarks write."""

from pathlib import Path

PATH = Path(__file__).resolve().parent / "README.md"


def replace_part(name, lines):
    """Put lines between the marks of a part; a part that is not there is an error."""
    text = PATH.read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    if begin not in text:
        raise ValueError(f"{PATH}: has no part {name}. Add the two marks.")
    before, rest = text.split(begin)
    PATH.write_text(
        before + begin + "\n".join(lines) + "\n" + end + rest.split(end)[1], encoding="utf-8"
    )
