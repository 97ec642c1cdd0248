"""Motifs of the first convolution: matches, company, and what each filter carries alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from common.data.fetch import SIMULATED, locate
from common.data.motifs import read_motifs
from common.harness.ensemble import read_from
from common.harness.experiment import Context
from common.harness.record import RunResult
from common.interpret.isolation import isolate_filters
from common.interpret.motifs import (
    cluster_filters,
    filter_motifs,
    match_motifs,
    mean_activations,
)
from common.training.fit import predict
from reproductions.rnatracker.data import Table
from reproductions.rnatracker.inputs import base_tokens, nucleotide_table
from reproductions.rnatracker.networks import first_record, load_network, table_of
from reproductions.rnatracker.training import examples_of, normalised

MATCHED = 0.05


def run(context: Context) -> RunResult:
    """Look at the 32 filters of the first fold's full-length network.

    The record's metric ``count:matched filters`` is the number whose best match in Tomtom has a
    q-value below 0.05, the threshold of the released code; ``count:filters below p 0.05`` is that
    by p-value, which by chance alone nearly every filter is. ``extra`` has each filter's motif and
    match, its mean activation on the most strongly localised transcripts of each fraction, the
    order of the clusters, and the correlation of its own prediction with the whole network's.
    """
    settings = context.settings
    record = first_record(context, "full-length")
    model, table = load_network(record, context.results), table_of(record)
    layer = model.get_layer("conv_1")
    kernel, bias = np.array(layer.kernel), np.array(layer.bias)
    chosen = strongest(table, settings["clustered"])
    tokens = [base_tokens(sequence) for sequence in table.frame["sequence"].iloc[chosen]]
    motifs = filter_motifs(tokens, nucleotide_table(), kernel, bias)
    known = locate("ray2013", simulate=True)
    matches = pd.DataFrame()
    if known.origin != SIMULATED:
        (path,) = known.paths.values()
        matches = match_motifs(motifs, read_motifs(path), MATCHED)
    active = mean_activations(tokens, nucleotide_table(), kernel, bias)
    order, tree = cluster_filters(active)
    frame = table.frame.iloc[chosen].reset_index(drop=True)
    examples = examples_of(frame, record.settings)
    budget = settings["max_positions"]
    alone = isolate_filters(
        layer,
        lambda: normalised(predict(model, examples, batch_size=64, max_positions=budget)),
        table.fractions,
    )
    metrics = {"count:motifs": float(len(motifs))}
    not_measured = {}
    if known.origin == SIMULATED:
        not_measured["count:matched filters"] = "the known motifs (data set ray2013) are not here"
    else:
        metrics["count:matched filters"] = float(matches["matched"].sum())
        metrics["count:filters below p 0.05"] = float((matches["p_value"] < MATCHED).sum())
    return RunResult(
        metrics=metrics,
        predictions=record.predictions,
        n_original=len(table.frame),
        n_effective=len(chosen),
        data_variant=record.data_variant,
        data_sha256={**record.content["data_sha256"], **known.sha256},
        n_parameters=record.content["n_parameters"],
        extra={
            **read_from([record]),
            "most": 1,
            "not_measured": not_measured,
            "motifs": {str(m.filter): _rounded(m.probabilities) for m in motifs},
            "sites": {str(m.filter): m.sites for m in motifs},
            "matches": matches.to_dict("records"),
            "order": order.tolist(),
            "tree": _rounded(tree),
            "activations": _rounded(active),
            "fractions": table.predominant[chosen].tolist(),
            "isolated": _rounded(alone.to_numpy()),
        },
    )


def strongest(table: Table, n: int) -> np.ndarray:
    """Rows of the `n` transcripts with the largest share of each fraction, fraction by fraction."""
    shares = table.shares
    order = [np.argsort(-shares[:, column], kind="stable")[:n] for column in range(shares.shape[1])]
    kept: dict[int, None] = dict.fromkeys(int(row) for rows in order for row in rows)
    return np.array(list(kept))


def _rounded(values: Any) -> list:
    """Nested lists of numbers with five significant digits; what is not finite becomes None."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim > 1:
        return [_rounded(row) for row in array]
    return [float(f"{value:.5g}") if np.isfinite(value) else None for value in array]
