"""The network for prediction: trained on all of a user's sequences, with the study's scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from common.harness.commits import git_state
from common.harness.experiment import Context, Paper
from common.harness.groups import choose_group
from common.harness.record import RunKey, read_records
from common.harness.runner import checkpoint_folder
from common.own.study import NETWORK, Data, train_network
from common.predict.calibration import calibrate
from common.predict.card import Card, digest_of, weights_of, write_card
from common.predict.novelty import describe_training
from common.predict.release import intervals, spread_of

WHOLE = "whole"
CROSS_VALIDATED = "cross-validated examples"


def write_final(
    study: Paper, data: Data, profile: str, seed: int, results: Path, runs: Path, *, quiet: bool
) -> Path:
    """Train on the sequences of all folds and write weights and card.

    A network that stops by validation holds out its own part of them, as in every fold.

    The card's scores and temperature are those of the cross-validation: no sequence is left to
    measure this very network on.

    Returns
    -------
    Path
        ``model.json`` under `results`, with ``model.npz`` beside it.
    """
    from common.training.checkpoint import save_weights

    card_path = results / "model.json"
    group = choose_group(read_records(results, profile, study.name), NETWORK, "paper", profile)
    if group is None:
        raise RuntimeError("the study's network has no records")
    settings = study.settings.resolve("paper", profile, NETWORK)
    key = RunKey(profile, study.name, WHOLE, "paper", seed)
    context = Context(key, settings, checkpoint_folder(key, settings, runs), results, quiet)
    labelled, trainable = data.labelled, data.trainable
    model, _ = train_network(data, np.arange(len(labelled.frame)), context, data.reader(context))
    save_weights(weights_of(card_path), model, dtype="float16")
    pooled = next(iter(group.scores().values()))
    found = calibrate(pooled, name=CROSS_VALIDATED)
    estimates = {name: group.estimate(name).value for name in group.records[0].metrics}
    card = Card(
        model=study.name,
        title=study.title,
        citation=trainable.title,
        paper=trainable.name,
        experiment=study.name,
        variant="paper",
        profile=profile,
        seed=seed,
        fold=0,
        task=labelled.task,
        labels=labelled.labels,
        alphabet=trainable.alphabet.name,
        settings=settings,
        data_variant="exact",
        data_sha256=labelled.sha256,
        licence="your own data",
        metrics=estimates,
        spread=spread_of(group),
        n_test=pooled.n,
        n_seeds=len(group.seeds),
        calibration={} if found is None else found.summary(),
        training=describe_training(labelled.frame["sequence"], trainable.alphabet),
        commit=git_state()[0],
        weights_sha256=digest_of(weights_of(card_path)),
        remark=data.how,
        interval=intervals(group, estimates),
    )
    write_card(card_path, card)
    return card_path
