"""The comparison table, on runs whose numbers can be worked out by hand."""

import math

import pytest
from scipy import stats

from common.errors import DataError, UsageError
from common.harness.compare import COLUMNS, compare, read_comparison, write_comparison
from common.harness.shortfall import OTHER_SETTINGS
from common.harness.targets import NotAttempted, Target

DESIGN = [
    *("paper", "source", "row", "column", "metric", "unit"),
    *("reported", "reported_spread", "spread_kind", "reproduced", "seed_sd"),
    *("bootstrap_low", "bootstrap_high", "sampling_se", "n_seeds", "n_test"),
    *("difference", "ci_low", "ci_high", "margin"),
    *("verdict", "data", "profile", "variant", "shortfall", "reason"),
]


@pytest.fixture
def one(paper, results):
    """Compare one printed number with a target and return its row."""

    def row(line, target, **options):
        paper.report(line)
        name, metric = line.split(",")[1], line.split(",")[3]
        paper.targets = {(name, metric): target}
        table = compare([paper], results, **options)
        assert len(table) == 1
        return table.iloc[0]

    return row


def seeds(run, *right, **options):
    for seed, each in enumerate(right, 1):
        run(seed, each, **options)


def test_columns_are_the_designs():
    assert list(COLUMNS) == DESIGN


def test_shared_test_set(run, one):
    seeds(run, 90, 88, 89)
    row = one("T,a,b,accuracy,0.9,,,100,,", Target("a", "accuracy", same_test_set=True))
    half = stats.t.ppf(0.95, 2) * 0.01 * math.sqrt(4 / 3)
    assert row["reproduced"] == pytest.approx(0.89)
    assert row["seed_sd"] == pytest.approx(0.01)
    assert row["difference"] == pytest.approx(-0.01)
    assert [row["ci_low"], row["ci_high"]] == pytest.approx([-0.01 - half, -0.01 + half])
    assert row["sampling_se"] == pytest.approx(math.sqrt(0.89 * 0.11 / 100))
    assert row["bootstrap_low"] < 0.89 < row["bootstrap_high"]
    assert (row["n_seeds"], row["n_test"], row["margin"]) == (3, 100, 0.02)
    assert (row["verdict"], row["data"], row["profile"]) == ("inconclusive", "exact", "full")
    assert row["reason"] == ""


def test_equivalent(run, one):
    seeds(run, 900, 901, 899, n=1000)
    row = one("T,a,b,accuracy,0.9,,,1000,,", Target("a", "accuracy", same_test_set=True))
    assert row["verdict"] == "equivalent"


@pytest.mark.parametrize(("printed", "expected"), [("0.5", "higher"), ("0.99", "lower")])
def test_higher_and_lower(run, one, printed, expected):
    seeds(run, 90, 90, 90)
    row = one(f"T,a,b,accuracy,{printed},,,100,,", Target("a", "accuracy", same_test_set=True))
    assert row["verdict"] == expected


def test_percent(run, one):
    seeds(run, 90, 88, 89)
    row = one("T,a,b,accuracy,90.0,,,100,percent,", Target("a", "accuracy", same_test_set=True))
    assert row["reproduced"] == pytest.approx(89)
    assert (row["margin"], row["unit"]) == (2.0, "percent")
    assert row["seed_sd"] == pytest.approx(1)
    assert row["sampling_se"] == pytest.approx(100 * math.sqrt(0.89 * 0.11 / 100))
    assert row["bootstrap_high"] - row["bootstrap_low"] == pytest.approx(12, abs=3)


def test_other_test_set_adds_the_sampling_error(run, one):
    seeds(run, 90, 88, 89)
    shared = one("T,a,b,accuracy,0.9,,,100,,", Target("a", "accuracy", same_test_set=True))
    apart = one("T,a,b,accuracy,0.9,,,100,,", Target("a", "accuracy"))
    sampling = 1.645 * math.hypot(
        math.sqrt(90 / 102 * 12 / 102 / 102), math.sqrt(91 / 102 * 11 / 102 / 102)
    )
    width = math.hypot(shared["ci_high"] - shared["difference"], sampling)
    assert apart["ci_high"] - apart["difference"] == pytest.approx(width, rel=1e-3)


def test_test_set_of_another_size_is_another_test_set(run, one):
    seeds(run, 90, 88, 89)
    row = one("T,a,b,accuracy,0.9,,,99,,", Target("a", "accuracy", same_test_set=True))
    assert row["reason"] == "100 test examples, in the paper 99"
    same = one("T,a,b,accuracy,0.9,,,100,,", Target("a", "accuracy", same_test_set=True))
    assert row["ci_high"] > same["ci_high"]


@pytest.mark.parametrize("data", ["partial data", "stand-in", "simulated"])
def test_other_data_is_no_reproduction(run, one, data):
    seeds(run, 90, 90, 90, data_variant=data)
    row = one("T,a,b,accuracy,0.9,,,100,,", Target("a", "accuracy", same_test_set=True))
    assert row["data"] == data
    assert row["reason"] == f"on {data}: no reproduction"
    seeds(run, 90, 90, 90)
    real = one("T,a,b,accuracy,0.9,,,100,,", Target("a", "accuracy", same_test_set=True))
    assert row["ci_high"] > real["ci_high"]


def test_fewer_seeds_say_so(run, one):
    seeds(run, 90)
    row = one("T,a,b,accuracy,0.9,,,100,,", Target("a", "accuracy", same_test_set=True))
    assert row["reason"] == "1 of 3 seeds: sampling error of both sides"
    assert math.isnan(row["seed_sd"])
    assert row["ci_high"] == pytest.approx(
        1.645 * math.sqrt(2 * 91 / 102 * 11 / 102 / 102), rel=1e-3
    )


def test_equal_seeds_do_not_make_a_certain_number(run, one):
    seeds(run, 90, 90, 90)
    row = one("T,a,b,accuracy,0.9,,,100,,", Target("a", "accuracy", same_test_set=True))
    assert row["seed_sd"] == 0
    rounding = 0.01 / math.sqrt(12)
    assert row["ci_high"] == pytest.approx(stats.t.ppf(0.95, 2) * rounding * math.sqrt(4 / 3))


def test_confusion_cells_are_scaled_to_the_papers_class(run, paper, results):
    seeds(run, 90)
    paper.report(
        "Table 2,true ER,predicted ER,proteins,60,,,200,,",
        "Table 2,true ER,predicted Golgi,proteins,8,,,200,,",
    )
    paper.targets = {("true ER", "proteins"): Target("a", "proteins:ER>ER")}
    row = compare([paper], results).iloc[0]
    # 34 of our 100 are ER and 4 of them are wrong; the paper has 68.
    assert row["reproduced"] == pytest.approx(68 * 30 / 34)
    assert row["margin"] == pytest.approx(0.03 * 68)
    assert row["sampling_se"] == pytest.approx(68 * math.sqrt(30 / 34 * 4 / 34 / 34))
    ours, theirs = (31 / 36 * 5 / 36 / 36, 61 / 70 * 9 / 70 / 70)
    half = 68 * 1.6449 * math.sqrt(ours + theirs)
    assert row["ci_high"] - row["difference"] == pytest.approx(half, rel=1e-3)


def test_count_without_its_class(run, one):
    seeds(run, 90)
    line = "T,Nucleus,HPA,true positives,568,,,1717,,"
    with pytest.raises(DataError, match=r"Nucleus.*Give the target its `total`"):
        one(line, Target("a", "proteins:ER>ER"))
    row = one(line, Target("a", "proteins:ER>ER", total=893))
    assert row["reproduced"] == pytest.approx(893 * 30 / 34)


def test_parameters_must_be_equal(run, one):
    seeds(run, 90, metrics={"parameters": 18940224})
    row = one("T,LA,model,parameters,18940224,,,,,", Target("a", "parameters"))
    assert (row["verdict"], row["ci_low"], row["ci_high"]) == ("equivalent", 0, 0)
    row = one("T,LA,model,parameters,18940225,,,,,", Target("a", "parameters"))
    assert row["verdict"] == "lower"


def test_a_count_on_other_data_cannot_be_judged(run, one):
    seeds(run, 90, metrics={"count:found": 7}, data_variant="partial data")
    row = one("T,a,b,found,9,,,,,", Target("a", "count:found"))
    assert row["verdict"] == "inconclusive"
    assert "cannot be held against the printed one" in row["reason"]


def test_error_that_a_record_tells_is_used(run, one):
    seeds(run, 90, metrics={"auc": 0.7}, extra={"sampling_se": {"auc": 0.01}})
    row = one("T,a,b,auc,0.7,,,,,", Target("a", "auc"))
    assert row["sampling_se"] == pytest.approx(0.01)
    assert row["verdict"] == "equivalent"
    assert not math.isnan(row["ci_low"])


def test_folds_that_are_not_there_yet_are_told(paper, run, one):
    paper.folds = 10
    seeds(run, 90)
    row = one("T,a,b,accuracy,0.9,,,,,", Target("a", "accuracy"))
    assert "1 of 10 folds" in row["reason"]


def test_metric_without_sampling_error_is_inconclusive(run, one):
    seeds(run, 90, metrics={"auc": 0.7})
    row = one("T,a,b,auc,0.7,,,,,", Target("a", "auc"))
    assert row["verdict"] == "inconclusive"
    assert row["reason"] == "neither seed spread nor sampling error is known"
    assert math.isnan(row["ci_low"])


def test_metric_without_a_margin_is_refused(run, one):
    seeds(run, 90, metrics={"width": 100})
    with pytest.raises(UsageError, match="metric width: no margin"):
        one("T,a,b,width,100,,,,,", Target("a", "width"))


def test_not_attempted(one):
    row = one("T,a,b,accuracy,0.9,,,,,", NotAttempted("quoted", "reproduce run x/y"))
    assert row["verdict"] == "not attempted"
    assert row["reason"] == "quoted; the command would be: reproduce run x/y"
    assert math.isnan(row["reproduced"])
    assert (row["data"], row["profile"]) == ("", "")


def test_what_a_run_could_not_measure_has_its_reason(run, one):
    run(1, 90, extra={"not_measured": {"count:matched": "the motifs are not here"}})
    row = one("T,a,b,matched,3,,,,,", Target("a", "count:matched"))
    assert (row["verdict"], row["reason"]) == ("not attempted", "the motifs are not here")
    with pytest.raises(DataError, match="no value for the metric count:other"):
        one("T,a,c,other,3,,,,,", Target("a", "count:other"))


def test_target_without_a_run_gives_the_command(one):
    row = one("T,a,b,accuracy,0.9,,,,,", Target("a", "accuracy"))
    assert row["verdict"] == "not attempted"
    assert "reproduce run toy/a --variant paper --profile full" in row["reason"]


def test_another_variant_answers_where_it_has_more_folds(run, one, predictions_of):
    def folds(variant, count, right):
        for fold in range(count):
            table = predictions_of(100, right, first=100 * fold)
            run(fold=fold, variant=variant, table=table, metrics={})

    line, target = "T,a,b,accuracy,0.9,,,100,,", Target("a", "accuracy", "paper", ("best",))
    assert "--variant paper" in one(line, target)["reason"]
    folds("best", 2, 70)
    folds("paper", 1, 80)
    row = one(line, target)
    assert (row["variant"], row["reproduced"], row["n_test"]) == ("best", 0.7, 200)
    assert "variant best in place of paper" in row["shortfall"]
    folds("paper", 2, 80)
    row = one(line, target)
    assert (row["variant"], row["reproduced"], row["n_test"]) == ("paper", 0.8, 200)
    assert "variant" not in row["shortfall"]


def test_row_with_neither_target_nor_reason(one):
    with pytest.raises(DataError, match="neither a target nor a reason"):
        one("T,a,b,accuracy,0.9,,,,,", None)


def test_profile(run, one):
    seeds(run, 50, profile="quick")
    row = one("T,a,b,accuracy,0.9,,,,,", Target("a", "accuracy"))
    assert row["profile"] == "quick"
    assert "shortened run (quick)" in row["reason"]
    row = one("T,a,b,accuracy,0.9,,,,,", Target("a", "accuracy"), profile="full")
    assert row["verdict"] == "not attempted"


def test_runs_with_other_settings_are_named(run, one, paper):
    seeds(run, 90)
    path = paper.folder / "settings.toml"
    path.write_text(path.read_text().replace("paper = 100", "paper = 99"))
    row = one("T,a,b,accuracy,0.9,,,,,", Target("a", "accuracy"))
    assert "other settings than settings.toml: epochs" in row["reason"]


def test_other_settings_of_an_ensembles_members_are_named(run, one):
    for seed, names in ((1, ["units"]), (2, ["epochs", "units"]), (3, [])):
        run(seed, 90, extra={"members_other_settings": names})
    row = one("T,a,b,accuracy,0.9,,,,,", Target("a", "accuracy"))
    assert row["reason"] == f"members {OTHER_SETTINGS}: epochs, units"
    assert row["shortfall"] == row["reason"]


@pytest.mark.parametrize(
    ("extra", "shortfall"),
    [
        ({"members": {"a": 1, "b": 2}, "most": 10}, ""),
        ({"members": {"a": 1}, "most": 10}, "1 of 2 members"),
        ({"members": {"a": 1}, "most": 1}, ""),
        ({"members": {"a": 1}}, "1 of 2 members"),
        ({"hours": 2.0, "cut_short": "2 of at most 3 epochs"}, "2 of at most 3 epochs"),
    ],
)
def test_runs_that_are_not_the_whole_of_what_is_declared_say_so(run, one, extra, shortfall):
    for seed in (1, 2, 3):
        run(seed, 90, extra=extra)
    row = one("T,a,b,accuracy,0.9,,,,,", Target("a", "accuracy"))
    assert (row["shortfall"], row["reason"]) == (shortfall, shortfall)


def test_a_share_above_one_is_refused_since_its_unit_is_missing(run, one):
    seeds(run, 90)
    with pytest.raises(DataError, match="87.9 is no accuracy out of 1"):
        one("T,a,b,accuracy,87.9,,,,,", Target("a", "accuracy"))


def test_same_records_give_the_same_bytes(run, one, paper, results):
    seeds(run, 90, 88, 87)
    one("T,a,b,accuracy,0.9,0.01,sd over training seeds,100,,", Target("a", "accuracy"))
    first = write_comparison(compare([paper], results), results).read_bytes()
    again = write_comparison(compare([paper], results), results).read_bytes()
    assert first == again
    found = read_comparison(results / "comparison.csv").iloc[0]
    assert (found["reported"], found["spread_kind"]) == (0.9, "sd over training seeds")
    assert math.isclose(found["reproduced"], 0.883333, rel_tol=1e-6)
