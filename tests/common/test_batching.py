"""Plans and ragged batches."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from common.batching import BatchStream, _filler, make_dataset, padding_share, plan_batches
from common.data.alphabet import PROTEIN, RNA
from common.errors import UsageError
from common.features.per_residue import PerResidueStore, write_store
from common.features.truncation import cut_end
from common.sources import Examples, ResidueSource, TokenSource, VectorSource


@pytest.fixture
def lengths() -> np.ndarray:
    return np.random.default_rng(0).integers(5, 400, 300)


@pytest.mark.parametrize("seed", [None, 3])
@pytest.mark.parametrize("budget", [None, 2000])
def test_plan_holds_every_example_once(lengths, seed, budget):
    generator = None if seed is None else np.random.default_rng(seed)
    plan = plan_batches(lengths, 32, max_positions=budget, generator=generator)
    assert sorted(np.concatenate(plan)) == list(range(len(lengths)))
    assert max(map(len, plan)) <= 32


def test_plan_keeps_the_residue_budget(lengths):
    plan = plan_batches(lengths, 32, max_positions=2000, generator=np.random.default_rng(1))
    assert all(lengths[batch].max() * len(batch) <= 2000 for batch in plan)
    assert len(plan) > len(plan_batches(lengths, 32))


def test_example_above_the_budget_is_alone():
    plan = plan_batches(np.array([10, 35_000, 12]), 8, max_positions=1000)
    assert [batch.tolist() for batch in plan] == [[0, 2], [1]]


def test_order_of_prediction_is_that_of_length(lengths):
    order = np.concatenate(plan_batches(lengths, 32))
    assert (np.diff(lengths[order]) >= 0).all()


def test_order_of_training_differs_between_epochs_and_repeats_by_seed(lengths):
    first, second, again = (
        np.concatenate(plan_batches(lengths, 32, generator=np.random.default_rng([7, epoch])))
        for epoch in (0, 1, 0)
    )
    assert not np.array_equal(first, second)
    assert np.array_equal(first, again)


def test_grouping_by_length_leaves_little_padding(lengths):
    grouped = plan_batches(lengths, 16, generator=np.random.default_rng(0), jitter=0.05)
    order = np.random.default_rng(0).permutation(len(lengths))
    mixed = np.array_split(order, len(grouped))
    assert padding_share(lengths, grouped) < 0.12
    assert padding_share(lengths, mixed) > 0.4


def test_padding_share_by_hand():
    assert padding_share(np.array([2, 4, 10]), [np.array([0, 1]), np.array([2])]) == pytest.approx(
        1 - 16 / 18
    )


@pytest.mark.parametrize(("size", "budget"), [(0, None), (4, 0)])
def test_sizes_below_one_are_refused(size, budget):
    with pytest.raises(UsageError, match="below 1"):
        plan_batches(np.array([1, 2]), size, max_positions=budget)


def _examples(sequences: list[str], alphabet=PROTEIN, **more) -> Examples:
    ids = np.array([f"P{place}" for place in range(len(sequences))])
    size = np.array([len(sequence) for sequence in sequences])
    return Examples(
        ids, size, {"tokens": TokenSource(sequences, alphabet), **more}, np.arange(len(ids))
    )


def test_batches_are_ragged_tokens_with_lengths_and_targets():
    examples = _examples(["ARN", "V", "XBZ"])
    ((inputs, targets),) = make_dataset(examples, [np.array([2, 0, 1])])
    assert inputs["tokens"].dtype == "uint8"
    assert inputs["tokens"].to_list() == [[23, 21, 22], [1, 2, 3], [20]]
    assert inputs["length"].numpy().tolist() == [3, 3, 1]
    assert targets.numpy().tolist() == [2, 0, 1]


def test_rna_uses_the_same_code():
    ((inputs, _),) = make_dataset(_examples(["ACGTN"], RNA), [np.array([0])])
    assert inputs["tokens"].to_list() == [[1, 2, 3, 4, 5]]


def test_a_letter_that_was_not_cleaned_is_refused():
    with pytest.raises(Exception, match="outside the protein alphabet"):
        list(make_dataset(_examples(["AR-"]), [np.array([0])]))


def test_a_very_long_sequence_passes():
    ((inputs, _),) = make_dataset(_examples(["M" + "A" * 34_999]), [np.array([0])])
    assert inputs["tokens"].row_lengths().numpy().tolist() == [35_000]


def test_dense_batches_have_lengths_of_a_multiple():
    ((inputs, _),) = make_dataset(_examples(["ARN", "V"]), [np.array([0, 1])], pad_to=8)
    assert inputs["tokens"].shape == (2, 8)
    assert inputs["tokens"].numpy()[1].tolist() == [20, 0, 0, 0, 0, 0, 0, 0]


def test_features_of_a_file_follow_their_examples_and_are_cut_alike(tmp_path):
    values = {
        f"P{place}": np.arange(2 * n, dtype=np.float16).reshape(n, 2)
        for place, n in enumerate((3, 7))
    }
    write_store(tmp_path / "f.h5", values.items(), {"tool": "test"})
    store = PerResidueStore(tmp_path / "f.h5")
    source = ResidueSource(store, ["P0", "P1"], max_length=4)
    examples = _examples(["ARN", "ARND"], profile=source)
    ((inputs, _),) = make_dataset(examples, [np.array([1, 0])])
    long, short = inputs["profile"]
    assert np.array_equal(short.numpy(), values["P0"])
    assert np.array_equal(long.numpy(), values["P1"][[0, 1, 5, 6]])
    assert inputs["tokens"].row_lengths().numpy().tolist() == [4, 3]
    kept, _ = ResidueSource(store, ["P1"], max_length=4, cut=cut_end).read(np.array([0]))
    assert np.array_equal(kept, values["P1"][:4])


def test_no_thread_that_tunes_itself_holds_up_the_end_of_an_epoch():
    examples = Examples(
        np.array(["a", "b"]), np.array([2, 3]), {"t": TokenSource(["MK", "MKV"], PROTEIN)}
    )
    dataset = BatchStream(examples, with_targets=False).follow([np.array([0, 1])])
    assert dataset.options().autotune.enabled is False


def test_stream_follows_a_new_plan_without_tracing_anew():
    traces = []

    class Counted(TokenSource):
        def batch(self, indices):
            traces.append(1)
            return super().batch(indices)

    sequences = ["ARN", "V", "XB"]
    examples = Examples(
        np.array(["a", "b", "c"]), np.array([3, 1, 2]), {"tokens": Counted(sequences, PROTEIN)}
    )
    stream = BatchStream(examples, with_targets=False)
    for plan in ([[0, 1], [2]], [[2], [1], [0]], [[1, 2, 0]]):
        batches = list(stream.follow([np.array(rows) for rows in plan]))
        lengths = [inputs["length"].numpy().tolist() for (inputs,) in batches]
        assert lengths == [[len(sequences[row]) for row in rows] for rows in plan]
    assert len(traces) == 1


def test_precision_of_a_file_is_kept_in_its_batches(tmp_path):
    for dtype in ("float16", "float32"):
        rows = np.full((3, 2), 1 / 3, dtype)
        store = PerResidueStore(write_store(tmp_path / f"{dtype}.h5", [("P0", rows)], {}, dtype))
        examples = Examples(
            np.array(["P0"]), np.array([3]), {"x": ResidueSource(store, ["P0"])}, np.array([1])
        )
        ((inputs, _),) = make_dataset(examples, [np.array([0])])
        assert inputs["x"].dtype == dtype
        assert np.array_equal(inputs["x"][0].numpy(), rows)


@pytest.mark.parametrize("multiple", [None, 8])
def test_vectors_are_batched_as_they_are(multiple):
    values = np.arange(6, dtype=np.float32).reshape(3, 2)
    examples = Examples(np.array(list("abc")), np.ones(3, int), {"v": VectorSource(values)})
    plan = [np.array([2, 0])]
    ((inputs,),) = make_dataset(examples, plan, with_targets=False, pad_to=multiple)
    assert np.array_equal(inputs["v"].numpy(), values[[2, 0]])


@pytest.mark.parametrize("kind", ["vectors", "tokens"])
def test_graph_of_a_batch_holds_no_copy_of_the_data(kind):
    import tensorflow as tf

    values = np.random.default_rng(0).normal(size=(500, 300)).astype("float32")
    source = VectorSource(values) if kind == "vectors" else TokenSource(["MK" * 600] * 500, PROTEIN)
    examples = Examples(np.arange(500).astype(str), np.full(500, 300), {"x": source}, values)
    fill = tf.function(_filler(examples, with_targets=True, pad_to=None))
    graph = fill.get_concrete_function(tf.TensorSpec([None], tf.int64)).graph.as_graph_def()
    assert graph.ByteSize() < 60_000  # of 600,000 letters or bytes


def test_nothing_keeps_the_examples_once_their_batches_are_read():
    examples = Examples(np.array(["a"]), np.array([3]), {"tokens": TokenSource(["MKT"], PROTEIN)})
    (_,) = make_dataset(examples, [np.array([0])], with_targets=False)
    kept = weakref.ref(examples)
    del examples
    gc.collect()
    assert kept() is None
