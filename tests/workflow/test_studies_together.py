"""The three twins of the project make one plan, side by side."""

import re

import yaml
from copies import Workflow

TWINS = ("northwest_china_twin", "indochina_karst_twin", "guangxi_karst_twin")


def test_three_twins_are_one_plan(root, tmp_path):
    workflow = Workflow(root, tmp_path / "copy")
    said = workflow.run("-n", "--config", f"studies=[{','.join(TWINS)}]")
    for name in TWINS:
        jobs = len(re.findall(rf"^Job \d+: {name}: ", said, re.M))
        assert 100 < jobs < 700, (name, jobs)
        assert f"results/{name}/manifest.csv" in said
    assert len(re.findall(r"^Job \d+: Page over all studies", said, re.M)) == 1
    assert "twin/guangxi_karst_twin/truth/restoration.csv" in said


MOST_JOBS = 200  # of `make demo`: a job is a product and year, never a tile


def test_the_demo_has_few_jobs(root, tmp_path):
    site = yaml.safe_load((root / "config/config.yaml").read_text(encoding="utf-8"))
    assert site["studies"] == ["northwest_china_twin"]
    studies = f"studies=[{','.join(site['studies'])}]"
    said = Workflow(root, tmp_path / "copy").run("-n", "--config", studies)
    (total,) = set(re.findall(r"^total +(\d+)", said, re.M))
    assert 100 < int(total) <= MOST_JOBS


def test_numbers_of_the_abstract_are_in_the_scorecard(root):
    """The four figures of the abstract and the years, each with its place and a tolerance."""
    study = yaml.safe_load((root / "config/studies/guangxi_karst.yaml").read_text())
    values = {entry["id"]: entry["value"] for entry in study["published"]}
    assert values["gx_nep_slope"] == 4.15 and values["gx_climate_part"] == 0.18
    assert values["gx_human_area"] == 79.30
    assert (values["gx_period_start"], values["gx_period_end"]) == (2001, 2020)
    assert all("tolerance" in entry for entry in study["published"])
