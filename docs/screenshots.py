"""Photographs the site for docs/images. Usage: python -m docs.screenshots DATABASE

Every page of the demo's database in light and dark, two of them as on a phone, as PNG of at most 200 kB.
"""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

from tests.site_browser import browser, screenshot, served

IMAGES = Path(__file__).parent / "images"
WIDTH, HEIGHT, PHONE = 1000, 880, 400


def pages(database: Path) -> dict[str, str]:
    """The address of each page that is shown, by the name of its picture."""
    connection = sqlite3.connect(database)

    def found(sql: str) -> str:
        return str(connection.execute(sql).fetchone()[0])

    analyst = found(
        "select speaker_id from speaker_records join speakers on speakers.id = speaker_id where horizon = 30 and"
        " asset = '' and basis = 'all' and kind = 'person' order by n desc, name limit 1"
    )
    call = found(
        "select claim_id from verdicts join calls on calls.id = claim_id where current = 1 and measure = 'stated'"
        " and status = 'held' and target is not null and target_percent = 0 and julianday(exit_date) -"
        " julianday(entry_date) > 40 order by confidence desc limit 1"
    )
    pattern = found(
        "select claim_id from verdicts join correlations on correlations.id = claim_id where current = 1 and"
        " measure = 'precedes' and status in ('held', 'failed', 'mixed') order by confidence desc limit 1"
    )
    document = found(
        "select document_id from calls join documents on documents.id = document_id where documents.kind = 'article'"
        " group by 1 order by count(*) desc, document_id limit 1"
    )
    return {
        "front": "/", "board": "/board?basis=all", "analyst": f"/analyst/{analyst}", "asset": "/asset/BTC",
        "claim": f"/claim/{call}", "correlation": f"/correlation/{pattern}", "document": f"/document/{document}",
        "sources": "/sources", "search": "/search?q=gold", "methodology": "/methodology", "data": "/calledit",
        "question": "/calledit/analysts_on_asset?asset=BTC&days=30",
        "table": "/calledit/calls",
    }  # fmt: skip


def main() -> None:
    database = Path(sys.argv[1])
    IMAGES.mkdir(exist_ok=True)
    with served(database) as address, browser(WIDTH) as chrome:
        for name, path in pages(database).items():
            chrome.get(address + path)
            for dark in (False, True):
                picture = IMAGES / f"{name}{'-dark' if dark else ''}.png"
                screenshot(chrome, picture, WIDTH, HEIGHT, dark)
                if name == "correlation":
                    picture = picture.with_name(picture.name.replace(name, "event-study"))
                    screenshot(chrome, picture, WIDTH, HEIGHT, dark, ".chart")
            if name in ("front", "analyst"):
                screenshot(chrome, IMAGES / f"{name}-phone.png", PHONE, 850)
    for picture in sorted(IMAGES.glob("*.png")):
        size = picture.stat().st_size
        print(f"{picture.name}: {size / 1000:.0f} kB{'  TOO LARGE' if size > 200_000 else ''}")


if __name__ == "__main__":
    main()
