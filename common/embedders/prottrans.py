"""ProtBert and ProtT5 (Elnaggar et al., 2021), loaded with transformers and torch.

The papers' conventions: U, Z, O and B become X; residues are words, with spaces between them; the
last hidden layer; ProtBert's ``[CLS]`` and ``[SEP]`` and ProtT5's ``</s>`` are cut off, so that a
protein has a row for each residue and nothing else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from common.backend import keep_triton_out
from common.data.verify import sha256
from common.embedders.models import LanguageModel
from common.errors import DataError, UsageError
from common.machine import free_memory

UNKNOWN = re.compile("[UZOBJ]")
FIRST_RESIDUE = {"bert": 1, "t5": 0}


class ProtTrans:
    """ProtBert, or the encoder of ProtT5.

    Parameters
    ----------
    model : LanguageModel
    network, tokenizer : from transformers
    revision : str
        Commit on the hub, or `weights_revision` of a folder.
    """

    def __init__(self, model: LanguageModel, network: Any, tokenizer: Any, revision: str) -> None:
        self.model, self.revision = model, revision
        self._network, self._tokenizer = network.eval(), tokenizer

    def embed(self, sequences: Sequence[str]) -> list[np.ndarray]:
        """Last hidden layer, (length, width) float32 for each protein."""
        import torch

        words = [" ".join(UNKNOWN.sub("X", sequence)) for sequence in sequences]
        tokens = self._tokenizer(words, add_special_tokens=True, padding=True, return_tensors="pt")
        device = next(self._network.parameters()).device
        ids, mask = tokens["input_ids"].to(device), tokens["attention_mask"].to(device)
        with torch.no_grad():
            states = self._network(input_ids=ids, attention_mask=mask).last_hidden_state
        states = states.float().cpu().numpy()
        first = FIRST_RESIDUE[self.model.kind]
        return [
            states[row, first : first + len(sequence)] for row, sequence in enumerate(sequences)
        ]

    def memory(self, count: int, longest: int) -> int:
        """Attention of one layer (scores, weights and a copy) and a few layers of states."""
        config = self._network.config
        heads = getattr(config, "num_heads", None) or config.num_attention_heads
        inner = getattr(config, "d_ff", None) or config.intermediate_size
        tokens = longest + 2
        return 4 * count * tokens * (3 * heads * tokens + 2 * inner + 6 * self.model.width)

    def free_memory(self) -> int | None:
        """Bytes that are free on the GPU or, where the network is not on one, on this machine."""
        import torch

        device = next(self._network.parameters()).device
        if device.type == "cuda":
            return int(torch.cuda.mem_get_info(device)[0])
        return free_memory()


def load_prottrans(model: LanguageModel, folder: Path | None = None) -> ProtTrans:
    """Load from a folder that transformers saved, or from the hub.

    Parameters
    ----------
    model : LanguageModel
    folder : Path, optional
        Holds ``config.json``, the weights as ``.safetensors``, and the tokenizer's files.

    Raises
    ------
    UsageError
        torch, transformers or sentencepiece is not installed.
    DataError
        The files are nowhere (the hub is out of reach), damaged, or of another kind or width.
    """
    missing = [
        name for name in ("torch", "transformers", "sentencepiece") if find_spec(name) is None
    ]
    if missing:
        fault = f"needs {', '.join(missing)}, which is not installed"
        raise UsageError(model.name, fault, "Install the extra: .venv/bin/pip install -e '.[plm]'")
    keep_triton_out()
    from transformers import BertModel, BertTokenizer, T5EncoderModel, T5Tokenizer

    kinds = {"bert": (BertModel, BertTokenizer), "t5": (T5EncoderModel, T5Tokenizer)}
    network_class, tokenizer_class = kinds[model.kind]
    place = str(folder) if folder is not None else model.source
    if folder is not None and not (Path(folder) / "config.json").is_file():
        raise DataError(place, "no config.json in it", "Name a folder that transformers saved")
    try:
        tokenizer = tokenizer_class.from_pretrained(place, do_lower_case=False, legacy=True)
        network = network_class.from_pretrained(place, use_safetensors=True)
    except (OSError, ValueError, RuntimeError, TypeError) as error:
        raise DataError(place, _fault(error), _remedy(model, folder)) from error
    _check(model, network, place)
    if folder is not None:
        revision = weights_revision(Path(folder))
    else:
        revision = str(getattr(network.config, "_commit_hash", None) or model.source)
    return ProtTrans(model, network.to("cuda" if _cuda() else "cpu"), tokenizer, revision)


def weights_revision(folder: Path) -> str:
    """What tells the weights of a folder from others: the SHA-256 of its ``.safetensors`` files.

    Of several files, into which large models are split, that of their names and digests.
    """
    parts = {path.name: sha256(path) for path in sorted(folder.glob("*.safetensors"))}
    if len(parts) == 1:
        (whole,) = parts.values()
    else:
        lines = "\n".join(f"{name} {digest}" for name, digest in parts.items())
        whole = hashlib.sha256(lines.encode()).hexdigest()
    return f"sha256 {whole[:12]}"


def _check(model: LanguageModel, network: Any, place: str) -> None:
    """Refuse files of another kind or width than the model's."""
    kind, width = network.config.model_type, network.config.hidden_size
    if kind != model.kind or (width != model.width):
        fault = f"a {kind} of width {width}, and not a {model.kind} of width {model.width}"
        raise DataError(place, fault, f"Name the files of {model.source}")


def _fault(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"cannot be loaded ({text[:160]})"


def _remedy(model: LanguageModel, folder: Path | None) -> str:
    if folder is not None:
        return "The folder needs config.json, the weights as .safetensors and the tokenizer's files"
    return (
        f"Without the network: fetch {model.source} elsewhere, with "
        f"`hf download {model.source} --local-dir FOLDER` (older weights are a pickle: save them "
        "as .safetensors there), and name it with --weights FOLDER"
    )


def _cuda() -> bool:
    import torch

    return bool(torch.cuda.is_available())
