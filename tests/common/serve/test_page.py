"""The page in a real browser: the whole round, on any screen, and nothing leaves it."""

from __future__ import annotations

import io
import json
import threading

import fake_models
import pytest
from browser import Browser
from PIL import Image

from common.data.fasta import Record, write_fasta
from common.predict.stream import predict_to
from common.serve.limits import Limits

HOSTILE = "<img/src=x/onerror=document.title='taken'>"
PROTEINS = {
    "P1": "MKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQ",
    HOSTILE: "MSSSSSGGGGGKKKKKDDDD",
    "P3": "MCCCCCCCCCKAT" + "LLAVKDE" * 40,
}
FASTA = "".join(f">{name} some words\n{text}\n" for name, text in PROTEINS.items())


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    made = Browser(tmp_path_factory.mktemp("browser"))
    yield made
    made.close()


@pytest.fixture
def page(browser, running):
    """The page, fresh, wide and light; its console must stay silent."""
    browser.show()
    browser.open(running.address)
    browser.until(lambda: browser.all("#model option"))
    browser.console()
    yield browser
    assert browser.console() == []


def paste(page, text):
    page.run(
        "const box = arguments[0]; box.value = arguments[1];"
        "box.dispatchEvent(new Event('input', {bubbles: true}))",
        page.find("#sequences"),
        text,
    )


def ask(page, text=FASTA, model="compartments"):
    """Predict, and wait for the answer."""
    paste(page, text)
    page.choose("#model", model)
    page.find("#predict").click()
    page.until(lambda: page.all("#rows tr") and page.find("#results").is_displayed())


def percent(page, selector):
    return [
        float(page.run("return arguments[0].style.width", one).rstrip("%"))
        for one in page.all(selector)
    ]


def test_probabilities_are_told_and_drawn(page, running):
    ask(page)
    table = running.models["compartments"].predict(PROTEINS)
    assert page.find("#found").text == "3 sequences"
    assert page.texts("#rows th") == list(PROTEINS)
    assert page.texts("#rows td:nth-child(2)") == table["location"].tolist()
    shown = [float(text) for text in page.texts("#rows td:nth-child(3)")]
    assert shown == pytest.approx(table["probability"].tolist(), abs=6e-4)
    expected = table.loc[0, list(fake_models.LABELS)].astype(float).sort_values(ascending=False)
    assert page.texts(".bars li > :first-child")[0] == table.loc[0, "location"]
    values = [float(text) for text in page.texts(".bars .value")]
    assert values == pytest.approx(expected.tolist(), abs=6e-4)
    assert percent(page, ".bars .fill") == pytest.approx((100 * expected).tolist(), abs=1e-2)


def test_models_are_told(page):
    page.choose("#model", "several")
    assert "the model several" in page.find("#about").text
    assert "micro F1 0.600" in page.find("#about").text
    page.choose("#model", "compartments")
    assert "simulated data" in page.find("#about").text
    ask(page)
    assert "simulated sequences" in page.find("#warning").text
    ask(page, model="several")
    assert not page.find("#warning").is_displayed()


def test_hover_tells_letter_position_and_attention(page, running):
    from selenium.webdriver import ActionChains

    ask(page)
    weights = running.models["compartments"].attention(PROTEINS["P1"])
    svg = page.find(".attention svg")
    box = page.run(
        "const b = arguments[0].getBoundingClientRect(); return [b.width, b.height]", svg
    )
    left, right = 54, 10
    told = set()
    for place in (0, 14, 32):
        across = left + (box[0] - left - right) * (place + 0.5) / len(weights)
        ActionChains(page.driver).move_to_element_with_offset(
            svg, round(across - box[0] / 2), 0
        ).perform()
        letter = PROTEINS["P1"][place]
        told_here = f"{letter} {place + 1}: "
        page.until(lambda start=told_here: page.find(".readout .told").text.startswith(start))
        text = page.find(".readout .told").text
        assert float(text.split()[2].rstrip(",")) == pytest.approx(weights[place], abs=6e-5)
        assert page.find(".letters .here").text == letter
        told.add(page.find(".attention .cursor").get_attribute("x1"))
    assert len(told) == 3
    path = page.find(".attention .area").get_attribute("d")
    assert path.count("H") == len(weights)


def test_arrow_keys_walk_along_the_sequence(page):
    from selenium.webdriver.common.keys import Keys

    ask(page)
    svg = page.find(".attention svg")
    page.run("arguments[0].focus()", svg)
    svg.send_keys(Keys.HOME)
    assert svg.get_attribute("aria-valuetext").startswith("M 1: ")
    svg.send_keys(Keys.ARROW_RIGHT)
    assert svg.get_attribute("aria-valuenow") == "2"
    svg.send_keys(Keys.END)
    assert svg.get_attribute("aria-valuetext").startswith("Q 33: ")
    svg.send_keys(Keys.ARROW_RIGHT)
    assert svg.get_attribute("aria-valuenow") == "33"


def test_two_sequences_side_by_side(page, running):
    ask(page)
    page.choose("#beside", "P3")
    first, second = page.all(".look")
    table = running.models["compartments"].predict(PROTEINS).set_index("id")
    assert [one.find_element("css selector", "h3").text for one in (first, second)] == ["P1", "P3"]
    assert abs(first.rect["y"] - second.rect["y"]) < 1
    assert second.rect["x"] > first.rect["x"] + first.rect["width"] - 1
    labels = [
        [bar.text for bar in one.find_elements("css selector", ".bars li > :first-child")]
        for one in (first, second)
    ]
    assert labels[0] == labels[1]
    for label, value in zip(labels[1], second.find_elements("css selector", ".value"), strict=True):
        own, change = value.text.replace("−", "-").replace("±", "").split()
        assert float(own) == pytest.approx(table.loc["P3", label], abs=6e-4)
        difference = table.loc["P3", label] - table.loc["P1", label]
        assert float(change) == pytest.approx(difference, abs=6e-4)
    page.all("#rows th button")[2].click()
    assert len(page.all(".look")) == 1
    assert page.find(".look h3").text == "P3"


def test_downloads(page, running):
    ask(page)
    page.choose("#beside", "P3")
    for name in ("tsv", "json", "png"):
        page.find(f"#{name}").click()
    model = running.models["compartments"]
    fasta, expected = page.downloads / "in.fasta", io.BytesIO()
    write_fasta([Record(name, "", text) for name, text in PROTEINS.items()], fasta)
    predict_to(model, fasta, expected)
    assert page.downloaded("predictions.tsv").read_bytes() == expected.getvalue()
    content = json.loads(page.downloaded("predictions.json").read_text())
    assert [one["id"] for one in content["results"]] == list(PROTEINS)
    assert content["weights_sha256"] == model.card.weights_sha256
    with Image.open(page.downloaded("predictions.png")) as picture:
        assert picture.format == "PNG"
        assert picture.width == 2200
        colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 24)}
        assert {(255, 255, 255), (58, 63, 156), (17, 119, 51)} <= colours
        both = picture.height
    page.choose("#beside", "nothing")
    (page.downloads / "predictions.png").unlink()
    page.find("#png").click()
    with Image.open(page.downloaded("predictions.png")) as picture:
        assert picture.height < 0.7 * both


def test_ids_are_text_and_nothing_else(page):
    ask(page)
    page.all("#rows th button")[1].click()
    assert page.find(".look h3").text == HOSTILE
    page.choose("#beside", "P1")
    assert page.all("main img") == []
    assert page.driver.title == "Subcellular localization"


def test_policy_runs_no_script_and_no_style_of_a_page(page):
    page.run(
        "const s = document.createElement('script'); s.textContent = 'document.title = \"taken\"';"
        "document.body.append(s);"
        "const p = document.createElement('p'); p.setAttribute('style', 'position: fixed');"
        "p.id = 'styled'; document.body.append(p);"
    )
    assert page.driver.title == "Subcellular localization"
    assert (
        page.run("return getComputedStyle(document.getElementById('styled')).position") == "static"
    )
    refused = page.run("return fetch('http://127.0.0.2:9/').then(() => 'sent', () => 'refused')")
    assert refused == "refused"
    messages = page.console()
    assert sum("Content Security Policy" in message for message in messages) >= 3


def test_nothing_leaves_the_page(page, running):
    page.asked.clear()
    page.requests()
    page.asked.clear()
    page.open(running.address)
    page.until(lambda: page.all("#model option"))
    ask(page)
    page.choose("#beside", "P3")
    page.open(f"{running.address}/docs")
    page.until(lambda: page.all("#fields table"))
    entries = page.run("return performance.getEntries().map((entry) => entry.name)")
    loaded = [name for name in entries if "://" in name]
    assert len(loaded) > 3
    asked = page.requests()
    assert f"{running.address}/api/predict" in asked
    assert all(name.startswith(f"{running.address}/") for name in [*asked, *loaded])


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 320, 768, 1280])
def test_page_fits_the_screen(page, width, dark):
    page.show(width, 844, dark)
    long = f">{'A' * 190}\n{'MKTAYIAK' * 400}\n{FASTA}"
    ask(page, long)
    page.choose("#beside", "P3")
    for address in ("", "/docs"):
        if address:
            page.open(page.run("return location.origin") + address)
            page.until(lambda: page.all("#fields table"))
        wide = page.run("return document.documentElement.scrollWidth")
        assert wide <= width
        page.screenshot(f"{'docs' if address else 'page'}-{width}{'-dark' if dark else ''}")
    colour = page.run("return getComputedStyle(document.body).backgroundColor")
    assert colour == ("rgb(20, 23, 26)" if dark else "rgb(251, 250, 248)")


def test_every_control_has_a_name(page):
    ask(page)
    names = page.run(
        "return [...document.querySelectorAll('button, select, textarea, input, svg, section')]"
        ".map((one) => [one.id || one.tagName, one.getAttribute('aria-label')"
        " || (one.labels && one.labels.length && one.labels[0].textContent)"
        " || one.getAttribute('aria-labelledby') || one.textContent.trim()])"
    )
    assert len(names) > 10
    assert [name for name, label in names if not label] == []


def test_faults_are_told_in_place_of_an_answer(page):
    ask(page)
    paste(page, ">good\nMKT\n><b>bad</b>\nMK1\n")
    page.find("#predict").click()
    page.until(lambda: page.find("#faults").is_displayed())
    text = page.find("#faults").text
    assert "<b>bad</b>: 1 letter outside the protein alphabet (1 at 3)." in text
    assert "mend the sequence" in text
    assert not page.find("#results").is_displayed()
    assert any("422" in message for message in page.console())
    ask(page)
    assert not page.find("#faults").is_displayed()


def test_a_bare_sequence_a_file_and_an_example_are_read(page, tmp_path):
    ask(page, "mktayiak\nqrqisf\n")
    assert page.texts("#rows th") == ["sequence_1"]
    path = tmp_path / "mine.fasta.gz"
    write_fasta([Record("filed", "", "MKTAYIAK")], path)
    page.find("#file").send_keys(str(path))
    page.until(lambda: ">filed" in page.find("#sequences").get_property("value"))
    assert page.find("#count").text == "1 sequence, 8 letters"
    page.choose("#model", "fractions")
    page.find("#example").click()
    page.find("#predict").click()
    page.until(lambda: page.texts("#rows th") == ["transcript"])
    assert "no attention" in page.find(".look").text


def test_a_dropped_file_is_read(page):
    page.run(
        "const data = new DataTransfer();"
        "data.items.add(new File(['>dropped\\nMKT\\n'], 'x.fasta'));"
        "arguments[0].dispatchEvent(new DragEvent('drop',"
        " {dataTransfer: data, bubbles: true, cancelable: true}))",
        page.find("#sequences"),
    )
    page.until(lambda: page.find("#sequences").get_property("value") == ">dropped\nMKT\n")


def test_what_is_too_large_is_refused_before_it_is_sent(page):
    paste(page, ">a\n" + "M" * (1 << 20))
    page.find("#predict").click()
    page.until(lambda: page.find("#faults").is_displayed())
    assert "at most 1,048,576 are taken" in page.find("#faults").text


def test_stop_takes_the_work_back(browser, serve):
    gate = threading.Event()
    one = serve(Limits(), gate)
    browser.show()
    browser.open(one.address)
    browser.until(lambda: browser.all("#model option"))
    paste(browser, "".join(f">s{n}\nMKT\n" for n in range(40)))
    browser.find("#predict").click()
    browser.until(lambda: one.models["compartments"].asked)
    assert not browser.find("#predict").is_enabled()
    browser.find("#stop").click()
    browser.until(lambda: browser.find("#predict").is_enabled())
    assert not browser.find("#faults").is_displayed()
    gate.set()
    ask(browser, ">after\nMKT\n", "several")
    assert len(one.models["compartments"].asked) == 1
