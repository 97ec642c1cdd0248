"""The page in a real browser: filters, sorting, keyboard, widths, print, and no request."""

import base64
import json
import shutil
from pathlib import Path

import pytest

from common.harness.claims import Claim, evaluate_claims, write_claims
from common.harness.compare import compare, write_comparison
from common.harness.report import FigureInfo, write_report
from common.harness.targets import NotAttempted, Target

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
DRIVER = shutil.which("chromedriver")
FLAGS = (
    *("headless", "no-sandbox", "disable-gpu", "no-first-run", "disable-background-networking"),
    *("disable-component-update", "disable-sync"),
)
LONG = "an-unbroken-name-" * 12

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CHROMIUM and DRIVER),
        reason="Chromium or its driver is missing (Debian: chromium, chromium-driver)",
    ),
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    webdriver = pytest.importorskip("selenium.webdriver")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def page(paper, run, results, browser) -> Path:
    """Four numbers: three kinds of verdict, two kinds of data, one claim, one figure; opened."""
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
    path = write_report([paper], results)
    resize(browser, 1280)
    for kind in ("browser", "performance"):
        browser.get_log(kind)
    browser.get(path.as_uri())
    return path


PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)


def resize(browser, width: int) -> None:
    size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def shown(browser, selector: str) -> list[str]:
    """First word of every visible element."""
    elements = browser.find_elements("css selector", selector)
    return [element.text.split()[0] for element in elements if element.is_displayed()]


def rows(browser) -> list[str]:
    return shown(browser, ".numbers tbody th")


def choose(browser, name: str, value: str) -> None:
    from selenium.webdriver.support.select import Select

    Select(browser.find_element("name", name)).select_by_visible_text(value)


def count(browser) -> str:
    return browser.find_element("css selector", ".filters output").text


def test_filters(page, browser):
    everything = ["one", "two", "three", LONG]
    assert rows(browser) == everything
    assert count(browser) == "4 numbers"
    choose(browser, "verdict", "higher")
    assert rows(browser) == ["two"]
    assert shown(browser, ".forest li") == ["two"]
    assert count(browser) == "1 of 4 numbers"
    choose(browser, "verdict", "all")
    choose(browser, "data", "simulated")
    assert rows(browser) == ["three"]
    choose(browser, "verdict", "inconclusive")
    assert rows(browser) == []
    assert "No number of this paper fits" in browser.find_element("css selector", ".none").text
    browser.find_element("css selector", "button[type=reset]").click()
    assert rows(browser) == everything
    browser.find_element("name", "text").send_keys("QUOTED from")
    assert rows(browser) == [LONG]


def test_paper_filter(page, browser):
    choose(browser, "paper", "A toy paper")
    assert count(browser) == "4 numbers"
    browser.execute_script("document.querySelector('.paper').dataset.paper = 'another'")
    choose(browser, "paper", "all")
    choose(browser, "paper", "A toy paper")
    assert rows(browser) == []
    assert count(browser) == "0 of 4 numbers"


def sort(browser, column: str):
    header = f"//table[contains(@class, 'numbers')]//th[button[text()='{column}']]"
    found = browser.find_element("xpath", header)
    browser.execute_script("arguments[0].firstChild.click()", found)
    return found


def test_sorting_by_number_keeps_what_has_none_last(page, browser):
    header = sort(browser, "Ours")
    assert header.get_attribute("aria-sort") == "ascending"
    assert rows(browser) == ["three", "one", "two", LONG]
    sort(browser, "Ours")
    assert header.get_attribute("aria-sort") == "descending"
    assert rows(browser) == ["one", "two", "three", LONG]
    sort(browser, "Paper")
    assert header.get_attribute("aria-sort") == "none"
    assert rows(browser) == [LONG, "two", "three", "one"]


@pytest.mark.parametrize(
    ("column", "order"),
    [
        ("Verdict", [LONG, "one", "two", "three"]),
        ("Data", ["one", "two", "three", LONG]),
        ("Number", [LONG, "one", "three", "two"]),
    ],
)
def test_sorting_by_text(page, browser, column, order):
    sort(browser, column)
    assert rows(browser) == order


def test_keyboard_alone(page, browser):
    from selenium.webdriver.common.keys import Keys

    def press(key):
        browser.switch_to.active_element.send_keys(key)

    press(Keys.TAB)
    assert browser.switch_to.active_element.text == "Skip to the tables"
    press(Keys.ENTER)
    for _ in range(30):
        press(Keys.TAB)
        if browser.switch_to.active_element.text.startswith("Ours"):
            break
    press(Keys.ENTER)
    assert rows(browser)[0] == "three"
    browser.find_element("link text", "runs").send_keys(Keys.ENTER)
    assert browser.find_element("css selector", ".run[open] pre").is_displayed()


def test_controls_have_names(page, browser):
    for control in browser.find_elements("css selector", "select, input, button, summary, a"):
        assert control.accessible_name, control.get_attribute("outerHTML")
    for picture in browser.find_elements("css selector", "[role=img], img"):
        assert picture.accessible_name


def test_no_error_and_no_request_leaves_the_page(page, browser):
    browser.execute_script("document.querySelector('img').loading = 'eager'")
    choose(browser, "verdict", "higher")
    sort(browser, "Ours")
    assert browser.get_log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    sent = [e["params"]["request"]["url"] for e in events if e["method"].endswith("BeSent")]
    assert page.as_uri() in sent
    assert any(address.endswith("one.png") for address in sent)
    assert not [address for address in sent if not address.startswith(("file:", "data:"))]


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_horizontal_scroll(page, browser, width):
    resize(browser, width)
    browser.execute_script("document.querySelectorAll('details').forEach(d => { d.open = true })")
    inside = browser.execute_script("return document.documentElement.scrollWidth")
    assert inside <= width


def test_dark(page, browser):
    colour = "return getComputedStyle(document.body).backgroundColor"
    light = browser.execute_script(colour)
    feature = {"name": "prefers-color-scheme", "value": "dark"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    dark = browser.execute_script(colour)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    def brightness(text: str) -> int:
        return sum(int(part) for part in text.strip("rgb()").split(","))

    assert brightness(dark) < 150 < 600 < brightness(light)


def test_print_opens_what_is_folded_and_hides_the_filters(page, browser):
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    assert base64.b64decode(printed["data"]).startswith(b"%PDF")
    folded = browser.find_elements("css selector", "details:not([open])")
    assert folded == []
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    hidden = not browser.find_element("css selector", ".filters").is_displayed()
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert hidden
