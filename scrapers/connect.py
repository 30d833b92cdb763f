"""Connections that check the resolved address at connect time and die at a deadline."""

from __future__ import annotations

import heapq
import itertools
import queue
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import certifi
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError
from urllib3.response import BaseHTTPResponse, HTTPResponse

from scrapers.addresses import AddressGuard, RefusedAddressError

_IDLE_S = 2.0  # then the watchdog's thread ends
Resolved = list[tuple[Any, Any, int, str, tuple[Any, ...]]]


class Watchdog:
    """Shuts the watched sockets down when their time is up, so that no peer can hold a thread by dripping."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int]] = []
        self._sockets: dict[int, socket.socket] = {}
        self._changed = threading.Condition()
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None

    def watch(self, sock: socket.socket, deadline: float) -> int:
        """Shut `sock` down at `deadline` (time.monotonic()); returns a ticket for `forget`."""
        with self._changed:
            ticket = next(self._numbers)
            self._sockets[ticket] = sock
            heapq.heappush(self._heap, (deadline, ticket))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
                self._thread.start()
            if self._heap[0][1] == ticket:
                self._changed.notify()
        return ticket

    def forget(self, ticket: int) -> None:
        """The answer is complete: its socket may live on."""
        with self._changed:
            self._sockets.pop(ticket, None)
            if not self._sockets:
                self._heap.clear()
                self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while True:
                while self._heap and self._heap[0][1] not in self._sockets:
                    heapq.heappop(self._heap)
                if not self._heap and not self._changed.wait(_IDLE_S) and not self._heap:
                    self._thread = None  # the next socket starts another
                    return
                wait = self._heap[0][0] - time.monotonic() if self._heap else 0.0
                if wait > 0:
                    self._changed.wait(wait)
                elif self._heap and self._heap[0][1] in self._sockets:
                    self._shut(heapq.heappop(self._heap)[1])

    def _shut(self, ticket: int) -> None:
        sock = self._sockets.pop(ticket)
        with suppress(OSError):
            # On a TLS socket this reaches the transport beneath and leaves the TLS state to its own thread.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)


def resolve(host: str, port: int, timeout: float) -> Resolved:
    """The addresses of a host. Raises socket.gaierror, or TimeoutError where no name server answers."""
    with suppress(ValueError):
        return _numeric(host, port)
    answers: queue.SimpleQueue[Resolved | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else socket.gaierror(str(error)))

    threading.Thread(target=ask, name=f"resolve {host}", daemon=True).start()
    try:
        answer = answers.get(timeout=timeout)
    except queue.Empty:
        raise TimeoutError(f"no answer from the name servers for {host}") from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def _numeric(host: str, port: int) -> Resolved:
    """The one "answer" for a host that is an IP address already. Raises ValueError for a name."""
    try:
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST))
    except (socket.gaierror, UnicodeError):
        raise ValueError(host) from None


def connect(host: str, port: int, guard: AddressGuard, timeout: float) -> socket.socket:
    """Connect to the first address of `host` that answers. Raises RefusedAddressError before sending."""
    end = time.monotonic() + timeout
    error: OSError = socket.gaierror(f"{host} has no address")
    for family, kind, protocol, _, address in resolve(host, port, timeout):
        guard.check(host, str(address[0]))
        sock = socket.socket(family, kind, protocol)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(max(end - time.monotonic(), 0.05))
            sock.connect(address)
            return sock
        except OSError as failure:
            sock.close()
            error = failure
    raise error


class GuardError(HTTPError):
    """The address may not be connected to; nothing was sent."""


def _checked_socket(connection: HTTPConnection, guard: AddressGuard) -> socket.socket:
    timeout = connection.timeout if isinstance(connection.timeout, (int, float)) else 30.0
    try:
        return connect(connection._dns_host, connection.port, guard, timeout)
    except RefusedAddressError as error:
        raise GuardError(str(error)) from error
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    except TimeoutError as error:
        raise ConnectTimeoutError(connection, f"no answer from {connection.host}: {error}") from error
    except OSError as error:
        raise NewConnectionError(connection, f"cannot connect to {connection.host}: {error}") from error


class Pool:
    """urllib3 connections whose address is checked when they are made and whose answer has a deadline.

    The read timeout urllib3 leaves on the socket (total minus the time connecting took) is what remains of
    the request's time; the watchdog enforces it over headers and body together.
    """

    def __init__(self, guard: AddressGuard, connections: int = 64) -> None:
        self.watchdog = watchdog = Watchdog()

        class Watched(HTTPConnection):
            ticket: int | None = None

            def _new_conn(self) -> socket.socket:
                return _checked_socket(self, guard)

            def getresponse(self) -> HTTPResponse:  # type: ignore[override]
                if self.sock is not None and (remaining := self.sock.gettimeout()) is not None:
                    self.ticket = watchdog.watch(self.sock, time.monotonic() + remaining)
                return super().getresponse()

        class WatchedTLS(Watched, HTTPSConnection):
            pass

        class HTTPPool(urllib3.HTTPConnectionPool):
            ConnectionCls = Watched

        class HTTPSPool(urllib3.HTTPSConnectionPool):
            ConnectionCls = WatchedTLS

        self._manager = urllib3.PoolManager(num_pools=connections, maxsize=2, ssl_context=_trust())
        self._manager.pool_classes_by_scheme = {"http": HTTPPool, "https": HTTPSPool}

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._manager.clear()

    @contextmanager
    def request(self, url: str, headers: Mapping[str, str], timeout: float) -> Iterator[BaseHTTPResponse]:
        """One GET without redirects or retries, its body left to be streamed. Raises urllib3's HTTPError."""
        response = self._manager.request(
            "GET", url, headers=dict(headers), timeout=urllib3.Timeout(total=timeout), preload_content=False,
            redirect=False, retries=False,
        )  # fmt: skip
        ticket = getattr(response.connection, "ticket", None)
        try:
            yield response
        finally:
            if ticket is not None:
                self.watchdog.forget(ticket)
            response.close()


def _trust() -> ssl.SSLContext:
    """The system's certificate authorities, and the usual bundle for systems that have none."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
