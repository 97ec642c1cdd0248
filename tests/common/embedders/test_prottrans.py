"""ProtBert and ProtT5: the real loading code on tiny random models that lie in a folder."""

from __future__ import annotations

import hashlib
import sys
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import pytest

from common.backend import keep_triton_out
from common.embedders.models import LanguageModel, find_model, load_embedder
from common.embedders.prottrans import ProtTrans, load_prottrans, weights_revision
from common.errors import DataError, UsageError

ABSENT = [name for name in ("torch", "transformers", "sentencepiece") if find_spec(name) is None]
needs_torch = pytest.mark.skipif(
    bool(ABSENT), reason=f"{', '.join(ABSENT)} not installed (extra `plm`)"
)
SEQUENCES = ["MKV", "ACDEFGHIKLMNPQRSTVWYX", "W"]
LETTERS = "ACDEFGHIKLMNPQRSTVWYX"
WIDTH = 8


@pytest.fixture(scope="module")
def bert(tmp_path_factory):
    """A BERT with ProtBert's vocabulary, as transformers saves it."""
    keep_triton_out()
    from transformers import BertConfig, BertModel, BertTokenizer

    folder = tmp_path_factory.mktemp("bert")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS]
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n")
    config = BertConfig(
        **{"vocab_size": len(vocabulary), "hidden_size": WIDTH, "num_hidden_layers": 2},
        **{"num_attention_heads": 2, "intermediate_size": 16, "max_position_embeddings": 64},
    )
    BertModel(config).save_pretrained(folder)
    BertTokenizer.from_pretrained(folder, do_lower_case=False).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def t5(tmp_path_factory):
    """A T5 encoder with a sentencepiece model of single residues, as ProtT5 has."""
    keep_triton_out()
    import sentencepiece
    from transformers import T5Config, T5EncoderModel, T5Tokenizer

    folder = tmp_path_factory.mktemp("t5")
    lines = iter([" ".join(LETTERS)] * 50 + [letter for letter in LETTERS] * 20)
    sentencepiece.SentencePieceTrainer.train(
        **{"sentence_iterator": lines, "model_prefix": str(folder / "spiece")},
        **{"vocab_size": 3 + 2 * len(LETTERS) + 1, "model_type": "unigram", "pad_id": 0},
        **{"eos_id": 1, "unk_id": 2, "bos_id": -1, "hard_vocab_limit": False},
        minloglevel=2,
    )
    tokenizer = T5Tokenizer(vocab_file=str(folder / "spiece.model"), legacy=True, extra_ids=0)
    tokenizer = T5Tokenizer.from_pretrained(folder, legacy=True, extra_ids=0)
    tokenizer.save_pretrained(folder)
    config = T5Config(
        **{"vocab_size": max(64, len(tokenizer)), "d_model": WIDTH, "d_ff": 16, "num_layers": 2},
        **{"num_heads": 2, "d_kv": 4, "is_encoder_decoder": False, "use_cache": False},
    )
    T5EncoderModel(config).save_pretrained(folder)
    return folder


def small(kind: str) -> LanguageModel:
    return LanguageModel(
        f"small-{kind}", kind, WIDTH, "Rostlab/none", "last hidden layer", "encoder"
    )


@needs_torch
@pytest.mark.parametrize("kind", ["bert", "t5"])
def test_rows_are_the_residues_alone_whatever_the_batch(kind, request):
    """Special tokens are cut off: row k changes most where residue k does."""
    embedder = load_prottrans(small(kind), request.getfixturevalue(kind))
    together = embedder.embed(SEQUENCES)
    for sequence, found in zip(SEQUENCES, together, strict=True):
        assert found.shape == (len(sequence), WIDTH) and found.dtype == np.float32
        np.testing.assert_allclose(embedder.embed([sequence])[0], found, rtol=0, atol=1e-5)


@needs_torch
@pytest.mark.parametrize("kind", ["bert", "t5"])
def test_states_are_those_of_the_network_at_the_residues_own_tokens(kind, request):
    import torch

    folder = request.getfixturevalue(kind)
    embedder = load_prottrans(small(kind), folder)
    tokenizer, network = embedder._tokenizer, embedder._network
    words = tokenizer(" ".join("MKV"), return_tensors="pt")
    pieces = tokenizer.convert_ids_to_tokens(words["input_ids"][0].tolist())
    places = [n for n, piece in enumerate(pieces) if piece.strip("▁") in ("M", "K", "V")]
    assert [pieces[n].strip("▁") for n in places] == ["M", "K", "V"]
    with torch.no_grad():
        states = network(**{k: words[k] for k in ("input_ids", "attention_mask")})
    expected = states.last_hidden_state[0, places].numpy()
    np.testing.assert_allclose(embedder.embed(["MKV"])[0], expected, rtol=0, atol=1e-6)


def test_weights_are_told_apart_by_their_content_and_not_by_the_folders_name(tmp_path):
    files = {
        "one": {"model.safetensors": b"first"},
        "other": {"model.safetensors": b"second"},
        "again": {"model.safetensors": b"first", "config.json": b"{}"},
        "split": {"model-1.safetensors": b"first", "model-2.safetensors": b"second"},
        "swapped": {"model-1.safetensors": b"second", "model-2.safetensors": b"first"},
    }
    found = {}
    for place, content in files.items():
        folder = tmp_path / place / "prot_t5"
        folder.mkdir(parents=True)
        for name, data in content.items():
            (folder / name).write_bytes(data)
        found[place] = weights_revision(folder)
    assert found["one"] == "sha256 " + hashlib.sha256(b"first").hexdigest()[:12]
    assert found["again"] == found["one"]
    assert len(set(found.values())) == 4


@needs_torch
def test_the_revision_is_that_of_the_weights(bert):
    assert load_prottrans(small("bert"), bert).revision == weights_revision(bert)


@needs_torch
@pytest.mark.parametrize("kind", ["bert", "t5"])
def test_rare_letters_are_x(kind, request):
    embedder = load_prottrans(small(kind), request.getfixturevalue(kind))
    rare, unknown = embedder.embed(["MUZOBK", "MXXXXK"])
    np.testing.assert_array_equal(rare, unknown)


@needs_torch
def test_models_of_another_kind_or_width_are_refused(bert):
    with pytest.raises(DataError, match="a bert of width 8, and not a bert of width 1024"):
        load_embedder("protbert-bfd", bert)
    with pytest.raises(DataError):
        load_prottrans(small("t5"), bert)


@needs_torch
def test_folder_without_a_model_is_named(tmp_path):
    with pytest.raises(DataError, match=r"no config\.json in it"):
        load_embedder("prott5-bfd", tmp_path)


@needs_torch
def test_without_the_network_the_error_says_what_to_do(monkeypatch):
    import huggingface_hub.constants as constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(DataError, match=r"Rostlab/prot_t5_xl_uniref50.*--weights FOLDER"):
        load_embedder("prott5-uniref50")


@needs_torch
def test_memory_grows_with_the_square_of_the_length(bert):
    embedder = load_prottrans(small("bert"), bert)
    assert embedder.memory(1, 2000) > 3.5 * embedder.memory(1, 1000)
    assert embedder.memory(4, 1000) == 4 * embedder.memory(1, 1000)


@pytest.mark.parametrize(("device", "free"), [("cuda", 3_000_000_000), ("cpu", 9_000_000_000)])
def test_free_memory_is_that_of_the_device(device, free, monkeypatch):
    place = SimpleNamespace(type=device)
    asked = []

    def of_gpu(one):
        asked.append(one)
        return 3_000_000_000, 80_000_000_000

    torch = SimpleNamespace(cuda=SimpleNamespace(mem_get_info=of_gpu))
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setattr("common.embedders.prottrans.free_memory", lambda: 9_000_000_000)
    weights = SimpleNamespace(device=place)
    network = SimpleNamespace(parameters=lambda: iter([weights]))
    network.eval = lambda: network
    assert ProtTrans(small("bert"), network, None, "1").free_memory() == free
    assert asked == ([place] if device == "cuda" else [])


@pytest.mark.skipif(not ABSENT, reason="torch is installed")
def test_missing_packages_are_named_with_the_extra():
    with pytest.raises(UsageError, match=r"torch.*\[plm\]"):
        load_embedder("prott5-bfd")


def test_known_models_name_their_hub_layer_and_side():
    model = find_model("prott5-uniref50")
    assert (model.source, model.side) == ("Rostlab/prot_t5_xl_uniref50", "encoder")
