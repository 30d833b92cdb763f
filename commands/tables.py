"""Tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from nlp.claims import Call, Claims, Correlation, Figure, Target

MARKS = {"held": "[green]held[/]", "failed": "[red]failed[/]", "mixed": "[yellow]mixed[/]"}


WIDE = 140  # columns where the output goes to a file or a pipe


def console() -> Console:
    """A console for tables on stdout: as wide as the terminal, wide enough for every table elsewhere."""
    from rich.console import Console

    out = Console()
    return out if out.is_terminal else Console(width=WIDE)


def percent(value: float | None, signed: bool = False) -> str:
    """0.634 as "63 %"; a dash where there is no value."""
    if value is None:
        return "–"
    return f"{100 * value:+.0f} %" if signed else f"{100 * value:.0f} %"


def number(value: float | None, digits: int = 0) -> str:
    """A number with thousands separators; a dash where there is none."""
    return "–" if value is None else f"{value:,.{digits}f}"


def price(value: float | None) -> str:
    """A price with as many digits as its size calls for."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.2f}" if abs(value) >= 1 else f"{value:.4g}"


def board_table(rows: Sequence[dict[str, Any]], title: str) -> Table:
    """Track records, one row a speaker."""
    from rich.table import Table

    table = Table(title=title, title_justify="left", expand=False)
    headings = ("", "analyst", "calls", "effective", "held", "base rate", "skill", "at least", "p", "")
    for heading in headings:
        table.add_column(heading, justify="left" if heading in ("analyst", "") else "right")
    for row in rows:
        table.add_row(*_board_cells(row))
    return table


def _board_cells(row: dict[str, Any]) -> list[str]:
    style = "dim" if row["status"] in ("reference", "unranked", "untestable") else "bold"
    status = "" if row["status"] == "ranked" else row["status"]
    return [
        str(row["rank"] or ""), f"[{style}]{row['name']}[/]", str(row["n"]), number(row["n_effective"], 1),
        percent(row["hit_rate"]), percent(row["base_rate"]), percent(row["skill"], signed=True),
        percent(row["posterior_low"], signed=True), number(row["p_value"], 3), f"[dim]{status}[/]",
    ]  # fmt: skip


def calls_table(rows: Sequence[dict[str, Any]]) -> Table:
    """A speaker's calls beside what happened."""
    from rich.table import Table

    table = Table(expand=False)
    for heading in ("published", "asset", "stance", "entry", "exit", "return", "verdict", "what was said"):
        table.add_column(heading, max_width=60 if heading == "what was said" else None)
    for row in rows:
        verdict = MARKS.get(row["status"], f"[dim]{row['reason'] or row['status']}[/]")
        moved = percent(row["value"], signed=True)
        cells = (row["asset"], row["stance"], price(row["entry_price"]), price(row["exit_price"]), moved, verdict)
        table.add_row((row["published"] or "")[:10], *cells, _one_line(row["quote"]))
    return table


def _one_line(quote: str) -> str:
    from rich.markup import escape

    return escape(" ".join(quote.split()))


def striking_table(rows: Sequence[dict[str, Any]]) -> Table:
    """Correlations and figures that held or were contradicted."""
    from rich.table import Table

    table = Table(title="Patterns and figures, checked", title_justify="left", expand=False)
    for heading in ("verdict", "claim", "by", "what was said"):
        table.add_column(heading, max_width=70 if heading == "what was said" else 28)
    for row in rows:
        verdict = MARKS.get(row["status"], row["status"])
        table.add_row(verdict, row["subject"], row["speaker"] or "the outlet", _one_line(row["quote"]))
    return table


def voices_table(voices: dict[str, list[str]], outlet: str) -> Table:
    """Who speaks in a text, and the beginning of what each says; the outlet itself last."""
    rows = [
        (name, str(len(words)), _one_line(" … ".join(words))[:160])
        for name, words in voices.items()
        if name != "the outlet"
    ]
    rows.append((outlet_name(outlet), str(len(voices.get("the outlet", []))), "everything else"))
    return _table("Voices", ("who", "statements", "words"), rows)


def outlet_name(outlet: str) -> str:
    """How the outlet's own view is signed: "Coin Courier (the outlet)", or "the outlet" where its name is unknown."""
    return f"{outlet} (the outlet)" if outlet else "the outlet"


def claim_tables(claims: Claims, verdicts: dict[str, dict[str, Any]], outlet: str = "") -> Iterator[Table]:
    """One table per kind of claim that the text makes; what nobody else says is the view of the `outlet`."""
    own = outlet_name(outlet)
    headings: tuple[str, ...]
    if claims.calls:
        headings = ("speaker", "asset", "stance", "target", "horizon", "condition", "sure", "verdict")
        yield _table("Calls", headings, [_call_cells(call, own, verdicts) for call in claims.calls])
    if claims.closes:
        headings = ("speaker", "asset", "closed", "sure")
        rows = [(c.speaker or own, c.asset, c.side, percent(c.confidence)) for c in claims.closes]
        yield _table("Closing statements, which end earlier calls", headings, rows)
    if claims.correlations:
        headings = ("speaker", "driver", "response", "relation", "kind", "sure", "verdict")
        yield _table("Correlations", headings, [_correlation_cells(c, own, verdicts) for c in claims.correlations])
    if claims.figures:
        headings = ("as printed", "value", "unit", "role", "asset", "speaker", "verdict")
        yield _table("Figures", headings, [_figure_cells(figure, own, verdicts) for figure in claims.figures])


def _call_cells(call: Call, own: str, verdicts: dict[str, dict[str, Any]]) -> Sequence[str]:
    horizon = call.horizon.printed if call.horizon else "–"
    said = (call.speaker or own, call.asset, call.stance, _target(call.target), horizon, call.condition or "–")
    return (*said, percent(call.confidence), _verdict(call.id, verdicts))


def _target(target: Target | None) -> str:
    """150,000 or 140,000 to 150,000; +20 % where a move was named; a dash where there is none."""
    if target is None:
        return "–"
    ends = [end for end in (target.low, target.high) if end is not None]
    if target.percent:
        return f"{' to '.join(f'{end:+g}' for end in ends)} %"
    return " to ".join(_in_full(end) for end in ends)


def _in_full(value: float) -> str:
    """Every digit that was printed: 1.0875, 150,000."""
    return f"{Decimal(repr(float(value))):,f}".removesuffix(".0")


def record_lines(grid: Sequence[dict[str, Any]]) -> Iterator[str]:
    """A speaker's record, one line a horizon with a graded call."""
    for row in grid:
        if not row["n"]:
            continue
        line = f"{_counted(row['horizon'], 'day', 4)}: {_counted(row['n'], 'call')}"
        line += f", worth {number(row['n_effective'], 1)} independent; "
        line += f"{percent(row['hit_rate'])} held against a base rate of {percent(row['base_rate'])}"
        yield line + (f"; {row['status']}" if row["status"] != "ranked" else "")


def _counted(count: int, noun: str, width: int = 0) -> str:
    return f"{count:>{width}} {noun}{'' if count == 1 else 's'}"


def _correlation_cells(claim: Correlation, own: str, verdicts: dict[str, dict[str, Any]]) -> Sequence[str]:
    driver = f"{claim.driver} {claim.driver_event or ''}".strip()
    said = (claim.speaker or own, driver, claim.response, claim.relation, claim.kind)
    return (*said, percent(claim.confidence), _verdict(claim.id, verdicts))


def _figure_cells(figure: Figure, own: str, verdicts: dict[str, dict[str, Any]]) -> Sequence[str]:
    printed = (figure.text, number(figure.value, 2), figure.unit, figure.role, figure.asset or "–")
    return (*printed, figure.speaker or own, _verdict(figure.id, verdicts))


def _verdict(claim_id: str, verdicts: dict[str, dict[str, Any]]) -> str:
    row = verdicts.get(claim_id)
    return "–" if row is None else MARKS.get(row["status"], row["reason"] or row["status"])


def _table(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=title, title_justify="left", expand=False)
    for heading in headings:
        table.add_column(heading)
    for row in rows:
        table.add_row(*(cell if cell.startswith("[") and cell.endswith("[/]") else escape(cell) for cell in row))
    return table
