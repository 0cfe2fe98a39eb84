"""The three simulations of the project make one plan, side by side."""

import os
import re
import shutil
import subprocess
import sys

import pytest
import yaml
from copies import TINY, Workflow

SIMULATED_STUDIES = (
    "northwest_china_simulated",
    "indochina_karst_simulated",
    "guangxi_karst_simulated",
)


def test_three_simulated_studies_are_one_plan(root, tmp_path):
    workflow = Workflow(root, tmp_path / "copy")
    said = workflow.run("-n", "--config", f"studies=[{','.join(SIMULATED_STUDIES)}]")
    for name in SIMULATED_STUDIES:
        jobs = len(re.findall(rf"^Job \d+: {name}: ", said, re.M))
        assert 100 < jobs < 700, (name, jobs)
        assert f"results/{name}/manifest.csv" in said
    assert len(re.findall(r"^Job \d+: Page over all studies", said, re.M)) == 1
    assert "simulated/guangxi_karst_simulated/truth/restoration.csv" in said


MOST_JOBS = 200  # of `make demo`: a job is a product and year, never a tile


def test_the_demo_has_few_jobs(root, tmp_path):
    site = yaml.safe_load((root / "config/config.yaml").read_text(encoding="utf-8"))
    assert site["studies"] == ["northwest_china_simulated"]
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


@pytest.mark.parametrize("locale", ["zh_CN.GBK", "zh_TW.BIG5", "C"])
def test_the_encoding_of_the_machine_does_not_matter(root, tmp_path, locale):
    """A dry run, a job with its log, and a command, where text is GBK, Big5 or ASCII."""
    title = "宁夏 – Zürich ✓ 臺灣"  # no old encoding has all of it
    environment = os.environ | {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    environment.pop("PYTHONIOENCODING", None)
    if locale != "C":
        if not shutil.which("localedef"):
            pytest.skip("localedef, which makes locales, is not there")
        language, encoding = locale.split(".")
        words = ["localedef", "-i", language, "-f", encoding, str(tmp_path / locale)]
        said = subprocess.run(words, capture_output=True, encoding="utf-8", errors="replace")
        if not (tmp_path / locale).exists():
            pytest.skip(f"localedef cannot make {locale}: {said.stderr[-200:]}")
        environment["LOCPATH"] = str(tmp_path)
    question = "import locale; print(locale.getpreferredencoding(False))"
    asked = subprocess.run([sys.executable, "-c", question], env=environment, capture_output=True)
    assert b"UTF-8" not in asked.stdout.upper()
    workflow = Workflow(root, tmp_path / "copy", tiny=TINY | {"title": title, "citation": title})
    assert "total" in workflow.run("-n", environment=environment)
    workflow.run("results/tiny/study.yaml", environment=environment)
    assert title in workflow.result("tiny/study.yaml").read_text(encoding="utf-8")
    (log,) = (workflow.folder / "logs/tiny").glob("describe_study*.log")
    assert "took" in log.read_text(encoding="utf-8")
    plan = [sys.executable, "workflow/scripts/commands/plan.py", "tiny"]
    done = subprocess.run(plan, cwd=workflow.folder, env=environment, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_a_site_file_that_snakemake_would_misread_is_named(root, tmp_path):
    """Snakemake reads the file itself, and takes the last of two equal keys."""
    workflow = Workflow(root, tmp_path / "copy", tiny=TINY)
    site = workflow.folder / "config/config.yaml"
    for text, said in (
        ("studies: [tiny]\nraw: a\nraw: b\n", "raw stands twice, in lines 2 and 3"),
        ("studies: [tiny]\nacquier: true\n", "Did you mean acquire"),
        ("studies: []\n", "studies names none"),
        ("studies: [nowhere]\n", "There are: "),
        ("studies: [tiny, 'a|b']\n", "'a|b' does not match"),
    ):
        site.write_text(text, encoding="utf-8")
        shown = workflow.run("-n", fails=True)
        assert said in shown and "config" in shown and "Traceback" not in shown
    site.write_bytes("studies: [tiny]  # 宁夏\n".encode("gbk"))
    shown = workflow.run("-n", fails=True)
    assert "config.yaml" in shown and "looks like GBK" in shown and "UnicodeDecode" not in shown
