"""What a number was computed with: commit, versions, backend, device, memory.

Nothing here names the machine, its folders or its user.
"""

from __future__ import annotations

import os
import platform
import resource
import sys
from importlib import metadata
from pathlib import Path

from common.harness.commits import git_state

PACKAGES = ("numpy", "tensorflow", "keras")


def provenance(
    device: str, dtype: str = "float32", backend: str | None = None
) -> dict[str, object]:
    """Describe the code and the machine that a run uses.

    Parameters
    ----------
    device : str
        Such as ``"CPU, 2 cores"`` or a GPU's name.
    dtype : str
        Type of the model's arithmetic.
    backend : str, optional
        Keras backend; by default the one that Keras has, or would take.

    Returns
    -------
    dict
        ``commit``, ``dirty`` (True where a source file differs from the commit, None where that
        is not known), ``versions``, ``backend``, ``device``, ``dtype``, ``platform`` and
        ``peak_memory_bytes`` of this process so far.
    """
    backend = backend or _backend()
    packages = dict.fromkeys((*PACKAGES, *([backend] if backend != "tensorflow" else [])))
    versions = {"python": platform.python_version()}
    versions |= {name: found for name in packages if (found := _version(name))}
    commit, dirty = git_state()
    return {
        "commit": commit,
        "dirty": dirty,
        "versions": versions,
        "backend": backend,
        "device": device,
        "dtype": dtype,
        "platform": f"{platform.system()} {platform.machine()}",
        "peak_memory_bytes": peak_memory_bytes(),
    }


def peak_memory_bytes() -> int:
    """Most memory that this process has held, in bytes.

    On Linux the kernel's own count of this program: `getrusage` would also tell what the process
    held that started it.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _backend() -> str:
    """Backend of Keras where it is already imported, else the one that it would take."""
    keras = sys.modules.get("keras")
    return keras.config.backend() if keras else os.environ.get("KERAS_BACKEND", "tensorflow")
