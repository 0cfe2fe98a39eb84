"""Copy figures of a finished study for the README, smaller: docs/figures/<name>.png.

    make readme-figures            (after make demo)

Takes the first study of config/config.yaml; its pictures say themselves whether they are simulated.
"""

import argparse
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from nepflow.io.atomic import replacing
from nepflow.study import load
from PIL import Image

NAMES = ("nep_mean_and_trend", "nep_series", "landcover_change")
WIDTH = 1100  # pixels; a page shows some 850 of them
COLOURS = 256
LARGEST = 150_000  # bytes


def main(words=None, top=load.TOP):
    """Write the copies; return 0, or 1 with the reason on the terminal."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=NAMES, help="figures of the study")
    names = parser.parse_args(words).names
    settings = load.settings(top)
    source = Path(top, settings["results"], settings["studies"][0], "figures")
    missing = [name for name in names if not (source / f"{name}.png").is_file()]
    if missing:
        print(f"{source}: has no {', '.join(missing)}. Run `make demo` first.", file=sys.stderr)
        return 1
    target = Path(top, "docs/figures")
    target.mkdir(parents=True, exist_ok=True)
    for name in names:
        path = target / f"{name}.png"
        with replacing(path) as temporary:
            smaller(source / f"{name}.png").save(temporary, "PNG", optimize=True)
        size = path.stat().st_size
        print(f"{path}: {size / 1000:.0f} kB")
        if size > LARGEST:
            print(f"{path}: more than {LARGEST // 1000} kB. Choose another.", file=sys.stderr)
            return 1
    return 0


def smaller(path):
    """Return a picture on white, narrower, with few colours."""
    with Image.open(path) as picture:
        whole = picture.convert("RGBA")
    paper = Image.new("RGBA", whole.size, "white")
    paper.alpha_composite(whole)
    height = round(WIDTH * whole.height / whole.width)
    narrow = paper.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS)
    # a median cut would give rare colours away, such as those of a small class in the legend
    return narrow.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


if __name__ == "__main__":
    load.run(main)
