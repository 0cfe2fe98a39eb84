"""Show what a study needs of each archive, what is retired, and what is yours to bring.

make plan STUDY=my_region
"""

import argparse
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from nepflow.inputs import plan, user_files
from nepflow.study import datasets, load


def main(words=None, top=load.TOP):
    """Print the plan; nothing is asked of a network."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study")
    options = parser.parse_args(words)
    try:
        study = load.study(options.study, top)
        area = area_of(study, top)
        bounds = None if area is None else bounds_of(area)
        rows = plan.plan(study, datasets.load(Path(top, "config/datasets.yaml")), bounds)
    except ValueError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    print(plan.table_text(rows))
    print(plan.own_files_text(plan.rows(study, rows, top)))
    for key, text in () if study["simulated"] else user_files.understood(study, top):
        print(f"{key}: {text}")
    if area is not None and study["reads_tiles"]:
        for line in unlike(study["tiles"], area):
            print(line)
    if not load.settings(top)["acquire"]:
        print("config/config.yaml does not say `acquire: true`: nothing will be downloaded.")
    return 0


def area_of(study, top):
    """Return the area as one polygon in degrees, None while it is not there."""
    from nepflow.io import vectors
    from nepflow.spatial import longitude

    path, settings = Path(top, study["files"]["area"]), study["area"]
    if not path.exists():
        return None
    area = vectors.read_zones(path, settings)
    return longitude.in_degrees(area)


def bounds_of(area):
    """Return the bounds of a polygon in degrees."""
    from nepflow.spatial import longitude

    return longitude.bounds(area)


def unlike(tiles, area):
    """Yield a line on tiles of the study beside the area, one on tiles that it lacks."""
    from nepflow.download import area as download_area

    touched = download_area.tiles(area)
    beside = [tile for tile in tiles if tile not in touched]
    lacking = [tile for tile in touched if tile not in tiles]
    if beside:
        yield f"tiles: the area does not touch {', '.join(beside)}; all that `tiles` names is used."
    if lacking:
        yield f"tiles: the area also touches {', '.join(lacking)}, which `tiles` does not name."


if __name__ == "__main__":
    load.run(main)
