"""A plain `pip install .` brings every file that the code reads."""

from __future__ import annotations

from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).parents[1]
CODE = {".py", ".pyc"}


def test_every_file_of_a_package_is_installed():
    config = ConfigParser()
    config.read(ROOT / "setup.cfg")
    patterns = {
        name: value.replace("\n", ",").split(",")
        for name, value in config["options.package_data"].items()
    }
    lost = []
    for init in [*ROOT.glob("common/**/__init__.py"), *ROOT.glob("reproductions/**/__init__.py")]:
        package = init.parent
        named = [*patterns["*"], *patterns.get(".".join(package.relative_to(ROOT).parts), [])]
        taken = {path for pattern in named for path in package.glob(pattern.strip())}
        inner = [p for p in package.iterdir() if p.is_dir() and not (p / "__init__.py").exists()]
        files = [*package.iterdir(), *(path for folder in inner for path in folder.rglob("*"))]
        lost += [p for p in files if p.is_file() and p.suffix not in CODE and p not in taken]
    assert [p.relative_to(ROOT).as_posix() for p in lost if p.name != "README.md"] == []
