"""Show what a study needs of each archive: files, GB, years that are missing, what is retired.

make plan STUDY=my_region
"""

import argparse
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from nepflow_acquire import plan, register, site


def main(words=None, top=site.TOP):
    """Print the plan; nothing is asked of a network."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study")
    options = parser.parse_args(words)
    try:
        study = site.study(options.study, top)
        rows = plan.plan(
            study, register.load(Path(top, "config/datasets.yaml")), bounds_of(study, top)
        )
    except ValueError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    print(plan.table_text(rows))
    if not site.settings(top)["acquire"]:
        print("config/config.yaml does not say `acquire: true`: nothing will be downloaded.")
    return 0


def bounds_of(study, top):
    """Return the box of the area in degrees, None while it is not there."""
    from nepflow import vectors

    path, settings = Path(top, study["files"]["area"]), study["area"]
    if not path.exists():
        return None
    area = vectors.read_area(path, settings["layer"], settings["name_field"])
    return tuple(area.to_crs("EPSG:4326").total_bounds)


if __name__ == "__main__":
    sys.exit(main())
