"""A real headless browser on a served site, for the site's tests and for its screenshots."""

from __future__ import annotations

import base64
import json
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any

from commands.serve import site

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


def installed() -> tuple[str, str] | None:
    """Where the browser and its driver are; None where either is missing."""
    browser = next(filter(None, map(which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
    driver = which("chromedriver")
    return (browser, driver) if browser and driver else None


@contextmanager
def served(database: Path) -> Iterator[str]:
    """The site on a free loopback port; yields its address."""
    import uvicorn

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(site(database).app(), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


@contextmanager
def browser(width: int = 1200, dark: bool = False) -> Iterator[Chrome]:
    """A fresh browser with its own profile, logging its console and its requests."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    found = installed()
    assert found is not None
    options = webdriver.ChromeOptions()
    options.binary_location = found[0]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        chrome = webdriver.Chrome(options=options, service=Service(found[1]))
        try:
            _look(chrome, width, 900, dark)
            yield chrome
        finally:
            chrome.quit()


def _look(chrome: Chrome, width: int, height: int, dark: bool) -> None:
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})


def screenshot(chrome: Chrome, path: Path, width: int, height: int, dark: bool = False, start: str = "body") -> None:
    """The page from the first `start` (a CSS selector) down as PNG, once its pictures are there."""
    _look(chrome, width, height, dark)
    ready = "return [...document.images].every(i => { i.loading = 'eager'; return i.complete })"
    for _ in range(100):
        if chrome.execute_script(ready):
            break
        time.sleep(0.1)
    time.sleep(0.2)
    top = "return document.querySelector(arguments[0]).getBoundingClientRect().top + scrollY"
    clip = {"x": 0, "y": chrome.execute_script(top, start), "width": width, "height": height, "scale": 1}
    how = {"format": "png", "clip": clip, "captureBeyondViewport": True}
    shot = chrome.execute_cdp_cmd("Page.captureScreenshot", how)
    path.write_bytes(base64.b64decode(shot["data"]))


def requested(chrome: Chrome) -> list[str]:
    """Every address the pages asked for since this was last called."""
    found = []
    for entry in chrome.get_log("performance"):
        event: dict[str, Any] = json.loads(entry["message"])["message"]
        if event["method"] == "Network.requestWillBeSent":
            found.append(event["params"]["request"]["url"])
    return found


def complaints(chrome: Chrome) -> list[str]:
    """What the console said since this was last called."""
    return [entry["message"] for entry in chrome.get_log("browser")]
