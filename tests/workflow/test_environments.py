"""Each env file is complete: a fresh environment with its pins imports the scripts that name it."""

import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement


def scripts_of(root, environment):
    for path in (root / "workflow/rules").glob("*.smk"):
        for rule in re.split(r"^rule ", path.read_text(), flags=re.M)[1:]:
            if f"envs/{environment}.yaml" in rule:
                yield re.search(r'"\.\./scripts/([\w/]+)\.py"', rule)[1]


@pytest.mark.slow
@pytest.mark.parametrize(("environment", "least"), [("geo", 20), ("acquire", 5)])
def test_env_file_is_complete(root, tmp_path, environment, least):
    pins = yaml.safe_load((root / f"envs/{environment}.yaml").read_text())["dependencies"]
    packages = [pin.replace("=", "==") for pin in pins if not pin.startswith("python=")]
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env/bin/python"
    lock = root / "envs/requirements.txt"
    pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    # versions of what the pins bring along are those of the lock, without its hashes
    bounds = tmp_path / "constraints.txt"
    lines = re.findall(r"^([\w.-]+==.*?)(?: \\)?$", lock.read_text(), re.M)
    locked = [line for line in map(Requirement, lines) if not line.marker or line.marker.evaluate()]
    bounds.write_text("\n".join(f"{line.name}{line.specifier}" for line in locked))
    subprocess.run([*pip, "-c", bounds, *packages], check=True)
    scripts = sorted(set(scripts_of(root, environment)))
    assert len(scripts) > least
    names = [Path(script).name for script in scripts]
    code = "import sys; sys.path += sys.argv[1:]\n" + "\n".join(f"import {s}" for s in names)
    top = root / "workflow/scripts"
    folders = [top, *sorted({(top / script).parent for script in scripts})]
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run([python, "-c", code, *folders], capture_output=True, text=True, env=clean)
    assert done.returncode == 0, done.stderr
    assert sys.version_info[:2] == (3, 11)
