"""The network door over TLS: authorities, and the deadline beneath the encryption."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scrapers.fetch import Fetcher, FetchSettings
from tests.fault_newsroom import Newsroom, Reply, article, drip, page

HOST = "127.3.1.1"
SETTINGS = FetchSettings(allow_private=("127.0.0.0/8",), deadline_s=1.5, delay_s=0.0)

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")


def answer(newsroom: Newsroom, host: str, path: str) -> Reply:
    if path == "/drip":
        return Reply(drip(b"x" * 1000), pause=0.1, length=1000)
    return page(article("Sealed letter"))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for the host that nobody but this test knows."""
    path = tmp_path_factory.mktemp("tls") / "host.pem"
    key, own = path.with_name("key.pem"), path.with_name("own.pem")
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", str(key), "-out", str(own), "-days", "2", "-subj", "/CN=lumen",
            "-addext", f"subjectAltName=IP:{HOST}"]  # fmt: skip
    subprocess.run(make, check=True, capture_output=True)
    path.write_text(key.read_text() + own.read_text())
    return path


@pytest.fixture()
def newsroom(certificate: Path) -> Iterator[Newsroom]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Newsroom([HOST], answer, tls=context) as running:
        yield running


def test_an_unknown_authority_is_refused(newsroom: Newsroom) -> None:
    response = Fetcher(SETTINGS).get(newsroom.url(HOST, "/"), purpose="feed")
    assert response.status == "network_error"
    assert "TLS" in (response.detail or "")


def test_a_known_one_is_read_and_cannot_drip(
    newsroom: Newsroom, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    fetcher = Fetcher(SETTINGS)
    assert "Sealed letter" in fetcher.get(newsroom.url(HOST, "/"), purpose="feed").text
    start = time.monotonic()
    assert fetcher.get(newsroom.url(HOST, "/drip"), purpose="feed").status == "timeout"
    assert time.monotonic() - start < SETTINGS.deadline_s + 3
    assert fetcher.get(newsroom.url(HOST, "/"), purpose="feed").status == "ok"
