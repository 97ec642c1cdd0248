"""The authors' checkpoints, by `reproduce import-torch`."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from typer.testing import CliRunner

from common.data.fetch import locate
from common.errors import DataError, UsageError
from common.paths import mirror_folder
from reproductions.cli import app


def command(*words: str):
    return CliRunner().invoke(app, ["import-torch", *words])


@pytest.mark.mirror
@pytest.mark.skipif(mirror_folder() is None, reason="the parity file is not here")
def test_checkpoint_becomes_a_keras_file_that_gives_the_same_answer(tmp_path):
    (path,) = locate("torch-parity").paths.values()
    result = command(str(path), "-o", str(tmp_path / "ffn.keras"), "--prefix", "ffn/")
    assert result.exit_code == 0, result.output
    with np.load(path) as arrays:
        count, logits = int(arrays["n_parameters_ffn"]), arrays["ffn_logits"]
        x, lengths = arrays["residue_embeddings"], arrays["lengths"]
    means = np.stack([x[row, :n].mean(0) for row, n in enumerate(lengths)])
    assert f"ffn, {count + 64:,} parameters" in result.output
    model = keras.saving.load_model(tmp_path / "ffn.keras")
    expected = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    found = keras.ops.convert_to_numpy(
        model.predict_on_batch({"protein": means, "length": lengths})
    )
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.mirror
@pytest.mark.skipif(mirror_folder() is None, reason="the parity file is not here")
@pytest.mark.parametrize(
    ("max_over", "logits"), [("padded", "la_logits_batched"), ("residues", "la_logits_alone")]
)
def test_light_attention_answers_the_same_after_it_was_saved(max_over, logits, tmp_path):
    (path,) = locate("torch-parity").paths.values()
    words = ("-o", str(tmp_path / "la.keras"), "--prefix", "la/", "--max-over", max_over)
    result = command(str(path), *words)
    assert result.exit_code == 0, result.output
    with np.load(path) as arrays:
        x, lengths = arrays["residue_embeddings"], arrays["lengths"]
        expected = np.exp(arrays[logits]) / np.exp(arrays[logits]).sum(1, keepdims=True)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        x = tf.RaggedTensor.from_tensor(x, lengths)
    else:
        x = np.where(np.arange(x.shape[1])[:, None] < lengths[:, None, None], x, 0)
    model = keras.saving.load_model(tmp_path / "la.keras")
    found = model.predict_on_batch({"embedding": x, "length": lengths.astype("int32")})
    np.testing.assert_allclose(keras.ops.convert_to_numpy(found), expected, atol=1e-5)


def test_other_checkpoints_and_names_are_refused(tmp_path):
    np.savez(tmp_path / "x.npz", w=np.ones(3))
    result = command(str(tmp_path / "x.npz"), "-o", str(tmp_path / "o.keras"))
    assert isinstance(result.exception, DataError)
    result = command(str(tmp_path / "x.npz"), "-o", str(tmp_path / "o.h5"))
    assert isinstance(result.exception, UsageError)
    result = command(str(tmp_path / "x.npz"), "-o", str(tmp_path / "o.keras"), "--max-over", "all")
    assert isinstance(result.exception, UsageError)
    assert not (tmp_path / "o.keras").exists()
