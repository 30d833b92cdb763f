"""What an answer, or the lack of one, comes to: one of the statuses of `scrapers.state.FetchStatus`."""

from __future__ import annotations

from dataclasses import replace

from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    IncompleteRead,
    LocationValueError,
    NameResolutionError,
    ReadTimeoutError,
    SSLError,
)

from scrapers.connect import GuardError
from scrapers.responses import Response
from scrapers.state import FetchStatus
from scrapers.walls import wall_name


def judged(response: Response, whole: bool, cap: int) -> Response:
    """The response with the status its HTTP status, size and content call for."""
    code = response.http_status or 0
    if code == 304:
        return replace(response, status="unchanged")
    if wall := wall_name(response.headers, response.body):
        return replace(response, status="bot_wall", body=b"", detail=f"{wall} asks for a browser or a person")
    if 200 <= code < 300:
        if not whole:
            return replace(response, status="too_large", body=b"", detail=f"more than {cap:,} bytes once decoded")
        return response
    status: FetchStatus = "http_error"
    if code == 410:
        status = "gone"
    elif code == 429:
        status = "rate_limited"
    elif code >= 500:
        status = "server_error"
    return replace(response, status=status, body=b"", detail=f"HTTP {code}")


def same_etag(response: Response, etag: str) -> Response:
    """A 200 that repeats the ETag we sent is unchanged, whatever its status says."""
    if response.status == "ok" and response.etag == etag:
        return replace(response, status="unchanged", body=b"")
    return response


def trouble(error: Exception, host: str, in_time: bool) -> tuple[FetchStatus, str, int | None]:
    """Status, detail and HTTP status (where an answer had begun) for what went wrong below HTTP."""
    detail = " ".join(str(error).split())[:300]
    if isinstance(error, GuardError):
        return "refused", detail, None
    if not in_time or isinstance(error, (ConnectTimeoutError, ReadTimeoutError, TimeoutError)):
        return "timeout", "no complete answer in time", None
    if isinstance(error, NameResolutionError):
        return "network_error", f"no such host: {host}", None
    if isinstance(error, DecodeError):
        return "unreadable", f"the body cannot be decompressed: {detail}", 200
    if isinstance(error, SSLError):
        return "network_error", f"TLS: {detail}", None
    if isinstance(error, LocationValueError):
        return "refused", f"not a usable address: {detail}", None
    if isinstance(error, IncompleteRead) or "IncompleteRead" in detail:
        return "truncated", "the body ended early", 200
    return "network_error", detail or type(error).__name__, None
