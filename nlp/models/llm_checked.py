"""What an LLM lists, held against the text: rows that stand become claims, the others are refused with the reason.

A claim stands only if its quote is in the text to the letter, its numbers are those the grammar finds there, its
assets are named there, and its speaker is printed and not plainly somebody else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nlp.calls import QUOTE_LENGTH
from nlp.claims import Call, Claim, Correlation, Figure
from nlp.conditions import find_condition
from nlp.figures.grammar import Quantity
from nlp.horizons import resolve
from nlp.modality import modality_of
from nlp.models.llm_ground import Ground, Span, echoed_in, printed_in
from nlp.models.llm_numbers import missing_number, near, signed, target_of, target_printed
from nlp.models.llm_quotes import Row, Source, asset_of, common, places, quote_span, stripped
from nlp.models.llm_schema import completed, misfit
from nlp.models.llm_speaker import RefusedError

LONGEST_ROW = 4_000  # characters of a refused row that are kept
Refused = tuple[str, str]


def checked(rows: Mapping[str, Sequence[Any]], source: Source) -> tuple[list[Claim], list[Refused]]:
    """The claims of an answer, and the rows refused: (row as JSON, reason)."""
    claims: list[Claim] = []
    refused: list[Refused] = []
    for kind, reader in _READERS.items():
        for row in rows.get(kind, ()):
            try:
                claims.append(reader(_whole(kind, row), source))
            except RefusedError as error:
                refused.append((as_json(kind, row), f"{source.model}: {error}"))
    return claims, refused


def as_json(kind: str, row: Any) -> str:
    """A refused row as JSON with its kind, cut where it is very long."""
    return json.dumps({kind.removesuffix("s"): row})[:LONGEST_ROW]


def _whole(kind: str, row: Any) -> Row:
    if not isinstance(row, dict):
        raise RefusedError("it is no object")
    full = completed(kind, row)
    why = misfit(kind, full)
    if why:
        raise RefusedError(why)
    return full


# --- calls ------------------------------------------------------------------------------------------------------


def _call(row: Row, source: Source) -> Call:
    ground, stance = source.ground, row["stance"]
    start, end = quote_span(row["quote"], source)
    asset = asset_of(ground, row["asset"], start, end)
    try:
        target = signed(target_of(row["target"]), stance)
    except ValueError as error:
        raise RefusedError(str(error)) from error
    numbers = list(ground.numbers(*ground.around(start, end)))
    if target and not target_printed(target, asset, numbers):
        raise RefusedError(f"the target {json.dumps(row['target'])} is not printed beside the quote")
    first, last = ground.around(start, end, before=1)
    if row["horizon"] and not printed_in(row["horizon"], ground.text[first:last]):
        raise RefusedError("the horizon is not printed beside the quote")
    published = ground.document.published
    return Call(
        **common(row, source, start, end, "call"),
        **_manner(row, ground, start, end, asset),
        asset=asset,
        stance=stance,
        target=target,
        horizon=resolve(row["horizon"], published.date() if published else None) if row["horizon"] else None,
    )


def _manner(row: Row, ground: Ground, start: int, end: int, asset: str) -> dict[str, Any]:
    """Condition and tone, by our own rules; a condition that only the model sees makes the call ungradable."""
    prepared = ground.reading.prepared
    first, last = ground.prepared_span(start, end)
    named = [m for m in ground.reading.assets if first <= m.start < last]
    condition = find_condition(prepared.text, first, last, asset, ground.reading.quantities, named)
    tone = modality_of(prepared.text, first, last, prepared.sentences[prepared.sentence_at(first)])
    fields: dict[str, Any] = {"hedged": tone.hedged, "negated": tone.negated, "modality": tone.modality}
    if condition is None:
        return fields | {"conditional": row["conditional"]}
    a, b = prepared.to_original(condition.start, condition.end)
    return fields | {
        "conditional": True,
        "condition": ground.text[a:b].strip(),
        "condition_asset": condition.asset,
        "condition_side": condition.side,
        "condition_level": condition.level,
    }


# --- correlations -----------------------------------------------------------------------------------------------


def _correlation(row: Row, source: Source) -> Correlation:
    ground = source.ground
    start, end = quote_span(row["quote"], source)
    first, last = ground.around(start, end)
    words = ground.text[first:last]
    driver, response = (_side(ground, row[name], first, last) for name in ("driver", "response"))
    if not {driver, response} & (ground.series(first, last) or ground.symbols(0, end)):
        raise RefusedError("neither side is an asset named beside the quote")
    if driver == response and not row["driver_event"]:
        raise RefusedError("both sides are the same")
    if row["driver_event"] and not echoed_in(row["driver_event"], words):
        raise RefusedError(f"the event {row['driver_event']!r} is not named beside the quote")
    missing = missing_number(row, words, list(ground.numbers(first, last)))
    if missing:
        raise RefusedError(f"{missing} is not printed beside the quote")
    strange = next((period for period in row["periods"] if not printed_in(period, words)), None)
    if strange is not None:
        raise RefusedError(f"the period {strange!r} is not printed beside the quote")
    lag = row["lag_days"]
    return Correlation(
        **common(row, source, start, end, "correlation"),
        driver=driver,
        response=response,
        relation=row["relation"],
        kind=row["kind"],
        driver_event=row["driver_event"] or None,
        lag_days=(float(min(lag)), float(max(lag))) if isinstance(lag, list) else lag,
        magnitude_pct=row["magnitude_pct"],
        coefficient=row["coefficient"],
        instances=None if row["instances"] is None else int(row["instances"]),
        periods=tuple(row["periods"]),
    )


def _side(ground: Ground, name: str, start: int, end: int) -> str:
    """An asset named in the sentences, or before where they name one at most; else a phrase of theirs."""
    symbol, here = ground.symbol(name), ground.series(start, end)
    if symbol in here or (len(here) < 2 and symbol in ground.symbols(0, end)):
        return symbol
    if ground.is_asset(symbol) or not echoed_in(name, ground.text[start:end]):
        raise RefusedError(f"{name!r} is not named beside the quote")
    return " ".join(name.casefold().split())


# --- figures ----------------------------------------------------------------------------------------------------

_LOOSE = frozenset(("bare", "written", "ordinal", "share", "times", "counted"))  # kinds without a unit of their own


def _figure(row: Row, source: Source) -> Figure:
    ground = source.ground
    start, end, quantity = _number(row, source)
    if ground.furniture(start, end):
        raise RefusedError("it stands in text of the page")
    if quantity.kind not in _LOOSE and row["unit"] != quantity.unit:
        raise RefusedError(f"the unit is {row['unit']!r} where the text has {quantity.unit!r}")
    first, last = _window(ground, start, end)
    asset = asset_of(ground, row["asset"], first, last) if row["asset"] else None
    said = {"speaker": "", "organisation": None}
    voice = ground.voice(start, end)
    if voice is not None:
        said = {"speaker": voice.speaker, "organisation": voice.organisation}
    return Figure(
        **common(said, source, first, last, "figure"),
        text=ground.text[start:end],
        text_start=start,
        value=quantity.value,
        value_high=quantity.high,
        unit=row["unit"],
        role=row["role"],
        asset=asset,
        direction=row["direction"],
        hedge=row["hedge"],
    )


def _number(row: Row, source: Source) -> tuple[int, int, Quantity]:
    """Where the figure stands, as the grammar reads it."""
    printed = list(places(row["text"].strip(), source))
    if not printed:
        raise RefusedError(f"the text does not print {row['text']!r}")
    for place, stop in printed:
        for start, end, quantity in source.ground.quantities:
            if start < stop and place < end and near(quantity.value, row["value"]) and _same_high(quantity, row):
                return start, end, quantity
    raise RefusedError(f"the grammar does not read {row['value']:g} at {row['text']!r}")


def _same_high(quantity: Quantity, row: Row) -> bool:
    high = row["value_high"]
    return (quantity.high is None and high is None) or (
        quantity.high is not None and high is not None and near(quantity.high, high)
    )


def _window(ground: Ground, start: int, end: int) -> Span:
    """The sentence around a number, at most QUOTE_LENGTH characters of it."""
    touched = [s for s in ground.sentences if s[0] < end and start < s[1]] or [(start, end)]
    room = max(0, QUOTE_LENGTH - (end - start)) // 2
    first = max(min(touched[0][0], start), start - room)
    return stripped(ground.text, first, min(max(touched[-1][1], end), end + room))


_READERS: Mapping[str, Callable[[Row, Source], Claim]] = {
    "calls": _call,
    "correlations": _correlation,
    "figures": _figure,
}
