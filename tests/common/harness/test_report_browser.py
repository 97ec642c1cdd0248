"""The page in a real browser: filters, sorting, keyboard, widths, print, and no request."""

import base64
from dataclasses import replace

import pytest
from browser import Browser

from common.harness.claims import Claim, evaluate_claims, write_claims
from common.harness.compare import compare, write_comparison
from common.harness.report import FigureInfo, write_report
from common.harness.targets import NotAttempted, Target

LONG = "an-unbroken-name-" * 12
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    made = Browser(tmp_path_factory.mktemp("browser"))
    yield made
    made.close()


@pytest.fixture
def page(paper, run, results, browser) -> Browser:
    """Four numbers of three verdicts, two kinds of data, a claim, a figure; a bare paper."""
    for seed, right in [(1, 90), (2, 88), (3, 89)]:
        run(seed, right)
    run(1, 40, experiment="simulated", data_variant="simulated")
    paper.report(
        "Table 1,one,test,accuracy,0.89,,,100,,",
        "Table 1,two,test,accuracy,0.5,,,100,,",
        "Table 1,three,test,accuracy,0.7,,,100,,",
        f'Table 1,"{LONG}",test,accuracy,0.1,,,100,,',
    )
    paper.targets = {
        ("one", "accuracy"): Target("a", "accuracy", same_test_set=True),
        ("two", "accuracy"): Target("a", "accuracy", same_test_set=True),
        ("three", "accuracy"): Target("simulated", "accuracy"),
        (LONG, "accuracy"): NotAttempted(f"quoted from {LONG}"),
    }
    paper.claims = (Claim("c", "a is above a half", "toy", "a", 0.5, "accuracy"),)
    paper.figures = (FigureInfo("one", "Figure 1", "says", "shows"),)
    picture = results / "figures" / "toy" / "one.png"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(base64.b64decode(PIXEL))
    write_comparison(compare([paper], results), results)
    write_claims(evaluate_claims([paper], results), results)
    bare = replace(paper, name="bare", title="No numbers", claims=(), figures=())
    bare.reported_target = None
    path = write_report([paper, bare], results)
    browser.show()
    browser.console()
    browser.requests()
    browser.asked.clear()
    browser.open(path.as_uri())
    return browser


def shown(page, selector: str) -> list[str]:
    """First word of every visible element."""
    return [one.text.split()[0] for one in page.all(selector) if one.is_displayed()]


def rows(page) -> list[str]:
    return shown(page, ".numbers tbody th")


def choose(page, name: str, value: str) -> None:
    page.choose(f"[name={name}]", value)


def count(page) -> str:
    return page.find(".filters output").text


def test_filters(page):
    everything = ["one", "two", "three", LONG]
    assert rows(page) == everything
    assert count(page) == "4 numbers"
    choose(page, "verdict", "higher")
    assert rows(page) == ["two"]
    assert shown(page, ".forest li") == ["two"]
    assert count(page) == "1 of 4 numbers"
    choose(page, "verdict", "all")
    choose(page, "data", "simulated")
    assert rows(page) == ["three"]
    choose(page, "verdict", "inconclusive")
    assert rows(page) == []
    assert "No number of this paper fits" in page.find(".none").text
    page.find("button[type=reset]").click()
    page.until(lambda: rows(page) == everything)
    page.find("[name=text]").send_keys("QUOTED from")
    page.until(lambda: rows(page) == [LONG])


def test_paper_filter(page):
    choose(page, "paper", "A toy paper")
    assert count(page) == "4 numbers"
    page.run("document.querySelector('.paper').dataset.paper = 'another'")
    choose(page, "paper", "all")
    choose(page, "paper", "A toy paper")
    assert rows(page) == []
    assert count(page) == "0 of 4 numbers"


def sort(page, column: str):
    header = f"//table[contains(@class, 'numbers')]//th[button[text()='{column}']]"
    found = page.driver.find_element("xpath", header)
    page.run("arguments[0].firstChild.click()", found)
    return found


def test_sorting_by_number_keeps_what_has_none_last(page):
    header = sort(page, "Ours")
    assert header.get_attribute("aria-sort") == "ascending"
    assert rows(page) == ["three", "one", "two", LONG]
    sort(page, "Ours")
    assert header.get_attribute("aria-sort") == "descending"
    assert rows(page) == ["one", "two", "three", LONG]
    sort(page, "Paper")
    assert header.get_attribute("aria-sort") == "none"
    assert rows(page) == [LONG, "two", "three", "one"]


@pytest.mark.parametrize(
    ("column", "order"),
    [
        ("Verdict", [LONG, "one", "two", "three"]),
        ("Data", ["one", "two", "three", LONG]),
        ("Number", [LONG, "one", "three", "two"]),
    ],
)
def test_sorting_by_text(page, column, order):
    sort(page, column)
    assert rows(page) == order


def test_keyboard_alone(page):
    from selenium.webdriver.common.keys import Keys

    def focused():
        return page.driver.switch_to.active_element

    focused().send_keys(Keys.TAB)
    assert focused().text == "Skip to the tables"
    focused().send_keys(Keys.ENTER)
    for _ in range(30):
        focused().send_keys(Keys.TAB)
        if focused().text.startswith("Ours"):
            break
    focused().send_keys(Keys.ENTER)
    page.until(lambda: rows(page)[0] == "three")
    page.driver.find_element("link text", "runs").send_keys(Keys.ENTER)
    page.until(lambda: shown(page, ".run[open] pre"))


def test_controls_have_names(page):
    for control in page.all("select, input, button, summary, a"):
        assert control.accessible_name, control.get_attribute("outerHTML")
    for picture in page.all("[role=img], img"):
        assert picture.accessible_name


def test_no_error_and_no_request_leaves_the_page(page):
    page.run("document.querySelector('img').loading = 'eager'")
    choose(page, "verdict", "higher")
    sort(page, "Ours")
    page.until(lambda: any(address.endswith("one.png") for address in page.requests()))
    assert page.console() == []
    assert page.driver.current_url in page.asked
    assert not [address for address in page.asked if not address.startswith(("file:", "data:"))]


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_horizontal_scroll(page, width):
    page.show(width, 844)
    page.run("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert page.run("return document.documentElement.scrollWidth") <= width


def test_dark(page):
    def brightness() -> int:
        colour = page.run("return getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in colour.strip("rgb()").split(","))

    page.show(dark=True)
    dark = brightness()
    page.show()
    assert dark < 150 < 600 < brightness()


def test_print_opens_what_is_folded_and_hides_the_filters(page):
    printed = page.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    assert base64.b64decode(printed["data"]).startswith(b"%PDF")
    assert page.all("details:not([open])") == []
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    hidden = not page.find(".filters").is_displayed()
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert hidden
