"""Where a data set is found, in which order, and what happens to damaged files."""

from __future__ import annotations

import errno
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from common.data.fetch import locate, locate_facts, set_aside
from common.data.verify import git_blob, sha256
from common.errors import DataError, StorageError, UsageError

Entry = Callable[..., str]
COPY = b">P1 Nucleus-U\nMKT\n"


def pins(content: bytes) -> str:
    return f'sha256 = "{hashlib.sha256(content).hexdigest()}", size = {len(content)}'


@pytest.fixture
def toy(project: Any, web: Any, entry: Entry) -> Any:
    """A project whose data set has a mirror path and an address."""
    project.register(
        entry(
            f'{{ name = "a.fasta", mirror = "m/a.fasta", url = "{web.url}", {pins(web.content)} }}'
        )
    )
    return project


def put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_order_is_data_folder_mirror_download(toy: Any, web: Any) -> None:
    here = toy.data / "toy" / "a.fasta"
    downloaded = locate("toy", download=True, progress=False)
    assert (downloaded.origin, downloaded.paths) == ("download", {"a.fasta": here})
    assert downloaded.sha256 == {"a.fasta": hashlib.sha256(web.content).hexdigest()}
    again = locate("toy")
    assert (again.origin, again.variant) == ("data folder", "exact")
    mirrored = put(toy.mirror / "m" / "a.fasta", web.content)
    assert locate("toy").origin == "data folder"
    here.unlink()
    found = locate("toy", download=True)
    assert (found.origin, found.paths) == ("mirror", {"a.fasta": mirrored})
    assert not here.exists()
    assert len(web.ranges) == 1


def test_nothing_is_downloaded_unless_asked(toy: Any, web: Any) -> None:
    with pytest.raises(DataError) as caught:
        locate("toy")
    assert web.ranges == []
    assert caught.value.exit_code == 3
    text = str(caught.value)
    for part in (
        "toy: 1 of 1 files are missing (a.fasta)",
        f"data folder {toy.data / 'toy'}",
        f"mirror {toy.mirror} (no such folder)",
        "REPRODUCE_MIRROR",
        "reproduce data fetch toy",
        "--profile smoke",
    ):
        assert part in text
    assert "\n" not in text
    assert not toy.data.exists()


def test_without_a_mirror(toy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPRODUCE_MIRROR", "")
    with pytest.raises(DataError, match="no mirror is named"):
        locate("toy")


def test_a_failed_download_is_listed(toy: Any, web: Any) -> None:
    web.statuses = [404]
    with pytest.raises(DataError, match="tried: .*the server answered 404.*fetch toy` again"):
        locate("toy", download=True, progress=False)
    assert list((toy.data / "toy").iterdir()) == []


def test_a_data_set_without_an_address_names_the_other_one(project: Any, entry: Entry) -> None:
    text = entry(f'{{ name = "a", mirror = "a", {pins(COPY)} }}', 'instead = "other"')
    project.register(
        text + entry(f'{{ name = "b", mirror = "b", {pins(COPY)} }}').replace("toy", "other")
    )
    with pytest.raises(DataError, match="no original is published .*fetch other, the authors"):
        locate("toy", download=True)


def test_the_other_form_is_downloaded_where_the_first_is_nowhere(
    project: Any, web: Any, entry: Entry
) -> None:
    text = entry(f'{{ name = "a", mirror = "a", {pins(web.content)} }}', 'instead = "other"')
    other = entry(f'{{ name = "b", url = "{web.url}", {pins(web.content)} }}')
    project.register(text + other.replace("toy", "other"))
    assert locate_facts("toy", simulate=True).origin == "simulated"
    with pytest.raises(DataError, match="^toy: .*REPRODUCE_MIRROR"):
        locate_facts("toy")
    found = locate_facts("toy", download=True, progress=False)
    assert (found.dataset.name, found.origin, set(found.paths)) == ("other", "download", {"b"})
    assert locate_facts("toy").dataset.name == "other"
    put(project.mirror / "a", web.content)
    assert locate_facts("toy").dataset.name == "toy"
    put(project.data / "toy" / "a", b"damaged")
    with pytest.raises(DataError, match="damaged"):
        locate_facts("toy", simulate=True)


def test_each_form_is_looked_for_once(project: Any, entry: Entry, monkeypatch: Any) -> None:
    """A download that fails takes its time: it is not tried again for the error's sake."""
    text = entry(f'{{ name = "a", mirror = "a", {pins(COPY)} }}', 'instead = "other"')
    project.register(
        text + entry(f'{{ name = "b", mirror = "b", {pins(COPY)} }}').replace("toy", "other")
    )
    asked: list[str] = []

    def counted(name: str, **options: Any) -> Any:
        asked.append(name)
        return locate(name, **options)

    monkeypatch.setattr("common.data.fetch.locate", counted)
    assert locate_facts("toy", download=True, simulate=True).origin == "simulated"
    with pytest.raises(DataError, match="^toy: .*fetch other"):
        locate_facts("toy", download=True)
    assert asked == ["toy", "other"] * 2


def test_simulation_stands_in_only_where_files_are_missing(toy: Any, web: Any) -> None:
    located = locate("toy", simulate=True)
    assert (located.origin, located.variant, located.paths) == ("simulated", "simulated", {})
    put(toy.mirror / "m" / "a.fasta", web.content)
    assert locate("toy", simulate=True).variant == "exact"


def test_damage_in_the_data_folder_is_set_aside(toy: Any, web: Any) -> None:
    here = put(toy.data / "toy" / "a.fasta", web.content[:-1])
    put(toy.mirror / "m" / "a.fasta", web.content)
    with pytest.raises(DataError, match=f"{here}: damaged") as caught:
        locate("toy", simulate=True)
    aside = list(here.parent.iterdir())
    assert len(aside) == 1
    assert re.fullmatch(r"a\.fasta\.damaged-\d{14}", aside[0].name)
    assert aside[0].name in str(caught.value)
    assert aside[0].read_bytes() == web.content[:-1]
    assert locate("toy").origin == "mirror"


def test_damage_of_one_byte_of_the_same_length_is_seen(toy: Any, web: Any) -> None:
    put(toy.data / "toy" / "a.fasta", b"?" + web.content[1:])
    with pytest.raises(DataError, match="damaged"):
        locate("toy")


def test_damage_in_the_mirror_is_named_and_never_used(toy: Any, web: Any) -> None:
    mirrored = put(toy.mirror / "m" / "a.fasta", COPY)
    with pytest.raises(DataError, match=f"{mirrored}: damaged.*reproduce data fetch toy"):
        locate("toy", simulate=True)
    assert mirrored.read_bytes() == COPY
    with pytest.warns(UserWarning, match=f"{mirrored}: damaged"):
        located = locate("toy", download=True, progress=False)
    assert located.origin == "download"
    assert mirrored.read_bytes() == COPY


def test_a_download_with_a_wrong_checksum_is_set_aside(toy: Any, web: Any) -> None:
    web.content = web.content.replace(b"MKTAY", b"MKTAV", 1)
    with pytest.raises(DataError, match=r"another size or checksum .*damaged-\d{14}"):
        locate("toy", download=True, progress=False)
    names = [path.name for path in (toy.data / "toy").iterdir()]
    assert len(names) == 1 and names[0].startswith("a.fasta.damaged-")


def test_git_blob_pins_a_download(project: Any, web: Any, entry: Entry, tmp_path: Path) -> None:
    blob = git_blob(put(tmp_path / "x", web.content))
    project.register(entry(f'{{ name = "a", url = "{web.url}", git_blob = "{blob}" }}'))
    assert locate("toy", download=True, progress=False).variant == "exact"
    put(project.data / "toy" / "a", web.content + b"\n")
    with pytest.raises(DataError, match="damaged"):
        locate("toy")


def test_content_is_checked_after_a_download(project: Any, web: Any, entry: Entry) -> None:
    project.register(
        entry(f'{{ name = "a", url = "{web.url}", {pins(web.content)} }}', checks="records = 9")
    )
    with pytest.raises(DataError, match="records 1000, expected 9; renamed to .*damaged-"):
        locate("toy", download=True, progress=False)


@pytest.fixture
def unpinned(project: Any, web: Any, entry: Entry) -> Any:
    """A reconstruction in the mirror, an original without a checksum."""
    file = f'name = "a.fasta", mirror = "m/a.fasta", {pins(COPY)}, url = "{web.url}", origin = {{}}'
    text = entry(f"{{ {file} }}", 'origin_variant = "exact"')
    project.register(text.replace('variant = "exact"', 'variant = "reconstructed"', 1))
    return project


def test_variant_is_that_of_the_bytes_at_hand(unpinned: Any, web: Any) -> None:
    assert locate("toy", download=True, progress=False).variant == "exact"
    here = unpinned.data / "toy" / "a.fasta"
    assert locate("toy").variant == "exact"
    put(here, COPY)
    assert locate("toy").variant == "reconstructed"
    here.unlink()
    put(unpinned.mirror / "m" / "a.fasta", COPY)
    located = locate("toy")
    assert (located.origin, located.variant) == ("mirror", "reconstructed")


def test_content_decides_where_no_checksum_is_known(unpinned: Any, web: Any) -> None:
    here = put(unpinned.data / "toy" / "a.fasta", web.content[:-300])
    with pytest.raises(DataError, match="the content is not what the registry says") as caught:
        locate("toy")
    assert "expected 1000" in str(caught.value)
    assert not here.exists()


def test_in_the_mirror_only_a_checksum_counts(unpinned: Any, web: Any) -> None:
    put(unpinned.mirror / "m" / "a.fasta", web.content)
    with pytest.raises(DataError, match="damaged"):
        locate("toy")


def test_two_files_from_two_places(project: Any, web: Any, entry: Entry) -> None:
    files = ", ".join(
        f'{{ name = "{n}", mirror = "{n}", {pins(web.content)} }}' for n in ("a", "b", "c")
    )
    project.register(entry(files, checks="records = 2000"))
    put(project.data / "toy" / "b", web.content)
    put(project.mirror / "a", web.content)
    with pytest.raises(DataError, match=r"1 of 3 files are missing \(c\)"):
        locate("toy")
    put(project.mirror / "c", web.content)
    located = locate("toy")
    assert located.origin == "mirror + data folder"
    assert list(located.paths) == ["a", "b", "c"]
    assert located.sha256["b"] == sha256(located.paths["b"])


def test_no_space_is_a_storage_error(toy: Any, web: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pooch.HTTPDownloader.__call__", fail)
    with pytest.raises(StorageError, match="no space left on the disk"):
        locate("toy", download=True, progress=False)
    assert not (toy.data / "toy" / "a.fasta").exists()


def test_a_damaged_file_in_a_read_only_folder_is_still_refused(
    toy: Any, web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(toy.data / "toy" / "a.fasta", COPY)

    def fail(*args: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(StorageError, match=r"a\.fasta: the folder is read-only"):
        locate("toy")


def test_files_set_aside_in_one_second_do_not_replace_each_other(tmp_path: Path) -> None:
    asides = {set_aside(put(tmp_path / "x", bytes([i]))) for i in range(3)}
    assert len(asides) == 3
    assert sorted(path.read_bytes() for path in asides) == [b"\0", b"\1", b"\2"]


def test_unknown_data_set() -> None:
    with pytest.raises(UsageError, match="multiloc"):
        locate("multi-loc")
