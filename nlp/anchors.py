"""What survives when a text is copied or machine-paraphrased: its exact numbers and its names."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

NUMBER = re.compile(r"(?<![\w.,])[$€£¥]?(\d+(?:,\d+)*(?:\.\d+)?)(?P<scale>%|[kKmMbB]n?\b|x\b)?(?![\w])")
# A number that is part of a name or a date: "Russell 2000", "Layer 2", "Dec. 12".
_GLUED = re.compile(
    r"(?:Russell|S&P|Nasdaq|NASDAQ|Nikkei|FTSE|CAC|DAX|TOPIX|Stoxx|CSI|Dow|Layer|Form|Top|Fortune|Phase|Web|Article|"
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?)\s$"
)
_MONTH_AFTER = re.compile(r"\s(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b")
_YEAR = re.compile(r"(?:19[5-9]|20[0-4])\d")
_NAME = re.compile(r"\b[A-Z][\w’'&-]*(?:\.(?=\s[A-Z]))?(?:\s(?:(?:of|the|&|de|van|von)\s){0,2}[A-Z][\w’'&-]*)+")
_POSSESSIVE = re.compile(r"[’']s\s")  # "Ida Quell’s Bell & Ott" names two
_HANDLE = re.compile(r"(?<![\w@])@\w{2,30}")
_TICKER = re.compile(r"\$[A-Za-z]{2,6}\b|\b[A-Z]{2,5}\b")
_COMMON_TICKERS = frozenset({
    "AI", "AM", "API", "ATH", "BTC", "CEO", "CFO", "CPI", "CTO", "EST", "ET", "ETF", "ETFS", "ETH", "EU",
    "EUR", "FED", "FOMC", "GDP", "GMT", "IMF", "IPO", "IT", "NFT", "OK", "PM", "RSI", "SEC", "TV", "UK",
    "UN", "US", "USA", "USD", "USDT", "UTC",
})  # fmt: skip


@cache
def function_words() -> frozenset[str]:
    """Words that carry grammar rather than content, with the names of days and months."""
    return frozenset(files("nlp").joinpath("function_words.txt").read_text(encoding="utf-8").split())


def strong_numbers(text: str) -> frozenset[str]:
    """Significant digits of every telling number: "$93,500", "93.5K" and "93.5 cardinal" all give "935".

    Years, days of a month, single digits and numbers inside names ("Russell 2000") are left out. The scale
    word is ignored, because paraphrasing programs change it.
    """
    found = (_significant(match, text) for match in NUMBER.finditer(text))
    return frozenset(digits for digits in found if len(digits) >= 2)


def _significant(match: re.Match[str], text: str) -> str:
    printed, start = match[1], match.start()
    plain_year = _YEAR.fullmatch(printed) and text[start].isdigit() and not match["scale"]
    if plain_year or _GLUED.search(text[max(0, start - 12) : start]):
        return ""
    if _MONTH_AFTER.match(text, match.end()):
        return ""
    return printed.replace(",", "").replace(".", "").strip("0")


def names(text: str) -> frozenset[str]:
    """Names of two or more words, handles and tickers, in lower case: "bell & ott", "@riverdesk", "mstr"."""
    spans = (_trimmed(part) for match in _NAME.finditer(text) for part in _POSSESSIVE.split(match[0]))
    tickers = (match[0].lstrip("$") for match in _TICKER.finditer(text))
    return frozenset(
        [span for span in spans if " " in span]
        + [match[0].casefold() for match in _HANDLE.finditer(text)]
        + [ticker.casefold() for ticker in tickers if ticker.upper() not in _COMMON_TICKERS]
    )


def _trimmed(span: str) -> str:
    words = [re.sub(r"[’']s?$", "", word).strip(".’'-") for word in span.casefold().split()]
    while words and (words[0] in function_words() or len(words[0]) < 2):
        words.pop(0)
    while words and words[-1] in function_words():
        words.pop()
    return " ".join(words)
