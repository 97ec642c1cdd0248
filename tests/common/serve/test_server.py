"""Where a server listens, and for which names."""

from __future__ import annotations

import socket

import pytest

from common.errors import UsageError
from common.serve.server import address_of, allowed_hosts, listen


def test_an_address_that_is_taken_is_told_with_its_remedy():
    with listen("127.0.0.1", 0) as found:
        port = found.getsockname()[1]
        assert address_of(found) == f"http://127.0.0.1:{port}"
        with pytest.raises(UsageError, match=f"127.0.0.1:{port}: the address is taken.*--port"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no such name", "256.1.1.1"])
def test_an_address_of_another_machine(host):
    with pytest.raises(UsageError, match="cannot listen there"):
        listen(host, 0)


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_ipv6_addresses_are_in_brackets():
    try:
        found = listen("::1", 0)
    except UsageError:
        pytest.skip("no IPv6 loopback here")
    with found:
        assert address_of(found).startswith("http://[::1]:")


def test_names_that_requests_may_be_for():
    assert allowed_hosts("127.0.0.1", []) == ["127.0.0.1", "localhost", "::1", "127.0.0.1"]
    assert "lab.example" in allowed_hosts("127.0.0.1", ["lab.example"])
    assert allowed_hosts("0.0.0.0", []) == []
    assert allowed_hosts("0.0.0.0", ["lab.example"])[-1] == "lab.example"
    assert "0.0.0.0" not in allowed_hosts("0.0.0.0", ["lab.example"])
