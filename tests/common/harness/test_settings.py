"""Settings are resolved in the stated order, and wrong names and types are refused."""

import pytest

from common.errors import UsageError
from common.harness.settings import load_settings, parse_override


def write(paper, text):
    (paper.folder / "settings.toml").write_text(text)
    return load_settings(paper.folder / "settings.toml")


def test_variant_uses_its_own_value(paper):
    resolved = paper.settings.resolve("paper", "full", "a")
    assert resolved == {"epochs": 100, "rate": 0.5, "units": 256}


def test_code_variant_without_a_value_is_refused(paper):
    with pytest.raises(UsageError, match="epochs: the variant code has no value"):
        paper.settings.resolve("code", "full", "a")


def test_variant_named_under_use(paper):
    text = """
    [settings.rate]
    paper = 0.5
    code = 0.2
    source = "section 3.1"
    why = "better today"
    use.best = 0.1
    """
    settings = write(paper, text)
    assert settings.variants == ("paper", "best", "code")
    used = {v: settings.resolve(v, "full", "a")["rate"] for v in settings.variants}
    assert used == {"paper": 0.5, "best": 0.1, "code": 0.2}


def test_later_layers_win(paper):
    settings = paper.settings
    assert settings.resolve("paper", "full", "small")["units"] == 8
    quick = settings.resolve("paper", "quick", "small")
    assert (quick["epochs"], quick["units"]) == (5, 4)
    assert settings.resolve("paper", "quick", "small", {"units": 2})["units"] == 2


def test_experiment_in_profile_wins_over_profile(paper):
    text = paper.folder.joinpath("settings.toml").read_text()
    settings = write(paper, text.replace("quick = { units = 4 }", "epochs = 50"))
    assert settings.resolve("paper", "quick", "small")["epochs"] == 5
    settings = write(paper, text.replace("quick = { units = 4 }", "quick = { epochs = 7 }"))
    assert settings.resolve("paper", "quick", "small")["epochs"] == 7


def test_one_table_holds_for_all_experiments_whose_names_fit(paper):
    text = paper.folder.joinpath("settings.toml").read_text()
    settings = write(paper, text + '[experiments."s*".full]\nepochs = 9\nunits = 3\n')
    used = {name: settings.resolve("paper", "full", name)["epochs"] for name in ("small", "a")}
    assert used == {"small": 9, "a": 100}
    assert settings.resolve("paper", "full", "small")["units"] == 3
    assert settings.resolve("paper", "quick", "small")["epochs"] == 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("papr", "full", "a"), "variant 'papr'.*Did you mean paper"),
        (("paper", "quik", "a"), "profile 'quik'.*Did you mean quick"),
        (("paper", "full", "a", {"epoch": 3}), "setting 'epoch'.*Did you mean epochs"),
        (("paper", "full", "a", {"epochs": "3"}), "'3' is a text, allowed is a whole number"),
        (("paper", "full", "a", {"epochs": 3.5}), "3.5 is a number, allowed is a whole number"),
        (("paper", "full", "a", {"epochs": True}), "True is a true or false"),
    ],
)
def test_unknown_names_and_wrong_types(paper, arguments, message):
    with pytest.raises(UsageError, match=message):
        paper.settings.resolve(*arguments)


def test_whole_number_stands_for_a_number(paper):
    value = paper.settings.resolve("paper", "full", "a", {"rate": 1})["rate"]
    assert value == 1.0
    assert isinstance(value, float)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[profiles.quick]", "[profiles.quik]", "profile 'quik'"),
        ("epochs = 5", "epoch = 5", "setting 'epoch'"),
        ("epochs = 5", "epochs = 'five'", "'five' is a text"),
        ("units = 8", "unit = 8", "setting 'unit'"),
        ("quick = { units = 4 }", "fast = { units = 4 }", "profile 'fast'"),
        ('why = "the code halves it"', "", "gives no reason"),
        ('why = "chosen once"', "", "gives no reason"),
        ("use.paper = 256", "", "gives no value"),
        ('source = "section 3"', "", "lacks source"),
        ('source = "section 3"', 'source = "x"\nsorce = "y"', "field of setting epochs 'sorce'"),
        ("[settings.epochs]", "[setings.epochs]", "table 'setings'"),
        ("paper = 100", "paper = ", "not TOML"),
    ],
)
def test_faults_of_the_file(paper, old, new, message):
    text = (paper.folder / "settings.toml").read_text()
    assert old in text
    with pytest.raises(UsageError, match=message):
        write(paper, text.replace(old, new, 1))


def test_missing_file(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        load_settings(tmp_path / "settings.toml")


def test_deviations_are_all_that_is_not_the_papers(paper):
    rows = [(row.name, row.where, row.used) for row in paper.settings.deviations()]
    assert rows == [
        ("rate", "variant code", 0.2),
        ("rate", "variant best", 0.1),
        ("units", "variant paper", 256),
        ("epochs", "profile quick", 5),
        ("units", "experiment small", 8),
        ("units", "experiment small, profile quick", 4),
    ]
    reasons = [row.why for row in paper.settings.deviations()]
    assert reasons[0] == "the code halves it"
    assert reasons[3] == "runs of this profile are shortened"
    assert reasons[4] == "chosen once"


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("epochs=5", ("epochs", 5)),
        ("rate = 1e-3", ("rate", 0.001)),
        ("widths=[1, 3]", ("widths", [1, 3])),
        ("cell=peephole", ("cell", "peephole")),
        ("on=true", ("on", True)),
        ("text=a=b", ("text", "a=b")),
    ],
)
def test_overrides_of_the_command_line(text, parsed):
    assert parse_override(text) == parsed


@pytest.mark.parametrize("text", ["epochs", "=5"])
def test_override_without_name_or_value(text):
    with pytest.raises(UsageError, match="NAME=VALUE"):
        parse_override(text)


def test_lists_of_numbers(paper):
    text = """
    [settings.widths]
    paper = [1, 2.5]
    code = "none released"
    source = "Figure 1"
    """
    settings = write(paper, text)
    assert settings.resolve("paper", "full", "a", {"widths": [3]})["widths"] == [3.0]
    assert settings.resolve("paper", "full", "a", {"widths": []})["widths"] == []
    with pytest.raises(UsageError, match="list of text"):
        settings.resolve("paper", "full", "a", {"widths": ["3"]})
