"""The report as a reader sees it: opened in headless Chromium."""

import browser
import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        browser.chromium() is None, reason="no chromium: apt-get install chromium (.ci/run does)"
    ),
]
FIGURES = """[...document.querySelectorAll('figure')].map(figure => {
  const image = figure.querySelector('img'), box = image.getBoundingClientRect();
  return {name: figure.id, natural: image.naturalWidth, complete: image.complete,
          width: box.width, height: box.height, ratio: image.naturalWidth / image.naturalHeight,
          alt: image.alt, caption: figure.querySelector('figcaption').innerText};
})"""


@pytest.fixture(scope="module")
def page(tiny, tmp_path_factory):
    with browser.Browser(tmp_path_factory.mktemp("chromium")) as window:
        window.open(tiny.result("tiny/report.html"))
        yield window


def test_every_figure_is_shown_with_its_caption(page, tiny):
    names = {f"figure-{path.stem}" for path in tiny.result("tiny/figures").glob("*.png")}
    shown = page.run(FIGURES)
    assert {figure["name"] for figure in shown} == names
    for number, figure in enumerate(shown, start=1):
        assert figure["complete"] and figure["natural"] > 900, figure["name"]
        assert figure["width"] > 200 and figure["height"] > 100, figure["name"]
        assert figure["width"] / figure["height"] == pytest.approx(figure["ratio"], rel=0.02)
        assert figure["caption"].startswith(f"Figure {number}. "), figure["caption"]
        assert len(figure["caption"]) > 60, figure["caption"]
        assert "simulated" in figure["alt"]


def test_nothing_comes_from_the_network(page, tiny):
    asked = page.requests()
    own = tiny.result("tiny/report.html").resolve().as_uri()
    assert own in asked
    assert {url for url in asked if not url.startswith("data:")} <= {own, "about:blank"}


def test_the_console_is_silent(page):
    assert page.errors() == []


@pytest.mark.parametrize("width", [1400, 390])
def test_no_part_is_wider_than_the_window(page, width):
    page.resize(width)
    page.run("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert page.run("document.documentElement.scrollWidth") <= width


def test_links_inside_the_page_lead_somewhere(page):
    dead = page.run(
        "[...document.querySelectorAll('a[href^=\"#\"]')].map(link => link.hash.slice(1))"
        ".filter(name => !document.getElementById(name))"
    )
    assert dead == []


def test_methods_hold_equations_and_every_reference_once(page):
    assert page.run("document.querySelectorAll('#methods .equation').length") >= 6
    assert page.run("document.querySelectorAll('#methods .fraction').length") >= 2
    works = page.run("[...document.querySelectorAll('#methods li')].map(work => work.innerText)")
    assert len(works) == len(set(works)) > 5


def test_the_browser_would_tell(page, tmp_path):
    """A page with a missing picture, a remote style and a thrown error is found out."""
    bad = tmp_path / "bad.html"
    bad.write_text(
        "<link rel=stylesheet href='http://localhost:9/x.css'><figure><img src='no.png' alt=''>"
        "<figcaption>x</figcaption></figure><script>throw new Error('planted')</script>"
    )
    (tmp_path / "profile").mkdir()
    with browser.Browser(tmp_path / "profile") as window:
        window.open(bad)
        assert "http://localhost:9/x.css" in window.requests()
        assert window.run(FIGURES)[0]["natural"] == 0
        assert any("planted" in str(error) for error in window.errors())
