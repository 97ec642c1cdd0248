"""The page: what it shows, what it never does, and that every text is escaped."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from common.errors import DataError
from common.harness.cells import Cell, ResultTable
from common.harness.claims import Claim, Measured, evaluate_claims, write_claims
from common.harness.compare import compare, write_comparison
from common.harness.groups import choose_group
from common.harness.report import FigureInfo, write_report
from common.harness.targets import NotAttempted, Target

EVIL = "<script>alert(1)</script>"


class Page(HTMLParser):
    """Tags with their attributes, and the text of the page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def measured_on(experiment):
    """Measure of a claim on the runs of an experiment."""

    def measure(records):
        group = choose_group(records, experiment, "paper")
        return Measured(0.2, 0.1, 0.3, len(group.seeds), (group,))

    return measure


@pytest.fixture
def page(paper, results):
    """Write all tables and the page, and parse it."""

    def written():
        write_comparison(compare([paper], results), results)
        write_claims(evaluate_claims([paper], results), results)
        return write_report([paper], results).read_text()

    return written


@pytest.fixture
def full(paper, run, results):
    """A paper with a bit of everything."""
    for seed, right in [(1, 90), (2, 88), (3, 89)]:
        run(seed, right)
    paper.report(
        "Table 1,LA,test,accuracy,0.9,,,100,,",
        "Table 1,other,test,accuracy,0.8,,,100,,",
        f'Table 1,"{EVIL}",test,mcc,0.8,,,100,,"{EVIL}"',
    )
    paper.targets = {
        ("LA", "accuracy"): Target("a", "accuracy", same_test_set=True),
        ("other", "accuracy"): NotAttempted(f"quoted {EVIL}"),
        (EVIL, "mcc"): Target("a", "mcc"),
    }
    paper.title, paper.citation = f"A toy {EVIL}", f"Toy & {EVIL}"
    paper.claims = (Claim("c", f"a above {EVIL}", "toy", "a", 0.5, "accuracy"),)
    paper.figures = (
        FigureInfo("one", "Figure 1", f"says {EVIL}", f"shows {EVIL}"),
        FigureInfo("two", "Figure 2", "says", "shows"),
    )
    cells = [EVIL, Cell("0.50", 0.5), EVIL]
    table = ResultTable(
        "own", f"A table {EVIL}", EVIL, [EVIL, "x", "y"], [cells], [["a/paper/full"]]
    )
    paper.tabulate = lambda _: [table]
    folder = results / "figures" / "toy"
    folder.mkdir(parents=True)
    (folder / "one.png").write_bytes(b"png")
    (folder / "one.svg").write_text("<svg/>")
    return paper


def test_every_text_is_escaped(full, page):
    text = page()
    assert EVIL not in text
    parsed = Page(text)
    assert len(parsed.all("script")) == 1
    assert "".join(parsed.texts).count(EVIL) >= 8
    assert any(EVIL in (image["alt"] or "") for image in parsed.all("img"))


def test_evil_settings_are_escaped(full, page):
    path = full.folder / "settings.toml"
    path.write_text(path.read_text().replace("the code halves it", EVIL))
    assert EVIL not in page()


def test_no_request_leaves_the_page(full, page):
    text = page()
    parsed = Page(text)
    links = [a.get("href") or a.get("src") or "" for _, a in parsed.tags]
    assert not [link for link in links if re.match(r"(https?:)?//", link)]
    assert "@import" not in text
    assert "url(" not in text
    policy = next(m["content"] for m in parsed.all("meta") if "http-equiv" in m)
    assert policy.startswith("default-src 'none'")


def test_numbers_verdicts_and_reasons(full, page):
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page()))
    assert "0.890" in text
    assert "quoted" in text
    assert "1 not attempted" in text
    assert "0 of 3 scores are reproduced, by full runs on exact or reconstructed data." in text
    assert "a above" in text
    assert "the code halves it" in text
    assert "reproduce run toy/a --variant paper --seed 3 --fold 0 --profile full" in text


def test_every_number_leads_to_its_runs(full, page):
    parsed = Page(page())
    ids = {attributes.get("id") for _, attributes in parsed.tags}
    targets = {a["href"][1:] for a in parsed.all("a") if a["href"].startswith("#")}
    parts = {"numbers", "forests", "claims", "tables", "figures", "deviations", "runs"}
    assert targets == {"papers", "toy", "toy_a_paper_full", *(f"toy-{part}" for part in parts)}
    assert targets <= ids


def test_claims_and_tables_of_our_own_lead_to_runs_that_no_number_names(run, paper, page):
    run(experiment="b", profile="quick")
    run(experiment="c")
    paper.report("Table 1,LA,test,accuracy,0.9,,,100,,")
    paper.targets = {("LA", "accuracy"): NotAttempted("quoted")}
    paper.claims = (Claim("c", "statement", "toy", measure=measured_on("b")),)
    table = ResultTable(
        "own", "Own", "c", ["x", "y"], [["net", Cell("0.5", 0.5)]], [["c/paper/full"]]
    )
    paper.tabulate = lambda _: [table]
    parsed = Page(page())
    targets = {a["href"] for a in parsed.all("a")}
    assert {"#toy_b_paper_quick", "#toy_c_paper_full"} <= targets
    ids = {attributes.get("id") for _, attributes in parsed.tags}
    assert {"toy_b_paper_quick", "toy_c_paper_full", "toy-table-own"} <= ids
    assert {"class": "number", "data-key": "0.5"} in parsed.all("td")


def test_claims_older_than_the_records_are_told(run, paper, page, results):
    key = run(experiment="b")
    paper.report("Table 1,LA,test,accuracy,0.9,,,100,,")
    paper.targets = {("LA", "accuracy"): NotAttempted("quoted")}
    paper.claims = (Claim("c", "statement", "toy", measure=measured_on("b")),)
    assert "older than the records" not in page()
    for path in key.path("json", results).parent.iterdir():
        path.unlink()
    assert "older than the records" in write_report([paper], results).read_text()


def test_figures_beside_what_the_paper_says(full, page):
    text = page()
    parsed = Page(text)
    assert [image["src"] for image in parsed.all("img")] == ["../figures/toy/one.png"]
    assert {"href": "../figures/toy/one.svg"} in parsed.all("a")
    assert text.count("Not drawn yet.") == 1
    assert "The paper says" in text


def test_accessible(full, page):
    text = page()
    parsed = Page(text)
    assert parsed.all("html")[0]["lang"] == "en"
    assert len(parsed.all("caption")) == len(parsed.all("table")) == 5
    assert all(th.get("scope") in ("col", "row") for th in parsed.all("th"))
    assert all("alt" in image for image in parsed.all("img"))
    scrolled = [d for d in parsed.all("div") if "scroll" in (d.get("class") or "").split()]
    assert len(scrolled) == 5
    assert all(d["tabindex"] == "0" and d["aria-labelledby"] for d in scrolled)
    ids = [a["id"] for _, a in parsed.tags if a.get("id")]
    assert len(ids) == len(set(ids))
    assert {d["aria-labelledby"] for d in scrolled} <= set(ids)
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert ":focus-visible" in text


@pytest.mark.parametrize("data", ["exact", "simulated"])
def test_banner_when_anything_is_simulated(run, paper, page, data):
    run(data_variant=data)
    paper.report("Table 1,LA,test,accuracy,0.9,,,100,,")
    paper.targets = {("LA", "accuracy"): Target("a", "accuracy")}
    text = page()
    assert ("Simulated data." in text) is (data == "simulated")
    assert ("partial runs or other data</span>" in text) is (data == "simulated")
    assert "0 of 1 scores are reproduced" in text


def test_a_simulated_claim_is_marked_and_needs_no_banner(run, paper, page):
    run()
    paper.report("Table 1,LA,test,accuracy,0.9,,,100,,")
    paper.targets = {("LA", "accuracy"): Target("a", "accuracy")}
    run(experiment="b", data_variant="simulated")
    paper.claims = (Claim("c", "statement", "toy", measure=measured_on("b")),)
    text = page()
    assert "Simulated data." not in text
    assert '<span class="data simulated">simulated</span>' in text


def test_answered_numbers_stand_first(run, paper, page):
    run()
    paper.report("Table 1,LA,test,accuracy,0.9,,,100,,", "Table 2,MLP,test,accuracy,0.9,,,100,,")
    paper.targets = {
        ("LA", "accuracy"): NotAttempted("quoted"),
        ("MLP", "accuracy"): Target("a", "accuracy"),
    }
    text = page()
    assert text.index("MLP · test") < text.index("LA · test")


def test_cells_of_a_matrix_are_counted_apart_from_scores(run, paper, page):
    run()
    paper.report(
        "Table 1,LA,test,accuracy,0.9,,,100,,",
        "Table 2,true ER,predicted ER,proteins,30,,,100,,",
        "Table 2,true ER,predicted Golgi,proteins,4,,,100,,",
    )
    paper.targets = {
        ("LA", "accuracy"): Target("a", "accuracy"),
        ("true ER", "proteins"): Target("a", "proteins:ER>ER"),
    }
    text = page()
    assert "of 1 scores and" in text
    assert "of 2 cells of confusion matrices are reproduced" in text


def test_sizes_are_counted_apart_from_scores(run, paper, page):
    run(metrics={"accuracy": 0.9, "parameters": 7})
    paper.report(
        "Table 1,LA,test,accuracy,0.9,,,100,,",
        "Table 1,LA,model,parameters,7,,,,,",
    )
    paper.targets = {
        ("LA", "accuracy"): Target("a", "accuracy"),
        ("LA", "parameters"): Target("a", "parameters"),
    }
    assert "0 of 1 scores and 1 of 1 counts and sizes are reproduced" in page()


def test_equivalent_on_other_data_is_not_counted_as_reproduced(run, paper, page, predictions_of):
    for seed in (1, 2, 3):
        table = predictions_of(6000, 5400)
        run(seed, table=table, metrics={}, data_variant="stand-in")
    paper.report("Table 1,LA,test,accuracy,0.9,,,6000,,")
    paper.targets = {("LA", "accuracy"): Target("a", "accuracy")}
    text = page()
    assert 'data-verdict="equivalent" data-data="stand-in"' in text
    assert "0 of 1 scores are reproduced" in text
    assert 'class="chip equivalent other"' in text


def test_a_paper_that_prints_no_numbers_has_no_table_of_them(full, page, results):
    page()
    bare = replace(full, name="bare", title="No numbers", tabulate=None)
    bare.reported_target = None
    text = write_report([full, bare], results).read_text()
    assert text.count('class="numbers sortable"') == 1
    assert text.count("No number of this paper fits the filter.") == 1
    assert "#toy-numbers" in text and "#bare-numbers" not in text
    assert "#bare-deviations" in text


@pytest.mark.parametrize(
    ("changes", "marked"),
    [({}, False), ({"data_variant": "simulated"}, True), ({"extra": {"cut_short": "1 h"}}, True)],
)
def test_a_claim_of_other_runs_is_no_reproduction(run, paper, page, changes, marked):
    run(**changes)
    paper.report("Table 1,LA,test,accuracy,0.9,,,100,,")
    paper.targets = {("LA", "accuracy"): NotAttempted("quoted")}
    paper.claims = (Claim("c", "statement", "toy", measure=measured_on("a")),)
    assert ('class="chip holds other"' in page()) is marked


def test_table_older_than_the_records(full, page, run, results):
    assert "older than the records" not in page()
    run(4, 89)
    text = write_report([full], results).read_text()
    assert "older than the records" in text


def test_same_input_gives_the_same_bytes(full, page):
    assert page() == page()


def test_without_a_comparison(paper, results):
    with pytest.raises(DataError, match=r"comparison.csv: no such file"):
        write_report([paper], results)
    assert not (results / "report").exists()
