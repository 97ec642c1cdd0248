"""`reproduce train`: the name of a study, and what it cannot read."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.errors import UsageError
from reproductions import cli_train


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("my.fasta", "my-sonderby"),
        ("my_own-1.fasta.gz", "my_own-1-sonderby"),
        ("my data.fasta", "my-data-sonderby"),
        ("été 2.fa", "t-2-sonderby"),
        ("(1).fa", "1--sonderby"),
        ("日本.fa", "own-sonderby"),
    ],
)
def test_a_study_is_named_like_its_file(tmp_path, monkeypatch, file, name):
    from common.harness.run_key import RunKey

    fasta, asked = tmp_path / file, []
    labels = ["A", "B"] * 5
    fasta.write_text("".join(f">P{i} {label}\nMKT\n" for i, label in enumerate(labels)))
    monkeypatch.setattr(
        "common.own.run.run_study", lambda *given, **rest: asked.append(given) or []
    )
    cli_train.train(fasta, paper="sonderby")
    assert asked[0][0] == name
    RunKey("quick", name, "network", "paper", 1)
    assert asked[0][3].name == name


def test_the_standard_input_is_no_file_to_train_on():
    with pytest.raises(UsageError, match="the standard input: training reads .* several times"):
        cli_train.train(Path("-"), paper="sonderby")
