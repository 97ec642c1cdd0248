"""The networks of the cross table: those that the papers let users train, and their siblings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from common.own.trainable import Trainable
from reproductions.deeploc.trainable import TRAINABLE as DEEPLOC
from reproductions.light_attention.trainable import TRAINABLE as LIGHT_ATTENTION
from reproductions.sonderby.trainable import TRAINABLE as SONDERBY

COMPOSITION = "composition"
"""No network: a linear model on the shares of the residues and the length."""


@dataclass(frozen=True)
class CrossNetwork:
    """A network that is trained on each data set.

    Parameters
    ----------
    title : str
        As the table shows it.
    trainable : Trainable
        What the paper gives.
    changes : mapping
        Settings in which it differs from the paper's trainable network.
    """

    title: str
    trainable: Trainable
    changes: Mapping[str, Any] = field(default_factory=dict)


NETWORKS: Mapping[str, CrossNetwork] = {
    "a-lstm": CrossNetwork("A-LSTM", SONDERBY),
    "r-lstm": CrossNetwork("R-LSTM", SONDERBY, {"network": "r-lstm"}),
    "deeploc": CrossNetwork("DeepLoc", DEEPLOC),
    "light-attention": CrossNetwork("Light Attention (UniRep)", LIGHT_ATTENTION),
}
TITLES: Mapping[str, str] = {
    COMPOSITION: "composition (linear)",
    **{name: network.title for name, network in NETWORKS.items()},
}
