"""The parts of README.md and of the guide for clusters that the benchmarks write."""

import os
import platform
import re
from pathlib import Path

PATH = Path(__file__).resolve().parent / "README.md"


def replace_part(name, lines, path=PATH):
    """Put lines between the marks of a part; a part that is not there is an error."""
    text = path.read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    if begin not in text:
        raise ValueError(f"{path}: has no part {name}. Add the two marks.")
    before, rest = text.split(begin)
    path.write_text(
        before + begin + "\n".join(lines) + "\n" + end + rest.split(end)[1], encoding="utf-8"
    )


def machine():
    """Cores, processor and memory of this machine."""
    name, about = platform.machine(), Path("/proc/cpuinfo")
    if about.is_file():
        found = re.search(r"model name\s*: (.+)", about.read_text(encoding="utf-8"))
        name = found[1].strip() if found else name
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return f"{os.cpu_count()} cores ({name}), {memory:.0f} GB"
