"""Training when a voice goes on, from the speakers that people gave; the weights are nlp/weights/carry.json."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from nlp import carry
from nlp.attribution import attributions
from nlp.evaluate import same_speaker
from nlp.gold import Annotated
from nlp.text import prepare


def train_carry(documents: Sequence[Annotated], folder: Path) -> None:
    """Fit the carrying of voices, and use it from here on."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(fit_carry(documents), indent=1)
    (folder / "carry.json").write_text(text + "\n", encoding="utf-8")
    carry.use(json.loads(text))


def fit_carry(documents: Sequence[Annotated]) -> dict[str, float]:
    """Weights of carry.NAMES, from the speakers that people gave to calls in sentences without a cue."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    rows, right = [], []
    for gold in documents:
        for features, went_on in _carried(gold):
            rows.append(features)
            right.append(went_on)
    if len(set(right)) < 2:  # too few documents to learn it from
        return dict(zip(carry.NAMES, carry.weights(), strict=True))
    model = LogisticRegression(C=1.0, fit_intercept=False, max_iter=500).fit(np.array(rows), np.array(right))
    return {name: round(float(w), 4) for name, w in zip(carry.NAMES, model.coef_[0], strict=True)}


def _carried(gold: Annotated) -> Iterator[tuple[tuple[float, ...], bool]]:
    prepared = prepare(gold.document.text, gold.document.kind)
    voices = attributions(prepared, gold.document)
    around = carry.Neighbours(voices)
    for voice in (v for v in voices if v.rule == "carried"):
        first, last = prepared.to_original(voice.start, voice.end)
        for call in gold.calls:
            start = gold.document.text.find(call["quote"])
            if first <= start + len(call["quote"]) // 2 < last:
                yield carry.carry_features(prepared, voice, around), same_speaker(voice.speaker, call["speaker"])
