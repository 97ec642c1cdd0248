"""Losses over labels of which some are unknown, rare, or several at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

Tensor = Any
UNKNOWN = -1.0
"""Target of a protein that is neither known to be membrane-bound nor known to be soluble."""


@keras.saving.register_keras_serializable(package="deeploc")
def known_crossentropy(truth: Tensor, predicted: Tensor) -> Tensor:
    """Binary cross-entropy over the proteins whose label is known.

    Parameters
    ----------
    truth : (batch,) or (batch, 1) float
        1, 0, or `UNKNOWN`, which is left out: it has no part in the sum nor in the number that
        the sum is divided by.
    predicted : (batch, 1) float
        Probabilities.

    Returns
    -------
    (batch,) float
        Scaled so that the mean over the batch is the mean over those known; 0 where none is.
    """
    truth = ops.reshape(ops.cast(truth, predicted.dtype), (-1, 1))
    known = ops.cast(truth >= 0, predicted.dtype)
    each = keras.losses.binary_crossentropy(ops.maximum(truth, 0.0), predicted)
    known = ops.squeeze(known, axis=-1)
    count = ops.sum(known)
    size = ops.cast(ops.shape(known)[0], known.dtype)
    return each * known * size / ops.maximum(count, 1.0)


@keras.saving.register_keras_serializable(package="deeploc")
class MultiLabelCrossentropy(keras.losses.Loss):
    """Binary cross-entropy over several labels at once, plain, weighted or focal.

    Parameters
    ----------
    positive_weights : sequence of float, optional
        Weight of each label's term where it is present; 1 everywhere is the plain loss. The best
        answer to a label of share s is then ``w s / (w s + 1 - s)``, which passes one half where
        ``s`` passes ``1 / (1 + w)``. A weight on its whole term, present or absent, would leave
        the best answer at s.
    focus : float
        Exponent of the focal loss (Lin et al. 2017): a label's term is multiplied by
        ``(1 - p)^focus``, where ``p`` is the probability given to the truth. 0 is the plain loss.

    Call arguments
    --------------
    truth, predicted : (batch, labels) float
        0 or 1, and probabilities.
    """

    def __init__(
        self,
        positive_weights: Sequence[float] | None = None,
        focus: float = 0.0,
        name: str = "multi_label_crossentropy",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.positive_weights = None if positive_weights is None else list(positive_weights)
        self.focus = focus

    def call(self, truth: Tensor, predicted: Tensor) -> Tensor:
        truth = ops.cast(truth, predicted.dtype)
        tiny = keras.backend.epsilon()
        of_truth = ops.where(truth > 0, predicted, 1.0 - predicted)
        each = -ops.log(ops.clip(of_truth, tiny, 1.0))
        if self.focus:
            each = each * ops.power(ops.clip(1.0 - of_truth, tiny, 1.0), self.focus)
        if self.positive_weights is not None:
            weights = ops.convert_to_tensor(self.positive_weights, dtype=predicted.dtype)
            each = each * ops.where(truth > 0, weights, 1.0)
        return ops.mean(each, axis=-1)

    def get_config(self) -> dict[str, Any]:
        own = {"positive_weights": self.positive_weights, "focus": self.focus}
        return {**super().get_config(), **own}
