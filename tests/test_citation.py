"""CITATION.cff names every paper and every data set's publication."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

from common.embedders.models import MODELS
from reproductions.papers import load_papers

ROOT = Path(__file__).parents[1]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text())
DOI = re.compile(r"doi:(\S+)")


def test_file_is_whole():
    assert CITATION["cff-version"] == "1.2.0"
    assert all(CITATION[name] for name in ("message", "title", "authors", "license", "version"))
    for entry in CITATION["references"]:
        assert {"type", "title", "authors"} <= set(entry)


def test_every_paper_and_every_data_set_is_cited():
    cited = {entry["doi"] for entry in CITATION["references"] if "doi" in entry}
    texts = [paper.citation for paper in load_papers().values()]
    registry = tomllib.loads((ROOT / "common" / "data" / "registry.toml").read_text())
    for entry in registry.values():
        texts += entry.get("citation", [])
    wanted = {doi.rstrip(".,") for text in texts for doi in DOI.findall(text)}
    page = (ROOT / "docs" / "citations.md").read_text()
    of_models = set(DOI.findall(page.split("## The language models")[1]))
    assert wanted | of_models == cited
    assert not [doi for doi in wanted if doi not in page]


def test_every_language_model_is_cited():
    page = (ROOT / "docs" / "citations.md").read_text().split("## The language models")[1]
    named = [name for name in MODELS if not name.startswith("random")]
    assert not [name for name in named if f"`{name}`" not in page]


def test_every_title_is_in_the_page():
    page = (ROOT / "docs" / "citations.md").read_text().lower()
    assert not [e["title"] for e in CITATION["references"] if e["title"].lower() not in page]
