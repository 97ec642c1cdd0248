"""Which ids came before, in 16 bytes each."""

from __future__ import annotations

import hashlib

import numpy as np

from common.data.fasta import Record


class SeenIds:
    """Remembers ids and their sequences by 64-bit digests.

    Two of a million ids share a digest once in 37 million files.
    """

    def __init__(self) -> None:
        self._ids = np.empty(0, np.uint64)
        self._sequences = np.empty(0, np.uint64)
        self._recent: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._ids) + len(self._recent)

    def meet(self, record: Record) -> str:
        """Remember a record.

        Returns
        -------
        str
            ``new``; ``copy`` where the id came before with the same sequence (case aside);
            ``other`` where it came before with another one.
        """
        name, content = _digest(record.id), _digest(record.sequence.upper())
        known = self._recent.get(name)
        if known is None:
            known = self._find(name)
        if known is None:
            self._recent[name] = content
            if len(self._recent) > max(65_536, len(self._ids) // 8):
                self._merge()
            return "new"
        return "copy" if known == content else "other"

    def _find(self, name: int) -> int | None:
        place = int(np.searchsorted(self._ids, np.uint64(name)))
        if place < len(self._ids) and int(self._ids[place]) == name:
            return int(self._sequences[place])
        return None

    def _merge(self) -> None:
        """Move what was met lately into the sorted arrays."""
        names = np.fromiter(self._recent.keys(), np.uint64, len(self._recent))
        contents = np.fromiter(self._recent.values(), np.uint64, len(self._recent))
        ids = np.concatenate([self._ids, names])
        order = np.argsort(ids, kind="stable")
        self._ids = ids[order]
        self._sequences = np.concatenate([self._sequences, contents])[order]
        self._recent = {}


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
