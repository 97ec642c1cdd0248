"""Loading the backend without its native chatter."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


def load_backend() -> None:
    """Import Keras and look for devices, so that what follows prints nothing of its own.

    TensorFlow's libraries write to the standard error while they start: which instructions they
    use, and that there is no GPU. `REPRODUCE_VERBOSE` keeps those lines.
    """
    with _silent_stderr():
        import keras

        if keras.config.backend() == "tensorflow":
            import tensorflow as tf

            tf.config.list_physical_devices()


def compiles_steps() -> bool:
    """Whether a training step is compiled as a whole: Keras's `jit_compile`.

    On JAX a step else runs operation by operation. On TensorFlow XLA cannot read ragged inputs,
    and compiles anew for each length.
    """
    import keras

    return keras.config.backend() == "jax"


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Send the file descriptor of the standard error to nowhere; Python's errors are raised."""
    if os.environ.get("REPRODUCE_VERBOSE"):
        yield
        return
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
