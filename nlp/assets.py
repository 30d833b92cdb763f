"""Layer 1: which assets a text speaks of, and where."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markets.assets import Asset, feed_symbols, registry
from nlp.asset_lists import listed
from nlp.exclusions import left_out
from nlp.text import Prepared

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.matcher import PhraseMatcher
    from spacy.tokens import Doc


@dataclass(frozen=True, slots=True)
class AssetMention:
    """A name of an asset at `text[start:end]` of a prepared text.

    `modifier`: only the first half of a compound ("bitcoin-backed loans"). `in_name`: part of a publication's,
    firm's or person's name ("Bitcoin Magazine"); such mentions are left out unless asked for. `mismatch`: the
    printed name is that of a sister index ("Russell 2000 Value"). `ticker`: printed as cashtag or ticker.
    `excluded`: named as what the statement leaves out ("altcoins excluding Bitcoin"); left out unless asked for.
    """

    start: int
    end: int
    symbol: str
    text: str
    sentence: int
    modifier: bool = False
    in_name: bool = False
    mismatch: bool = False
    ticker: bool = False
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class AssetRules:
    """Compiled patterns of asset_rules.toml."""

    cues: re.Pattern[str]
    held_before: re.Pattern[str]
    goes_behind: re.Pattern[str]
    name_after: re.Pattern[str]
    name_before: re.Pattern[str]
    acronyms: frozenset[str]


@cache
def rules() -> AssetRules:
    """How names are read in context."""
    data = tomllib.loads(files("nlp").joinpath("asset_rules.toml").read_text(encoding="utf-8"))
    return AssetRules(
        re.compile(data["cues"], re.IGNORECASE),
        re.compile(data["held_before"], re.IGNORECASE),
        re.compile(data["goes_behind"], re.IGNORECASE),
        re.compile(r"[ ]" + data["name_after"]),
        re.compile(data["name_before"] + r"$"),
        frozenset(data["acronyms"].split()),
    )


WORDS_KEPT = 100_000  # whose tokens are remembered; spaCy's own 10,000 are used up after some two hundred articles


@cache
def blank() -> Language:
    """The tokenizer everything shares; of each new word it works out the lower case and nothing else."""
    import spacy
    from spacy.attrs import LOWER

    nlp = spacy.blank("en")
    getters: dict[int, object] = nlp.vocab.lex_attr_getters  # type: ignore[attr-defined]
    for attribute in set(getters) - {LOWER}:
        del getters[attribute]
    tokenizer: Any = nlp.tokenizer
    tokenizer.max_cache_size = WORDS_KEPT
    exceptions, tokenizer.rules = tokenizer.rules, {}  # else each of the next two reads them all again
    tokenizer.suffix_search = _unless_letters(tokenizer.suffix_search, None)
    tokenizer.infix_finditer = _unless_letters(tokenizer.infix_finditer, ())
    tokenizer.rules = exceptions
    return nlp


def _unless_letters(search: Callable[[str], Any], nothing: object) -> Callable[[str], Any]:
    """The search of a tokenizer, not made in words of letters alone: no suffix or infix is without other characters."""
    return lambda text: nothing if text.isalpha() else search(text)


@dataclass(frozen=True, slots=True)
class Matchers:
    """Phrase matchers over the registry: any case (guarded ones marked "?"), and exact case."""

    lower: PhraseMatcher
    exact: PhraseMatcher


@cache
def matchers() -> Matchers:
    """Built once from the registry; a rule's name is the symbol, behind "?" where guarded.

    A rule behind "!" covers a longer phrase in which the name means something else ("digital gold").
    """
    from spacy.matcher import PhraseMatcher

    nlp = blank()
    lower, exact = PhraseMatcher(nlp.vocab, attr="LOWER"), PhraseMatcher(nlp.vocab, attr="ORTH")
    for asset in registry().values():
        _add(lower, asset.symbol, (*asset.aliases, asset.symbol) if asset.kind == "currency" else asset.aliases)
        _add(lower, f"?{asset.symbol}", asset.guarded)
        _add(lower, f"!{asset.symbol}", asset.not_in)
        _add(exact, asset.symbol, asset.exact)
        _add(exact, f"?{asset.symbol}", asset.guarded_exact)
    return Matchers(lower, exact)


def _add(matcher: PhraseMatcher, rule: str, names: Iterable[str]) -> None:
    spelt = dict.fromkeys(form for name in names for form in (name, name.replace("'", "’")))
    docs = [blank().make_doc(name) for name in spelt]
    if docs:
        matcher.add(rule, docs)


def find_assets(prepared: Prepared, doc: Doc | None = None, *, names: bool = False) -> tuple[AssetMention, ...]:
    """Every mention of a known asset, and every cashtag, in order; longest match wins.

    `doc` is the prepared text's Doc, where it is there already. With `names`, mentions inside the names of
    publications, firms and people are kept, marked `in_name`, and so are those marked `excluded`.
    """
    doc = blank().make_doc(prepared.text) if doc is None else doc
    lists = (_mention(prepared, *row, ticker=False) for row in listed(prepared.text))
    found = [*_cashtags(prepared), *_phrases(prepared, doc), *_defined(prepared), *lists]
    found = [m for m in _longest(found) if m.symbol[0] != "!" and not _points_back(prepared.text, m)]
    mentions = [_in_context(prepared, m) for m in found]
    out = left_out(prepared.text, [(m.start, m.end) for m in mentions])
    mentions = [replace(m, excluded=True) if m.start in out else m for m in mentions]
    counts = Counter(m.symbol for m in mentions)
    return tuple(_of_sister(m, counts) for m in mentions if names or not (m.in_name or m.excluded))


_CASHTAG = re.compile(r"(?<![\w$])\$(?P<name>[A-Za-z][A-Za-z]{0,8})(?:[./_-](?:X|F|CA|TO|V|L|CN)\b)?(?![\w])")


def _cashtags(prepared: Prepared) -> Iterator[AssetMention]:
    for match in _CASHTAG.finditer(prepared.text):
        symbol = symbol_of(match["name"].upper())
        yield _mention(prepared, match.start(), match.end(), symbol, ticker=True)


@cache
def _tickers() -> Mapping[str, str]:
    by_name = {name.upper(): a.symbol for a in registry().values() for name in a.exact if name.isalnum()}
    return {**feed_symbols(), **by_name}


def symbol_of(ticker: str) -> str:
    """The canonical symbol of a printed ticker; an unknown ticker stands for itself."""
    return _tickers().get(ticker, ticker)


def _phrases(prepared: Prepared, doc: Doc) -> Iterator[AssetMention]:
    strings = blank().vocab.strings  # the rule names live there, whatever vocabulary `doc` has
    found = matchers()
    for matcher, exact in ((found.lower, False), (found.exact, True)):
        for rule, first, last in matcher(doc):
            symbol = strings[rule]
            start, end = doc[first].idx, doc[last - 1].idx + len(doc[last - 1])
            if symbol[0] == "?":
                symbol = symbol[1:]
                if not _in_a_market(prepared.text, start, end):
                    continue
            yield _mention(prepared, start, end, symbol, ticker=exact)


def _in_a_market(text: str, start: int, end: int) -> bool:
    """Whether what is printed around a guarded name shows that it is the asset: "the price of oil", "sold oil"."""
    rule = rules()
    return bool(
        rule.cues.search(text, max(0, start - 60), end + 60)
        or rule.held_before.search(text, max(0, start - 30), start)
        or rule.goes_behind.match(text, end)
    )


def _mention(prepared: Prepared, start: int, end: int, symbol: str, ticker: bool) -> AssetMention:
    where = prepared.sentence_at(start)
    return AssetMention(start, end, symbol, prepared.text[start:end], where, ticker=ticker)


def _longest(found: list[AssetMention]) -> list[AssetMention]:
    """Of mentions that overlap, the longest: in "The Euro Stoxx 50", the index and not "the euro"."""
    kept: list[AssetMention] = []
    for mention in sorted(found, key=lambda m: (m.start, -m.end, m.symbol[0] == "!")):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
        elif mention.end - mention.start > kept[-1].end - kept[-1].start:
            kept[-1] = mention
    return kept


_DEFINITION = re.compile(
    r"(?P<name>(?:[A-Z][\w&.’'-]*,?\s){1,4})\((?:(?P<market>NYSE|NASDAQ|Nasdaq|AMEX|OTC\w*|TSX|LSE|NYSE ?Arca)\s?:\s?)?"
    r"\$?(?P<ticker>[A-Z]{1,5})(?:\.[A-Z]{1,2})?\)"
)
_LEGAL = re.compile(r"(?:,? (?:Inc|Corp|Co|Ltd|LLC|Plc|PLC|AG|SA|NV|Group|Holdings|Technologies)\.?)+$")


def _defined(prepared: Prepared) -> Iterator[AssetMention]:
    """Companies a text introduces with their ticker: "Barnfield Energy (BRNF) rose. Barnfield Energy sees ..." """
    for match in _DEFINITION.finditer(prepared.text):
        ticker, name = match["ticker"], match["name"].strip()
        before = prepared.text[max(0, match.start("ticker") - 80) : match.start("ticker") - 1]
        if not match["market"] and _is_acronym(ticker, before):
            continue
        symbol = symbol_of(ticker)
        yield _mention(prepared, match.start("ticker"), match.end("ticker"), symbol, ticker=True)
        short = _LEGAL.sub("", name)
        if symbol not in registry() and len(short) > 4:
            for again in re.finditer(rf"(?<!\w){re.escape(short)}(?!\w)", prepared.text):
                yield _mention(prepared, again.start(), again.end(), symbol, ticker=True)


def _is_acronym(ticker: str, before: str) -> bool:
    """Whether the letters abbreviate the words before them: "Relative Strength Index (RSI"."""
    words = re.findall(r"[A-Za-z]\w*", before)
    capitals = [w for w in words if w[0].isupper()]
    spelled = ("".join(w[0] for w in each[-len(ticker) :]).upper() for each in (words, capitals))
    return ticker in rules().acronyms or (len(ticker) > 1 and ticker in tuple(spelled))


def _of_sister(mention: AssetMention, counts: Counter[str]) -> AssetMention:
    """A sister index printed where the text means the main one: named once beside many of the other."""
    row = registry().get(mention.symbol)
    if row and row.kind == "index" and row.tracks and counts[row.tracks] > counts[mention.symbol]:
        return replace(mention, symbol=row.tracks, mismatch=True)
    return mention


_COMPOUND = re.compile(
    r"[-–](?:backed|based|linked|denominated|related|focused|friendly|tracking|pegged|native|treasury|holding)\b"
)


_ONE_OF_THEM = re.compile(r"\b(?:the|this|that|an?|one|each|another|every)\s(?:[\w-]+\s){0,2}$", re.IGNORECASE)
_AS_GROUP = re.compile(
    r"[ -](?:markets?|season|rally|rallies|sector|space|index|dominance|space|cap|capitali[sz]ation|complex|cycle|boom|"
    r"outflows?|inflows?|run|bull|bear|trad\w+|investors?|holders?|portfolio)\b"
)


def _points_back(text: str, mention: AssetMention) -> bool:
    """ "The altcoin fell" speaks of a coin named before, "altcoins fell" and "the altcoin market" of them all."""
    if mention.text.casefold() not in ("altcoin", "cryptocurrency", "memecoin", "meme coin"):
        return False
    before = text[max(0, mention.start - 30) : mention.start]
    return bool(_ONE_OF_THEM.search(before)) and not _AS_GROUP.match(text, mention.end)


def _in_context(prepared: Prepared, mention: AssetMention) -> AssetMention:
    text, rule = prepared.text, rules()
    in_name = mention.text[:1].isupper() and bool(
        rule.name_after.match(text, mention.end)
        or rule.name_before.search(text, max(0, mention.start - 20), mention.start)
    )
    modifier = bool(_COMPOUND.match(text, mention.end))
    if in_name or modifier:
        return replace(mention, in_name=in_name, modifier=modifier)
    return mention


def asset(symbol: str) -> Asset | None:
    """The registry's row, or None for a ticker it does not know."""
    return registry().get(symbol)
