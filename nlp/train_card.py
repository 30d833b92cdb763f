"""nlp/weights/CARD.md: what the weights learned from, and how they did on documents they had not seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from nlp.gold import Annotated
from nlp.train import Trained


def save_card(trained: Trained, documents: Sequence[Annotated], folder: Path) -> None:
    """CARD.md: what the weights learned from and how they did on documents they had not seen."""
    fields = Counter(d.field for d in documents)
    calls = sum(len(d.calls) for d in documents)
    text = CARD.format(
        documents=len(documents),
        calls=calls,
        fields=", ".join(f"{count} {name}" for name, count in sorted(fields.items())),
        table=trained.table(),
    )
    (folder / "CARD.md").write_text(text, encoding="utf-8")


CARD = """# The weights of call reading

Plain numbers, written by `calledit train`; nothing here is a pickle and nothing holds a sentence.

| file | what |
|---|---|
| stance.npz | logistic regressions over hashed words and about 70 signs: each stance, call or not, direction |
| ranking.npz | boosted trees: how many calls of an asset and stance a document makes |
| carry.json | does a sentence without a cue go on with the voice before it |
| calibration.json | thresholds, how often each rule finds the right voice, scores to confidence |
| clusters.txt | words that commentary uses alike, by their neighbours in unlabelled commentary (SVD and k-means) |
| correlations.npz | the models of correlations, written by `calledit train` |

Learned from {documents} documents ({fields}) with {calls} labelled calls: our own corpus, and labels made by the
project on market commentary. Of those texts only weights of words remain. The labels of `nlp/labels` are
ids, offsets and names (of assets, drivers, speakers), without the sentences.

Cross-validated, each document judged by models that had not seen it:

```
{table}
```
"""
