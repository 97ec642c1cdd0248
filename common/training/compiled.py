"""What a compiled model makes before its first step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras


def build_metrics(model: keras.Model, batch: Any) -> None:
    """Make the variables of losses and metrics now.

    TensorFlow traces a function twice if it makes variables; for a recurrent network that is
    seconds.

    Parameters
    ----------
    model : keras.Model
        Functional and compiled. No weight changes.
    batch : nested tensors
        Inputs, targets and where there are, weights of at least one example.
    """
    import keras

    inputs, targets, weight = keras.utils.unpack_x_y_sample_weight(batch)
    outputs = keras.tree.map_structure(_blank, model.compute_output_spec(model.input))
    model.compute_loss(inputs, targets, outputs, weight, training=False)
    model.compute_metrics(inputs, targets, outputs, weight)
    model.reset_metrics()


def _blank(spec: keras.KerasTensor) -> Any:
    """Zeros; what is unknown of the shape is 1."""
    import keras

    return keras.ops.zeros([size or 1 for size in spec.shape], spec.dtype)
