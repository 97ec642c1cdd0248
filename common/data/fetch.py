"""Find the files of a data set: data folder, mirror, original address."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from common.data.registry import DataFile, Dataset, find_dataset
from common.data.verify import COPY, UNPINNED, check_content, identify, sha256
from common.errors import DataError
from common.files import storage_error
from common.paths import data_folder, mirror_folder

DATA_FOLDER, MIRROR, DOWNLOAD, SIMULATED = "data folder", "mirror", "download", "simulated"


class MissingError(DataError):
    """Files of a data set that are nowhere."""


@dataclass(frozen=True)
class Located:
    """A data set whose files are here and whole.

    Parameters
    ----------
    dataset : Dataset
        Its entry in the registry.
    origin : str
        "data folder", "mirror", "download" or "simulated"; several are joined by " + ".
    variant : str
        "exact" and so on, of the very files that were found.
    paths : dict of str to Path
        By file name; empty where simulated.
    sha256 : dict of str to str
        By file name.
    """

    dataset: Dataset
    origin: str
    variant: str
    paths: dict[str, Path] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """A file of a data set at one place.

    Parameters
    ----------
    path : Path
        Where it lies.
    place : str
        "data folder", "mirror" or "download".
    form : str or None
        What `identify` says; None is damage.
    """

    path: Path
    place: str
    form: str | None


def locate(
    name: str, *, download: bool = False, simulate: bool = False, progress: bool = True
) -> Located:
    """Find a data set, in the data folder, the mirror and, if asked, at its original address.

    Each file is taken from the first place that has it. Files of the mirror are read in place.

    Parameters
    ----------
    name : str
        As in the registry.
    download : bool
        Download what is not here. Otherwise nothing is downloaded.
    simulate : bool
        Where files are missing, answer "simulated", without paths, rather than with an error.
    progress : bool
        Show the progress of downloads on the standard error.

    Returns
    -------
    Located
        Every file verified by its checksum; by its content where no checksum is published.

    Raises
    ------
    UsageError
        No data set has this name.
    DataError
        A file is damaged (one in the data folder is renamed to ``NAME.damaged-<time>``, one in
        the mirror stays and is passed over where downloading is allowed), a download fails, or
        files are nowhere: it lists what was tried and what helps.
    StorageError
        The data folder cannot be written.
    """
    dataset = find_dataset(name)
    found: dict[str, Found] = {}
    tried: list[str] = []
    for file in dataset.files:
        here = find_file(dataset, file)
        if here is not None and here.form is None:
            _handle_damage(dataset, file, here, download)
            here = None
        if here is None and download and file.url is not None:
            here = _fetch(dataset, file, progress, tried)
        if here is not None:
            found[file.name] = here
    missing = [file for file in dataset.files if file.name not in found]
    if missing and simulate:
        return Located(dataset, SIMULATED, SIMULATED)
    if missing:
        raise _missing(dataset, missing, download, tried)
    _check_unpinned(dataset, found)
    paths = {file_name: item.path for file_name, item in found.items()}
    return Located(
        dataset,
        " + ".join(dict.fromkeys(item.place for item in found.values())),
        variant_of(dataset, found),
        paths,
        {file_name: sha256(path) for file_name, path in paths.items()},
    )


def locate_facts(
    name: str, *, download: bool = False, simulate: bool = False, progress: bool = True
) -> Located:
    """Find a data set or, where it is nowhere, the one that the registry names ``instead``.

    Parameters and errors as `locate`; where both are nowhere the error is that of the first.
    """
    dataset = find_dataset(name)
    try:
        return locate(name, download=download, progress=progress)
    except MissingError:
        if dataset.instead:
            other = locate(dataset.instead, download=download, simulate=True, progress=progress)
            if other.origin != SIMULATED:
                return other
        if simulate:
            return Located(dataset, SIMULATED, SIMULATED)
        raise


def find_file(dataset: Dataset, file: DataFile) -> Found | None:
    """Look for a file in the data folder, then in the mirror; nothing is changed.

    Returns
    -------
    Found or None
        The first that is there, damaged or not. In the mirror only a checksum counts.
    """
    path = home_of(dataset, file)
    if path.is_file():
        return Found(path, DATA_FOLDER, identify(file, path))
    mirror = mirror_folder()
    if mirror is not None and file.mirror is not None and (mirror / file.mirror).is_file():
        form = identify(file, mirror / file.mirror)
        return Found(mirror / file.mirror, MIRROR, None if form == UNPINNED else form)
    return None


def home_of(dataset: Dataset, file: DataFile) -> Path:
    """Path of a file in the data folder: ``<data set>/<file name>``."""
    return data_folder() / dataset.name / file.name


def variant_of(dataset: Dataset, found: dict[str, Found]) -> str:
    """Variant of the files at hand: the mirror's where one has the bytes of its copy alone."""
    copies = any(item.form == COPY for item in found.values())
    return dataset.variant if copies else dataset.origin_variant


def set_aside(path: Path) -> Path:
    """Rename a damaged file to ``NAME.damaged-YYYYmmddHHMMSS``, so that nothing uses it.

    Raises
    ------
    StorageError
        The folder cannot be written.
    """
    stamp = time.strftime("%Y%m%d%H%M%S")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{stamp}-{number}")
    try:
        path.rename(aside)
    except OSError as error:
        raise storage_error(path, error) from error
    return aside


def _handle_damage(dataset: Dataset, file: DataFile, here: Found, download: bool) -> None:
    """Set a damaged file aside, or pass it over in the mirror where it can be downloaded."""
    fault = f"damaged: its size or checksum is not that of {dataset.name} in the registry"
    if here.place == DATA_FOLDER:
        raise DataError(
            str(here.path),
            f"{fault}; it was renamed to {set_aside(here.path).name}",
            "Start again to take another copy",
        )
    if not (download and file.url):
        raise DataError(
            str(here.path),
            fault,
            f"Mend the mirror, or run `reproduce data fetch {dataset.name}`"
            if file.url
            else "Mend the mirror",
        )
    warnings.warn(f"{here.path}: {fault}. Passed over; downloading instead", stacklevel=3)


def _fetch(dataset: Dataset, file: DataFile, progress: bool, tried: list[str]) -> Found | None:
    """Download a file and verify it; a failure of the network is noted in `tried`."""
    from common.data.download import download as download_file

    path = home_of(dataset, file)
    try:
        download_file(str(file.url), path, progress)
    except DataError as error:
        tried.append(str(error))
        return None
    form = identify(file, path)
    if form is None:
        raise DataError(
            str(path),
            f"what {file.url} sent has another size or checksum than the registry; "
            f"it was renamed to {set_aside(path).name}",
            "Start again; if it stays so, the original has changed: use a mirror",
        )
    return Found(path, DOWNLOAD, form)


def _check_unpinned(dataset: Dataset, found: dict[str, Found]) -> None:
    """Let the content decide about files without a checksum, and about all that were downloaded.

    Raises
    ------
    DataError
        The content is not what the registry says; the files are set aside.
    """
    doubtful = [f.path for f in found.values() if f.form == UNPINNED or f.place == DOWNLOAD]
    if not doubtful:
        return
    problems = check_content(dataset, {name: item.path for name, item in found.items()})
    if problems:
        aside = ", ".join(str(set_aside(path)) for path in doubtful)
        raise DataError(
            dataset.name,
            f"the content is not what the registry says: {'; '.join(problems)}; renamed to {aside}",
            "Fetch it again; if it stays so, the original has changed: use a mirror",
        )


def _missing(
    dataset: Dataset, missing: list[DataFile], download: bool, tried: list[str]
) -> MissingError:
    """The error for files that are nowhere: what was tried, and what helps."""
    names = [file.name for file in missing]
    mirror = mirror_folder()
    looked = [f"data folder {data_folder() / dataset.name}"]
    if mirror is None:
        looked.append("no mirror is named")
    else:
        looked.append(f"mirror {mirror}" + ("" if mirror.is_dir() else " (no such folder)"))
    addresses = [file for file in missing if file.url]
    if tried:
        looked += tried
    elif addresses:
        looked.append("not downloaded: that was not asked for")
    if len(addresses) < len(missing):
        looked.append("no original is published in this form")
    remedies = ["name a folder that holds it with REPRODUCE_MIRROR"]
    if addresses:
        remedies.append(f"run `reproduce data fetch {dataset.name}`" + " again" * download)
    if dataset.instead:
        remedies.append(f"fetch {dataset.instead}, the authors' own form")
    remedies.append("use `--profile smoke`, which runs on simulated data")
    return MissingError(
        dataset.name,
        f"{len(names)} of {len(dataset.files)} files are missing ({', '.join(names[:3])}"
        f"{', ...' if len(names) > 3 else ''}); tried: {'; '.join(looked)}",
        "One of these helps: " + "; ".join(remedies),
    )
