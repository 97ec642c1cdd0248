"""Loading the backend without its native chatter."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from common.machine import free_memory


def load_backend() -> None:
    """Import Keras and TensorFlow and look for devices, so that they print nothing later.

    TensorFlow, whose `tf.data` feeds every backend, writes to the standard error while it starts:
    which instructions it uses, and that there is no GPU. `REPRODUCE_VERBOSE` keeps those lines.
    """
    with _silent_stderr():
        import keras
        import tensorflow as tf

        if keras.config.backend() == "tensorflow":
            tf.config.list_physical_devices()
        else:  # TensorFlow feeds alone: it would take the GPU's memory from the backend
            tf.config.set_visible_devices([], "GPU")
    keep_triton_out()


def keep_triton_out() -> None:
    """Let torch do without Triton, its compiler for GPUs, where TensorFlow came first.

    Each holds an LLVM of its own, and a Triton that is loaded after TensorFlow 2.20 or later ends
    the process (tensorflow/tensorflow#124205). torch itself and transformers compute without it.
    """
    if "tensorflow" in sys.modules:
        sys.modules.setdefault("triton", None)  # type: ignore[arg-type]


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
    elif keras.config.backend() == "torch":
        import torch

        on_cpu = not torch.cuda.is_available()
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
