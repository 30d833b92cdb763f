"""The reader beside what its users could install, in one run: `python bench/reading.py [--gold DIR]`.

Stance of gold calls (bullish, bearish, neutral, from the clause they quote): our model, a plain sentence lexicon, and
VADER where it is installed. Figures: our grammar and quantulum3. Speed: words per CPU-second of all layers, loading
time and memory, and a classifier of BERT-base size with random weights. What is not installed is skipped with a line.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

if TYPE_CHECKING:
    from nlp.gold import Annotated

Judge = Callable[[str], str]
BERT_SENTENCES, BERT_LENGTH = 16, 32


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, help="a folder of NAME.jsonl with NAME_gold.jsonl")
    parser.add_argument("--name", action="append", help="only these files")
    args = parser.parse_args()
    documents = load(args.gold, args.name)
    if not documents:
        sys.exit("nothing to read: give --gold DIR")
    speed(documents)
    stances(documents)
    figures(documents)
    bert()


def load(folder: Path | None, names: Sequence[str] | None) -> list[Annotated]:
    from nlp.gold import gold_pairs, load_gold, own_corpus

    if folder is None:
        return own_corpus("test") or own_corpus("train")
    return [a for d, g in gold_pairs(folder) if not names or d.stem in names for a in load_gold(d, g)]


def speed(documents: Sequence[Annotated]) -> None:
    """Loading, then all layers over every document, in CPU-seconds of this process."""
    start = time.process_time()
    from nlp.extract import extract

    extract(documents[0].document)
    loaded = time.process_time()
    for annotated in documents:
        extract(annotated.document)
    seconds = time.process_time() - loaded
    words = sum(len(a.document.text.split()) for a in documents)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"all layers: {words / seconds:,.0f} words per CPU-second ({words:,} words)")
    print(f"loading with the first document: {loaded - start:.2f} CPU-seconds; peak memory {memory:.0f} MB")


def stances(documents: Sequence[Annotated]) -> None:
    """Accuracy and macro-F1 of the stance of the clauses that gold calls quote."""
    quoted = [(c["quote"], c["stance"]) for a in documents for c in a.calls]
    ours = [pair for a in documents for pair in model_stances(a)]
    print(f"stance, our model on the quoted clauses: {scores(ours)}")
    print(f"stance, plain sentence lexicon: {scores([(lexicon_stance(q), s) for q, s in quoted])}")
    vader = vader_judge()
    if vader is None:
        print("stance, VADER: skipped (pip install vaderSentiment)")
    else:
        print(f"stance, VADER: {scores([(vader(q), s) for q, s in quoted])}")


def model_stances(annotated: Annotated) -> list[tuple[str, str]]:
    """(ours, gold) of every candidate that carries a gold call: the likeliest of the three stances."""
    from nlp.stance import STANCES, shipped
    from nlp.train_stance import examples

    (example,) = examples([annotated])
    table = shipped().probabilities(example.reading.features)
    return [
        (STANCES[int(row.argmax())], label) for row, label in zip(table, example.labels, strict=True) if label != "none"
    ]


def lexicon_stance(text: str) -> str:
    from nlp.views import lexicon_counts

    net = lexicon_counts(text.casefold().replace(",", " ").replace(".", " ").split())[1]
    return "bullish" if net > 0 else "bearish" if net < 0 else "neutral"


def vader_judge() -> Judge | None:
    try:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
    except ImportError:
        return None
    analyzer = SentimentIntensityAnalyzer()

    def judge(text: str) -> str:
        compound = analyzer.polarity_scores(text)["compound"]
        return "bullish" if compound >= 0.05 else "bearish" if compound <= -0.05 else "neutral"

    return judge


def scores(pairs: Sequence[tuple[str, str]]) -> str:
    """Accuracy and macro-F1 of (predicted, true) pairs."""
    if not pairs:
        return "no calls"
    right = sum(a == b for a, b in pairs) / len(pairs)
    values = []
    for stance in ("bullish", "bearish", "neutral"):
        hit = sum(a == b == stance for a, b in pairs)
        said, true = sum(a == stance for a, _ in pairs), sum(b == stance for _, b in pairs)
        values.append(2 * hit / (said + true) if said + true else 0.0)
    return f"accuracy {right:.3f}, macro-F1 {sum(values) / 3:.3f} of {len(pairs)}"


def figures(documents: Sequence[Annotated]) -> None:
    """Span F1 of the printed numbers: our figures, and every quantity quantulum3 finds."""
    from nlp.assets import find_assets
    from nlp.figures import find_figures
    from nlp.text import prepare

    def ours(text: str) -> list[str]:
        prepared = prepare(text)
        return [f.text for f in find_figures(prepared, find_assets(prepared))]

    print(f"figures, our grammar: {spans(documents, ours)}")
    try:
        from quantulum3 import classifier, parser
    except ImportError:
        print("figures, quantulum3: skipped (pip install quantulum3)")
        return
    # It tells units of one spelling apart by a stored model that a present scikit-learn cannot load; spans need none.
    classifier.USE_CLF = False
    print(f"figures, quantulum3: {spans(documents, lambda text: [q.surface for q in parser.parse(text)])}")


def spans(documents: Sequence[Annotated], find: Callable[[str], list[str]]) -> str:
    counts: Counter[str] = Counter()
    for annotated in documents:
        gold = {"".join(f["text"].split()).casefold() for f in annotated.figures}
        found = {"".join(t.split()).casefold() for t in find(annotated.document.text)}
        counts.update(hit=len(gold & found), gold=len(gold), found=len(found))
    return f"span F1 {2 * counts['hit'] / max(1, counts['gold'] + counts['found']):.3f} of {counts['gold']}"


def bert() -> None:
    """Sentences a CPU-second of a classifier of BERT-base size; the weights are random, the time is not."""
    try:
        import torch
        from transformers import BertConfig, BertForSequenceClassification
    except ImportError:
        print("BERT-base size: skipped (pip install 'calledit[torch]')")
        return
    torch.set_num_threads(1)
    model = BertForSequenceClassification(BertConfig(num_labels=3)).eval()
    tokens = torch.randint(0, 30_000, (BERT_SENTENCES, BERT_LENGTH))
    start = time.process_time()
    with torch.no_grad():
        model(tokens)
    seconds = time.process_time() - start
    rate = BERT_SENTENCES / seconds
    print(f"BERT-base size, random weights: {rate:.1f} sentences of {BERT_LENGTH} tokens per CPU-second")


if __name__ == "__main__":
    main()
