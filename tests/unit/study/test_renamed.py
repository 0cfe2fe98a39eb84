"""Names of an older version in a study file."""

import shutil
import subprocess
import sys

import pytest
from nepflow.study import names, settings_file
from nepflow.study.settings_file import BadStudy

OLD = """\
# my region
based_on: northwest_china_twin   # the demo
inputs: twin
stability: {smallest_mean_g_c: 5, sample: 100}
climate:
  fill: none            # comment: fill stays
  quality: {neighbours: {most: 10, least: 3}}
figures:
  - {name: fill, kind: map, layer: "pixel/nep/mean", title: inputs twin, caption: stability}
  - name: a
    layer: 'attribution/npp/joint_rest_slope'
contrasts:
  - {name: c, match: [pixel/temperature/mean, landcover/2010]}
published:
  - {id: a, quantity: dominant_share, of: "the rest, human activity in it", value: 1}
"""
NEW = """\
# my region
based_on: northwest_china_simulated   # the demo
inputs: simulated
variability: {min_mean_g_c: 5, sample: 100}
climate:
  gap_filling: none            # comment: fill stays
  quality: {neighbours: {max: 10, min: 3}}
figures:
  - {name: fill, kind: map, layer: "pixel/nep_mean", title: inputs twin, caption: stability}
  - name: a
    layer: 'attribution/npp_joint_residual_slope'
contrasts:
  - {name: c, match: [pixel/temperature_mean, landcover/landcover_2010]}
published:
  - {id: a, quantity: dominant_share, of: "the residual, human activity in it", value: 1}
"""


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "my_region.yaml"
    path.write_text(OLD, encoding="utf-8")
    (tmp_path / "northwest_china_simulated.yaml").touch()
    return path


def test_names_are_written_and_nothing_else(study):
    text, count = names.converted(study)
    assert text == NEW and count == 12
    study.write_text(text, encoding="utf-8")
    assert names.converted(study) == (NEW, 0)


def test_the_message_has_each_line_and_the_command(study):
    with pytest.raises(BadStudy) as error:
        names.check_current(study)
    said = str(error.value)
    assert "line 4: stability is now variability" in said
    assert "line 4: stability.smallest_mean_g_c is now min_mean_g_c" in said
    assert "line 9: figures.layer.pixel/nep/mean is now pixel/nep_mean" in said
    assert "convert_study.py my_region" in said


def test_no_study_of_the_project_has_an_old_name(root):
    for path in [*(root / "config/studies").glob("*.yaml"), root / "config/defaults.yaml"]:
        assert names.replacements(path)[1] == [], path.name


def test_new_keys_are_in_the_schema(root):
    """A renamed key leads to a key that there is; no old one is left."""
    schema = settings_file.read(root / "workflow/schemas/study.schema.yaml")
    found = set()

    def walk(node):
        if isinstance(node, dict):
            found.update(node.get("properties", {}))
            for below in node.values():
                walk(below)
        elif isinstance(node, list):
            for below in node:
                walk(below)

    walk(schema)
    assert set(names.RENAMED_KEYS.values()) <= found
    assert not [name for name in found if name.startswith(("minimum_", "maximum_"))]


def test_the_command_keeps_the_file_before(root, study, tmp_path):
    folder = tmp_path / "top/config/studies"
    folder.mkdir(parents=True)
    for path in study.parent.glob("*.yaml"):
        shutil.copy(path, folder)
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); import convert_study; "
        "sys.exit(convert_study.main(['my_region'], sys.argv[2]))"
    )
    commands = root / "workflow/scripts/commands"

    def run():
        words = [sys.executable, "-c", program, str(commands), str(tmp_path / "top")]
        return subprocess.run(words, capture_output=True, encoding="utf-8")

    first, second = run(), run()
    assert first.returncode == second.returncode == 0
    assert "line 4: stability -> variability" in first.stdout
    assert "no name of an older version" in second.stdout
    assert (folder / "my_region.yaml").read_text(encoding="utf-8") == NEW
    assert (folder / "my_region.yaml.old").read_text(encoding="utf-8") == OLD
