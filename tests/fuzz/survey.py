"""Count what damaged inputs do to a checkout, this one or another.

python tests/fuzz/survey.py [--checkout FOLDER] [--seed 1] [--counts rasters=1500 ...]

Prints a line of a table a kind, and what is wrong. The inputs of a seed are the same for every
checkout: its readers get them, each in a process of its own.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
COUNTS = {
    "rasters": 1000,
    "vector files": 1000,
    "tables": 1000,
    "study files": 5700,
    "station files": 3100,
    "tiles": 1000,
}


def on_path(checkout):
    """Let the library and scripts of a checkout be found before all others."""
    scripts = Path(checkout).resolve() / "workflow/scripts"
    folders = [folder for folder in sorted(scripts.iterdir()) if folder.is_dir()]
    sys.path[:0] = [str(path) for path in (HERE, HERE.parent / "support", scripts, *folders)]


def main():
    """Print the counts of every kind and what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkout", type=Path, default=HERE.parents[1])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--counts", nargs="*", default=[], metavar="KIND=N")
    options = parser.parse_args()
    on_path(options.checkout)
    from fuzzing import OUTCOMES, survey
    from kinds_of_inputs import KINDS

    os.nice(15)
    wanted = dict(pair.split("=") for pair in options.counts) or COUNTS
    print("| input | tried | " + " | ".join(OUTCOMES) + " | s |")
    for name, count in wanted.items():
        with tempfile.TemporaryDirectory() as folder:
            world, start = KINDS[name].prepare(Path(folder)), time.monotonic()
            chances = [random.Random(f"{options.seed} {n}") for n in range(int(count))]
            counts, wrong = survey(KINDS[name], world, chances)
        cells = [name, count, *(counts[what] for what in OUTCOMES)]
        print("|", " | ".join(map(str, [*cells, round(time.monotonic() - start)])), "|", flush=True)
        print(*wrong, sep="\n", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
