"""What this machine has, found without loading a library."""

from __future__ import annotations

import os
from pathlib import Path


def usable_cores() -> int:
    """Cores that this process may run on, which are fewer than the machine's where it is pinned."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def usable_memory() -> int:
    """Bytes of memory of this machine; 0 where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0


def free_memory() -> int | None:
    """Bytes that this machine can still hand out to this process.

    No more than its control groups leave it, as in a container or a job of a cluster; None where
    the system does not tell.
    """
    known = [one for one in (_available(), group_room()) if one is not None]
    return min(known, default=None)


def group_room(
    groups: Path = Path("/proc/self/cgroup"), mount: Path = Path("/sys/fs/cgroup")
) -> int | None:
    """Bytes that the control groups of this process still allow; None where none sets a limit.

    A group's limit holds for those inside it too. Of what a group uses, files that were only read
    or written are given back where there is need.

    Parameters
    ----------
    groups : Path
        Says in which groups the process is, a line for each hierarchy.
    mount : Path
        Folder of the groups, version 2 or, with a folder for each resource, version 1.
    """
    try:
        lines = groups.read_text().splitlines()
    except OSError:
        return None
    rooms: list[int] = []
    for line in lines:
        resources, path = line.split(":", 2)[1:]
        if resources and "memory" not in resources.split(","):
            continue
        root = mount / "memory" if resources else mount
        place = root / path.lstrip("/")
        inside = [folder for folder in (place, *place.parents) if folder.is_relative_to(root)]
        rooms += [room for folder in inside if (room := _room(folder, resources)) is not None]
    return min(rooms, default=None)


def _available() -> int | None:
    """Bytes that the whole machine can still hand out."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    found = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    return 1024 * int(found[0]) if found else None


def _room(folder: Path, resources: str) -> int | None:
    """Bytes below the limit of one group, of version 2 where `resources` is empty."""
    names = ("memory.max", "memory.current", "inactive_file")
    if resources:
        names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
    try:
        most, used = ((folder / name).read_text().strip() for name in names[:2])
        lines = (folder / "memory.stat").read_text().splitlines()
        counts = dict(line.split() for line in lines)
        return None if most == "max" else max(int(most) - int(used) + int(counts[names[2]]), 0)
    except (OSError, ValueError, KeyError):
        return None


def local_gpus() -> int:
    """NVIDIA GPUs of this machine."""
    return len([path for path in Path("/dev").glob("nvidia[0-9]*") if path.name[6:].isdigit()])
