"""The script write_report: a whole page from files."""

import json
import re

import pytest
from describe_study import describe_study
from nepflow.report.page import BadReport
from nepflow.study.load import load_study
from pages import STUDY, picture, tables
from write_report import write_report


def run(root, folder, study=STUDY, described=None):
    folder.mkdir()
    figures = []
    for entry in study["figures"]:
        figures.append(folder / f"{entry['name']}.png")
        figures[-1].write_bytes(picture())
    paths = []
    for name, table in tables().items():
        paths.append(folder / f"{name}.csv")
        table.to_csv(paths[-1], index=False)
    if described:
        describe_study(
            described, folder / "study.yaml", folder / "choices.csv", folder / "shared_inputs.csv"
        )
    page, card = folder / "report.html", folder / "report.json"
    template = root / "workflow/report/report.html.j2"
    write_report(figures, paths, template, page, card, study)
    return page, card


def test_report_is_the_same_from_the_same_files(root, tmp_path):
    first, card = run(root, tmp_path / "one")
    second, _ = run(root, tmp_path / "two")
    assert first.read_bytes() == second.read_bytes()
    assert json.loads(card.read_text())["headline"][0]["values"][0]["value"] == "100.3"
    assert str(tmp_path) not in first.read_text()


def test_the_report_of_public_data_names_what_stands_for_what(root, tmp_path):
    schema = root / "workflow/schemas/study.schema.yaml"

    def page_of(name):
        described = load_study(name, root / "config", schema, "data", "results")
        return run(root, tmp_path / name, described=described)[0].read_text()

    text = page_of("northwest_china_public")
    for topic, choice in (
        ("dry-wet zones instead of boundaries", "P / PET of the study"),
        ("stations instead of temperature and precipitation of 350 CMA", "GSOD: CMA data are not"),
        ("elevation instead of RESDC", "Copernicus DEM GLO-90"),
    ):
        assert re.search(rf"<dt>{topic}[^<]*</dt><dd>{choice}", text), topic
    assert page_of("northwest_china").count(" instead of ") == 1
    assert " instead of " not in page_of("northwest_china_simulated")


def test_a_figure_that_was_not_drawn_is_named(root, tmp_path):
    study = STUDY | {"figures": [*STUDY["figures"], {"name": "lost", "kind": "map"}]}
    run(root, tmp_path / "all", study)
    drawn = tmp_path / "all" / "nep_mean.png"
    template = root / "workflow/report/report.html.j2"
    paths = sorted((tmp_path / "all").glob("*.csv"))
    with pytest.raises(BadReport, match=r"figures/nep_series\.png"):
        write_report([drawn], paths, template, tmp_path / "r.html", tmp_path / "r.json", study)
    assert not (tmp_path / "r.html").exists()
