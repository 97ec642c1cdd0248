"""The page of the committed results in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import Browser

from common.harness.report import write_report
from reproductions.papers import NAMES, load_papers

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page(tmp_path_factory, request) -> Browser:
    """The page, made beside links to what is committed."""
    made = Browser(tmp_path_factory.mktemp("browser"))
    request.addfinalizer(made.close)
    results = tmp_path_factory.mktemp("results")
    for name in ("comparison.csv", "claims.csv", "runs", "figures"):
        (results / name).symlink_to(ROOT / "results" / name)
    made.show()
    made.requests()
    made.asked.clear()  # those of the browser's own first page
    made.open(write_report(list(load_papers().values()), results).as_uri())
    return made


def test_it_is_there_at_once_without_an_error_or_a_request(page):
    assert page.console() == []
    assert {address.split(":")[0] for address in page.requests()} <= {"file", "data"}
    sections = {one.get_attribute("data-paper") for one in page.all("section.paper")}
    assert sections == set(NAMES)


@pytest.mark.parametrize("width", [1280, 390, 320])
@pytest.mark.parametrize("dark", [False, True])
def test_nothing_scrolls_sideways(page, width, dark):
    page.show(width, dark=dark)
    assert page.run("return document.documentElement.scrollWidth") <= width


def test_a_verdict_leaves_its_numbers_alone(page):
    page.show()
    page.choose("[name=verdict]", "equivalent")
    shown = [one for one in page.all(".numbers tbody tr") if one.is_displayed()]
    assert shown
    assert {one.get_attribute("data-verdict") for one in shown} == {"equivalent"}
    assert page.find(".filters output").text.startswith(f"{len(shown)} of ")
