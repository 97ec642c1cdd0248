"""UniProt XML: locations with their evidence, and what is refused."""

from __future__ import annotations

import gzip

import pytest

from common.data.uniprot import EXPERIMENT, read_uniprot
from common.errors import DataError

ENTRY = """
<entry dataset="Swiss-Prot">
  <accession>P1</accession><accession>Q1</accession>
  <organism><lineage><taxon>Eukaryota</taxon><taxon>Fungi</taxon></lineage></organism>
  <comment type="subcellular location">
    <subcellularLocation>
      <location evidence="1 2">Nucleus</location><topology evidence="2">Peripheral</topology>
    </subcellularLocation>
    <subcellularLocation>
      <location>Cytoplasm</location><location evidence="1">Cytoskeleton</location>
    </subcellularLocation>
  </comment>
  <comment type="function"><text>Nothing</text></comment>
  <evidence key="1" type="ECO:0000269"/><evidence key="2" type="ECO:0000305"/>
  <sequence length="5">MK
V LA</sequence>
</entry>
<entry dataset="TrEMBL"><accession>P2</accession><sequence fragment="single">MK</sequence></entry>
"""


def xml(entries: str) -> str:
    return f'<?xml version="1.0"?>\n<uniprot xmlns="http://uniprot.org/uniprot">{entries}</uniprot>'


@pytest.fixture(params=["plain", "gzip"])
def path(request, tmp_path):
    path, content = tmp_path / "u.xml", xml(ENTRY).encode()
    path.write_bytes(gzip.compress(content) if request.param == "gzip" else content)
    return path


def test_entries_have_their_locations_with_evidence(path):
    first, second = read_uniprot(path)
    assert (first.accession, first.sequence, first.reviewed) == ("P1", "MKVLA", True)
    assert first.lineage == ("Eukaryota", "Fungi") and not first.fragment
    nucleus, skeleton = first.locations
    assert (nucleus.name, nucleus.experimental) == ("Nucleus", True)
    assert nucleus.evidence == {EXPERIMENT, "ECO:0000305"}
    assert (skeleton.name, skeleton.experimental) == ("Cytoplasm, Cytoskeleton", True)
    assert (second.reviewed, second.fragment, second.locations) == (False, True, ())


def test_truncated_absent_and_empty_files_are_named(tmp_path, path):
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError, match=r"u\.xml: not a whole XML file"):
        list(read_uniprot(path))
    with pytest.raises(DataError, match="no such file"):
        list(read_uniprot(tmp_path / "absent.xml"))
    path.write_text(xml(""))
    with pytest.raises(DataError, match="no entry in it"):
        list(read_uniprot(path))


def test_entry_without_a_sequence_is_numbered(tmp_path):
    (tmp_path / "u.xml").write_text(xml("<entry><accession>P1</accession></entry>"))
    with pytest.raises(DataError, match="entry 1: no accession or no sequence"):
        list(read_uniprot(tmp_path / "u.xml"))
