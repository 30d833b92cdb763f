"""`calledit eval`: how right the reader is, on our own frozen test split or on gold of yours."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.common import UserError, json_option, result
from commands.encoder import Use, encoder_option
from commands.extract import reading_options
from commands.llm_model import llm_options
from commands.stance_model import stance_model_options

if TYPE_CHECKING:
    from nlp.evaluate import Tally
    from nlp.extract import Options
    from nlp.gold import Annotated

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("eval")
@click.option("--gold", type=FOLDER, help="Judge on every NAME.jsonl with NAME_gold.jsonl in this folder.")
@click.option("--name", "names", multiple=True, help="With --gold: only these files (articles, posts ...).")
@click.option("--layers", is_flag=True, help="Compare the combinations of layers: what each buys and what it costs.")
@encoder_option
@stance_model_options
@llm_options
@json_option
def eval_(
    gold: Path | None,
    names: tuple[str, ...],
    layers: bool,
    encoder: Use | None,
    stance_model: str | None,
    stance_model_all: bool,
    llm: str | None,
    llm_budget: int,
    as_json: bool,
) -> None:
    """Print precision, recall and F1 of every kind of claim and share right of every field.

    By default on the frozen test split of our own corpus; by field and by voice, with 95 % bootstrap intervals.

    With --layers: the default layers, and with each model that is there (the encoder where it is installed, the
    models of --stance-model and --llm), on the same documents; what they differ in, CPU-seconds and tokens.
    """  # fmt: skip
    from nlp.evaluate import total
    from nlp.resampling import intervals

    if layers and encoder:
        raise click.UsageError("--layers tries the encoder both ways: leave out --encoder")
    if llm and not layers:
        raise click.UsageError("--llm goes with --layers")
    documents = documents_of(gold, names)
    if not documents:
        raise UserError("nothing to judge on: give annotated documents with --gold DIR")
    if layers:
        from commands.eval_layers import compared, shown_layers

        table = compared(documents, stance_model, stance_model_all, llm, llm_budget)
        result(table, as_json, shown_layers(table))
        return
    parts = judged(documents, reading_options(stance_model, stance_model_all, encoder))
    tables = {
        part: {"documents": len(tallies), "scores": total(tallies).table(), "intervals": intervals(tallies)}
        for part, tallies in parts.items()
    }
    result(tables, as_json, "\n\n".join(shown(part, table) for part, table in tables.items()))


def documents_of(gold: Path | None, names: tuple[str, ...]) -> list[tuple[str, Annotated]]:
    """(name of the file, document) of everything to judge."""
    from nlp.gold import gold_pairs, load_gold, own_corpus

    if gold is None:
        return [("own", a) for a in own_corpus("test")]
    pairs = [(d.stem, d, g) for d, g in gold_pairs(gold) if not names or d.stem in names]
    return [(stem, a) for stem, d, g in pairs for a in load_gold(d, g)]


def judged(documents: list[tuple[str, Annotated]], options: Options) -> dict[str, list[Tally]]:
    """The counts of every document, by file, by file and field, and by file and voice."""
    from nlp.evaluate import tally_of
    from nlp.extract import extract

    parts: dict[str, list[Tally]] = defaultdict(list)
    for name, annotated in documents:
        found = tally_of(annotated, extract(annotated.document, options))
        parts[name].append(found)
        for label in (annotated.field, annotated.voice):
            if label and label != "other":
                parts[f"{name}, {label}"].append(found)
    return {part: tallies for part, tallies in parts.items() if tallies}


def shown(part: str, table: dict[str, Any]) -> str:
    """One part as lines of text."""
    lines = [f"{part}: {table['documents']} documents"]
    for name, row in table["scores"].items():
        low, high = table["intervals"].get(name, (0.0, 0.0))
        if "f1" in row:
            numbers = f"P {row['precision']:.3f}  R {row['recall']:.3f}  F1 {row['f1']:.3f}"
        else:
            numbers = f"{'':18}share {row['share']:.3f}"
        lines.append(f"  {name:18} {numbers}  ({low:.3f} to {high:.3f})  of {int(row.get('gold', row.get('of', 0)))}")
    return "\n".join(lines)
