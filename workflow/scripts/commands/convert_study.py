"""Give a study file of an older version the names of this one.

python workflow/scripts/commands/convert_study.py my_region

Comments and the order of lines stay; the old file stays beside it as my_region.yaml.old.
"""

import argparse
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from nepflow.io.atomic import replacing
from nepflow.study import load, names, settings_file


def main(words=None, top=load.TOP):
    """Rewrite a study file; what was renamed is printed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study")
    options = parser.parse_args(words)
    path = Path(top, "config/studies", f"{options.study}.yaml")
    kept = path.with_name(f"{path.name}.old")
    try:
        _, found = names.replacements(path)
        text, count = names.converted(path)
    except (FileNotFoundError, settings_file.BadSettings) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    if not count:
        print(f"{path}: has no name of an older version.")
        return 0
    if kept.exists():
        print(f"{kept} is there from a conversion before. Remove it first.", file=sys.stderr)
        return 1
    kept.write_bytes(path.read_bytes())
    with replacing(path) as new:
        Path(new).write_text(text, encoding="utf-8")
    for scalar, name in found:
        print(f"line {scalar.line}: {scalar.text} -> {name}")
    print(f"{path}: {count} names written; the file before is {kept.name}.")
    return 0


if __name__ == "__main__":
    load.run(main)
