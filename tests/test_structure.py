"""The four rules of the structure: who may import whom, and who opens raw files."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "common").rglob("*.py")) + sorted((ROOT / "reproductions").rglob("*.py"))


def imports(path: Path) -> set[str]:
    """Names of all modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", [p for p in MODULES if "common" in p.parts], ids=name_of)
def test_common_never_imports_the_papers(path):
    assert not [name for name in imports(path) if name.split(".")[0] == "reproductions"]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_one_paper_never_imports_another(path):
    parts = path.relative_to(ROOT).parts
    if parts[0] != "reproductions" or len(parts) < 3:
        return
    papers = {p.name for p in (ROOT / "reproductions").iterdir() if (p / "settings.toml").exists()}
    if parts[1] == "cross":
        return  # sets the papers' networks beside each other; no paper may know of it
    others = papers - {parts[1]} | {"cross"}
    used = {name.split(".")[1] for name in imports(path) if name.startswith("reproductions.")}
    assert not used & others


@pytest.mark.parametrize("path", sorted((ROOT / "common" / "layers").glob("*.py")), ids=name_of)
def test_layers_know_no_data_set_and_no_backend(path):
    used = imports(path)
    ours = {name for name in used if name.startswith("common.")}
    assert all(name.startswith("common.layers") for name in ours)
    assert not {name.split(".")[0] for name in used} & {"tensorflow", "jax", "torch", "pandas"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_common_data_finds_raw_files(path):
    name = name_of(path)
    if name.startswith("common/data/") or name == "common/paths.py":
        return
    text = path.read_text()
    assert not re.search(r"SeqIO|\bmirror_folder\(|\bdata_folder\(", text)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_is_unpickled(path):
    used = {name.split(".")[0] for name in imports(path)}
    assert not used & {"pickle", "joblib", "dill", "cloudpickle"}
    assert "allow_pickle=True" not in path.read_text()
