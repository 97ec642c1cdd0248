"""Clients that are slow, too many, too long-winded, or gone: over real connections."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from http.client import HTTPConnection

import httpx
import pytest

from common.serve.headers import POLICY
from common.serve.limits import Limits
from common.serve.schemas import Answer

QUICK = Limits(read_seconds=0.6, waiting=2, requests=12, answer_seconds=20)
BODY = json.dumps({"model": "compartments", "fasta": ">P1\nMKTAYIAK\n"}).encode()
KIND = {"Content-Type": "application/json"}
HEAD = (
    f"POST /api/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(BODY)}\r\n"
    "Content-Type: application/json\r\n\r\n"
).encode()


def connect(one):
    return socket.create_connection(("127.0.0.1", one.port), timeout=10)


def read_all(connection, most=1 << 30):
    """All that the server sends until it closes, or until that is enough."""
    received = bytearray()
    while len(received) < most and (part := connection.recv(1 << 16)):
        received += part
    return bytes(received)


def refusal_of(received):
    """Status, headers and the one error of an answer that ended its connection."""
    head, body = received.split(b"\r\n\r\n", 1)
    status, *lines = head.decode("ascii").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    assert headers["connection"] == "close" and int(headers["content-length"]) == len(body)
    assert headers["content-security-policy"] == POLICY.lower()
    assert headers["cache-control"] == "no-store"
    (error,) = json.loads(body)["errors"]
    return status, headers, error


def until(true):
    """Wait for something that other threads bring about."""
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: loc"])
def test_a_head_that_does_not_arrive_ends_the_connection(serve, sent):
    with connect(serve(QUICK)) as connection:
        connection.sendall(sent)
        started = time.monotonic()
        status, _, error = refusal_of(read_all(connection))
        assert status == "HTTP/1.1 408 Request Timeout"
        assert error["fault"] == "its head did not arrive within 0.6 s"
        assert 0.3 < time.monotonic() - started < 5


def test_a_head_that_trickles_gains_no_time(serve):
    with connect(serve(QUICK)) as connection:
        started = time.monotonic()
        with pytest.raises(OSError):
            for letter in b"GET / HTTP/1.1\r\nX: " + b"a" * 200:
                connection.sendall(bytes([letter]))
                time.sleep(0.05)
        assert time.monotonic() - started < 5


def test_a_body_that_does_not_arrive_is_refused(serve):
    with connect(serve(QUICK)) as connection:
        connection.sendall(HEAD + BODY[:10])
        received = read_all(connection)
        assert received.startswith(b"HTTP/1.1 408")
        assert b"the body did not arrive within 0.6 s" in received


def test_a_head_that_arrives_slowly_but_in_time_is_answered(serve):
    with connect(serve(QUICK)) as connection:
        for part in (HEAD[:20], HEAD[20:], BODY[:5], BODY[5:]):
            connection.sendall(part)
            time.sleep(0.1)
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 200")


def test_a_connection_serves_several_requests(serve):
    connection = HTTPConnection("127.0.0.1", serve(QUICK).port, timeout=10)
    sockets = set()
    for _ in range(3):
        connection.request("POST", "/api/predict", BODY, KIND)
        with connection.getresponse() as response:
            assert response.status == 200
            Answer.model_validate_json(response.read())
        sockets.add(connection.sock)
        time.sleep(0.3)
    assert len(sockets) == 1
    connection.close()


def test_huge_headers_are_refused(serve):
    with connect(serve(QUICK)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 40_000)
        status, _, error = refusal_of(read_all(connection))
        assert status == "HTTP/1.1 400 Bad Request"
        assert "a head of at most 16,384 bytes" in error["remedy"]


def test_what_is_no_http_is_refused(serve):
    with connect(serve(QUICK)) as connection:
        connection.sendall(b"\x16\x03\x01\x02\x00\x01\r\n\r\n")
        status, _, error = refusal_of(read_all(connection))
        assert status == "HTTP/1.1 400 Bad Request"
        assert error["fault"] == "it cannot be read as HTTP"


def test_what_follows_a_request_is_refused_behind_its_answer(serve):
    with connect(serve(QUICK)) as connection:
        connection.sendall(HEAD + BODY + b"\x16\x03\x01\r\n\r\n")
        received = read_all(connection)
    first, second = received.split(b"HTTP/1.1 400 Bad Request", 1)
    assert first.startswith(b"HTTP/1.1 200") and b"it cannot be read as HTTP" in second


@pytest.mark.parametrize("length", [b"Content-Length: 99999999", b"Transfer-Encoding: chunked"])
def test_a_large_body_is_refused_before_it_is_whole(serve, length):
    one = serve(Limits(body_bytes=1000))
    with connect(one) as connection:
        connection.sendall(b"POST /api/predict HTTP/1.1\r\nHost: localhost\r\n" + length)
        connection.sendall(b"\r\n\r\n" + (b"500\r\n" + b"a" * 0x500 + b"\r\n") * 2)
        received = read_all(connection)
        assert received.startswith(b"HTTP/1.1 413")
        assert b"at most 1,000 are taken" in received


def test_a_full_queue_is_refused_with_a_time_to_come_again(serve):
    gate = threading.Event()
    one = serve(QUICK, gate)
    answers, threads = [], []

    def ask():
        answers.append(httpx.post(f"{one.address}/api/predict", content=BODY, headers=KIND))

    with httpx.Client(base_url=one.address, timeout=20) as client:
        for waiting in (0, 1, 2):
            threads.append(threading.Thread(target=ask))
            threads[-1].start()
            until(lambda: one.models["compartments"].asked)
            until(lambda n=waiting: client.get("/api/health").json()["waiting"] == n)
        refused = client.post("/api/predict", content=BODY, headers=KIND)
        assert refused.status_code == 503
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        (error,) = refused.json()["errors"]
        assert error["fault"] == "2 requests wait already"
        gate.set()
        for thread in threads:
            thread.join(20)
        assert [answer.status_code for answer in answers] == [200] * 3
        for answer in answers:
            Answer.model_validate(answer.json())
        assert client.post("/api/predict", content=BODY, headers=KIND).status_code == 200


def test_a_client_that_leaves_takes_its_work_with_it(serve):
    gate = threading.Event()
    one = serve(QUICK, gate)
    model = one.models["compartments"]
    with httpx.Client(base_url=one.address, timeout=20) as client:
        waiting = lambda: client.get("/api/health").json()["waiting"]  # noqa: E731
        first = connect(one)
        first.sendall(HEAD + BODY)
        until(lambda: model.asked)
        second = connect(one)
        second.sendall(HEAD + BODY)
        until(lambda: waiting() == 1)
        second.close()
        until(lambda: waiting() == 0)
        gate.set()
        assert first.recv(1 << 16).startswith(b"HTTP/1.1 200")
        first.close()
        assert client.post("/api/predict", content=BODY, headers=KIND).status_code == 200
        assert len(model.asked) == 2, "the work of the client that left was done"


def test_no_answer_in_time(serve):
    gate = threading.Event()
    one = serve(Limits(answer_seconds=0.3), gate)
    response = httpx.post(f"{one.address}/api/predict", content=BODY, headers=KIND)
    gate.set()
    assert response.status_code == 504
    assert response.json()["errors"][0]["fault"] == "no answer within 0.3 s"


def refused_until_closed(client, connections):
    until(lambda: client.get("/api/health").status_code == 503)
    response = client.get("/api/health")
    assert response.headers["retry-after"] == "1"
    assert response.headers["content-security-policy"] == POLICY
    (error,) = response.json()["errors"]
    assert error["record"] == "server" and "are open, which is the most" in error["fault"]
    for connection in connections:
        connection.close()
    until(lambda: client.get("/api/health").status_code == 200)


def test_too_many_open_requests_are_refused(serve):
    one = serve(Limits(requests=2, read_seconds=5))
    slow = [connect(one) for _ in range(2)]
    for connection in slow:
        connection.sendall(HEAD)
    with httpx.Client(base_url=one.address) as client:
        refused_until_closed(client, slow)


def test_too_many_connections_are_told_when_to_come_again(serve):
    one = serve(Limits(connections=2, read_seconds=5))
    idle = [connect(one) for _ in range(2)]
    with httpx.Client(base_url=one.address, headers={"Connection": "close"}) as client:
        refused_until_closed(client, idle)


@pytest.mark.parametrize(("pause", "whole"), [(0.0, True), (2.0, False)])
def test_a_reader_that_does_not_read_is_cut_off(serve, pause, whole):
    one = serve(Limits(write_seconds=0.5, letters=10**6))
    long = json.dumps({"model": "compartments", "fasta": ">P1\n" + "MKTAY" * 180_000}).encode()
    head = HEAD.replace(str(len(BODY)).encode(), str(len(long)).encode())
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        connection.settimeout(20)
        connection.connect(("127.0.0.1", one.port))
        connection.sendall(head + long)
        start = connection.recv(1024)
        promised = int(re.search(rb"content-length: (\d+)", start)[1])
        time.sleep(pause)
        received = len(start) + len(read_all(connection, promised))
        assert (received >= promised) == whole


def test_stopping_answers_those_who_wait(serve):
    gate = threading.Event()
    one = serve(QUICK, gate)
    with connect(one) as connection:
        connection.sendall(HEAD + BODY)
        until(lambda: one.models["compartments"].asked)
        one.server.should_exit = True
        gate.set()
        assert read_all(connection).startswith(b"HTTP/1.1 200")
