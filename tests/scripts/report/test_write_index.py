"""The script write_index: a page that leads to every study."""

import json
import re

from nepflow.report import page
from pages import STUDY, picture, tables
from write_index import write_index


def card(folder, study):
    """Write the card of a study as its report does."""
    pngs = {figure["name"]: picture() for figure in study["figures"]}
    values = page.context(study, pngs, tables())
    path = folder / f"{study['slug']}.json"
    path.write_text(json.dumps(page.card(values, f"{study['slug']}/report.html")))
    return path


def test_index_leads_to_every_study_and_marks_the_simulated_one(root, tmp_path):
    simulation = STUDY | {"simulated": True, "title": "The simulation", "slug": "simulated"}
    index = tmp_path / "index.html"
    cards = [card(tmp_path, STUDY), card(tmp_path, simulation)]
    write_index(cards, root / "workflow/report/index.html.j2", index)
    text = index.read_text()
    assert re.findall(r'href="([^"]+)"', text) == ["small/report.html", "simulated/report.html"]
    real_card, simulation_card = text.split('<li class="card">')[1:]
    assert "simulated" not in real_card
    assert "simulated" in simulation_card
    assert 'alt="Mean NEP"' in real_card
    assert "100.3" in real_card
