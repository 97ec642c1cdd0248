"""Servers with fake models, and a client in front of one."""

from __future__ import annotations

import threading

import pytest

pytest.importorskip("fastapi", reason="FastAPI is not installed (extra `serve`)")


class Running:
    """A server in a thread of this process, on a free port.

    Parameters
    ----------
    limits : Limits, optional
    gate : threading.Event, optional
        What the model `compartments` waits for.
    """

    def __init__(self, limits=None, gate=None):
        import fake_models

        from common.serve.app import make_app
        from common.serve.limits import Limits
        from common.serve.server import LOCAL, address_of, listen, make_server

        limits = limits or Limits()
        self.catalogue, self.models = fake_models.catalogue(gate)
        self.socket = listen("127.0.0.1", 0)
        self.port = self.socket.getsockname()[1]
        self.address = address_of(self.socket)
        self.server = make_server(make_app(self.catalogue, limits, LOCAL), limits)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]})
        self.thread.start()

    def close(self):
        self.server.should_exit = True
        self.thread.join(20)
        assert not self.thread.is_alive()
        self.socket.close()


@pytest.fixture
def serve():
    """Function that starts a server; all are stopped at the end of the test."""
    running = []

    def start(limits=None, gate=None):
        running.append(Running(limits, gate))
        return running[-1]

    yield start
    for one in running:
        one.close()


@pytest.fixture(scope="session")
def running():
    """A server with default limits."""
    one = Running()
    yield one
    one.close()


@pytest.fixture(scope="session")
def client(running):
    import httpx

    with httpx.Client(base_url=running.address, timeout=30) as made:
        yield made
