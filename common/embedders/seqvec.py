"""SeqVec (Heinzinger et al., 2019): an ELMo over residues, from its own two files.

A residue is a token of one letter. As in ELMo a protein stands between two tokens of its own,
whose rows are cut off. The three layers are summed. Other implementations of ELMo carry the
states over from one batch to the next, so that their answers depend on what was embedded before;
here every protein starts from zero.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from keras import ops

from common.backend import free_device_memory
from common.embedders.elmo import ElmoOptions, language_model, set_arrays, token_encoder
from common.embedders.models import LanguageModel
from common.errors import DataError, UsageError

SENTENCE_BEGIN, SENTENCE_END, WORD_BEGIN, WORD_END, PADDING = 256, 257, 258, 259, 260
FIRST, LAST = "<protein begins>", "<protein ends>"


class SeqVec:
    """SeqVec with its weights.

    Parameters
    ----------
    model : LanguageModel
    options : ElmoOptions
    characters_a_token : int
    arrays : mapping of str to array
        By their paths in ``weights.hdf5``.
    revision : str
    """

    def __init__(
        self,
        model: LanguageModel,
        options: ElmoOptions,
        characters_a_token: int,
        arrays: Mapping[str, np.ndarray],
        revision: str,
    ) -> None:
        self.model, self.revision, self.options = model, revision, options
        encoder = token_encoder(options, characters_a_token)
        self._lstm = language_model(options)
        set_arrays(encoder, self._lstm, arrays, options)
        letters = [FIRST, LAST, *map(chr, range(ord("A"), ord("Z") + 1))]
        self._rows = {letter: row for row, letter in enumerate(letters)}
        tokens = np.array([token_characters(letter, characters_a_token) for letter in letters])
        self._vectors = ops.convert_to_numpy(encoder(tokens))

    def embed(self, sequences: Sequence[str]) -> list[np.ndarray]:
        """Sum of the layers, (length, width) float32 for each protein."""
        lengths = np.array([2 + len(sequence) for sequence in sequences])
        rows = np.zeros((len(sequences), lengths.max()), dtype=np.int64)
        for place, sequence in enumerate(sequences):
            tokens = (FIRST, *sequence, LAST)
            rows[place, : len(tokens)] = [self._rows[token] for token in tokens]
        mask = np.arange(lengths.max()) < lengths[:, None]
        found = ops.convert_to_numpy(self._lstm.predict_on_batch([self._vectors[rows], mask]))
        return [found[place, 1 : length - 1] for place, length in enumerate(lengths)]

    def memory(self, count: int, longest: int) -> int:
        """One layer's states and memory, and the layers' inputs and outputs."""
        return 4 * count * (longest + 2) * (2 * self.options.cell + 8 * self.options.projection)

    def free_memory(self) -> int | None:
        """Bytes that are free where Keras computes; None on a GPU."""
        return free_device_memory()


def token_characters(letter: str, size: int) -> list[int]:
    """Characters of a token: its UTF-8 bytes between two marks, padded to `size`."""
    marks = {FIRST: [SENTENCE_BEGIN], LAST: [SENTENCE_END]}
    inner = marks.get(letter) or list(letter.encode("utf-8"))
    characters = [WORD_BEGIN, *inner, WORD_END]
    return characters + [PADDING] * (size - len(characters))


def load_seqvec(model: LanguageModel, folder: Path | None) -> SeqVec:
    """Load ``options.json`` and ``weights.hdf5`` from a folder.

    Raises
    ------
    UsageError
        No folder is named.
    DataError
        A file is missing, damaged, or does not fit the other.
    """
    if folder is None:
        raise UsageError(
            model.name,
            "its files are in no package",
            "Fetch SeqVec's options.json and weights.hdf5 and name their folder with --weights",
        )
    options_path, weights_path = Path(folder) / "options.json", Path(folder) / "weights.hdf5"
    try:
        content = json.loads(options_path.read_text(encoding="utf-8"))
        with h5py.File(weights_path, "r") as file:
            arrays = _arrays(file)
        options, size = read_options(content, arrays)
        if 2 * options.projection != model.width:
            fault = f"width {2 * options.projection}, and not {model.width}"
            raise DataError(str(folder), fault, f"Name the files of {model.name}")
        digest = hashlib.sha256(weights_path.read_bytes()).hexdigest()[:12]
        return SeqVec(model, options, size, arrays, f"sha256 {digest}")
    except FileNotFoundError as error:
        fault = f"{Path(error.filename or weights_path).name} is not in it"
        raise DataError(str(folder), fault, "Fetch both files of SeqVec") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        fault = f"its files do not fit together or are damaged ({error})"
        raise DataError(str(folder), fault, "Fetch both files of SeqVec again") from error


def read_options(
    content: Mapping[str, Any], arrays: Mapping[str, np.ndarray]
) -> tuple[ElmoOptions, int]:
    """Sizes from ``options.json``, and characters a token; the table's rows are the file's own."""
    cnn, lstm = content["char_cnn"], content["lstm"]
    options = ElmoOptions(
        characters=len(arrays["char_embed"]),
        character_width=cnn["embedding"]["dim"],
        filters=tuple((int(width), int(number)) for width, number in cnn["filters"]),
        highways=cnn["n_highway"],
        projection=lstm["projection_dim"],
        cell=lstm["dim"],
        layers=lstm["n_layers"],
        cell_clip=lstm["cell_clip"],
        projection_clip=lstm["proj_clip"],
        skip=lstm["use_skip_connections"],
    )
    return options, cnn["max_characters_per_token"]


def _arrays(file: h5py.File) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}

    def note(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            found[name] = item[()]

    file.visititems(note)
    return found
