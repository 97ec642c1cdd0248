"""Loading the backend without its native chatter."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from common.machine import free_memory


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


def free_device_memory() -> int | None:
    """Bytes that are free where Keras computes; None on a GPU, as backends do not tell of it."""
    import keras

    if keras.config.backend() == "tensorflow":
        import tensorflow as tf

        on_cpu = not tf.config.list_physical_devices("GPU")
    else:
        import jax

        on_cpu = jax.devices()[0].platform == "cpu"
    return free_memory() if on_cpu else None


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
