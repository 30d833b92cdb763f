"""Any transformers sequence classifier as a second opinion on stance: FinBERT, CryptoBERT, inference models (NLI)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from markets.assets import registry
from nlp.models.classifier_fit import kept_blend, tempered
from nlp.models.classifier_labels import LabelMap, StanceModelError, label_map, shipped_hypotheses
from nlp.models.classifier_runtime import Classifier, load_classifier
from nlp.reading import Reading
from nlp.stance import STANCES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class StanceModelChoice:
    """Which classifier to ask, and how; small and picklable, the model itself is loaded once a process.

    `model`: a folder or an id on the hub. `every`: ask it about all candidates. `labels`: (label, meaning) pairs
    over the shipped ones. `hypotheses`: the sentences an inference model judges, for bullish, bearish and neutral.
    """

    model: str
    every: bool = False
    labels: tuple[tuple[str, str], ...] = ()
    hypotheses: tuple[str, ...] = ()
    weight: float = 0.5
    temperature: float = 1.0

    @property
    def name(self) -> str:
        """The id on the hub, or the last part of the folder."""
        folder = Path(self.model).expanduser()
        return folder.resolve().name if folder.is_dir() else self.model

    @property
    def version(self) -> str:
        return f"{self.name}:{crc32(repr(self).encode()):08x}"

    def load(self) -> StanceClassifier:
        """Raises StanceModelError, a ValueError, where the model is not there or its labels mean nothing to us."""
        classifier = load_classifier(self.model)
        labels = label_map(classifier.labels, self.model, dict(self.labels))
        return StanceClassifier(self, classifier, labels)


@dataclass(frozen=True, slots=True)
class StanceClassifier:
    """A loaded classifier as a `nlp.opinions.Opinion`; its rows are given that there is a call."""

    choice: StanceModelChoice
    classifier: Classifier
    labels: LabelMap
    layer: str = "transformers"
    whole: bool = False
    calls: None = None

    @property
    def name(self) -> str:
        return self.choice.name

    @property
    def weight(self) -> float:
        return self.choice.weight

    @property
    def every(self) -> bool:
        return self.choice.every

    def judge(self, reading: Reading, indices: Sequence[int]) -> NDArray[np.float64]:
        """P(bullish), P(bearish), P(neutral) given a call, shape (len(indices), 3); NaN: no label stands for it."""
        return tempered(self.log_scores(reading, indices), self.choice.temperature)

    def log_scores(self, reading: Reading, indices: Sequence[int]) -> NDArray[np.float64]:
        """The log-probabilities before the temperature, shape (len(indices), 3)."""
        asked = [self._asked(reading, number) for number in indices]
        texts = list(dict.fromkeys(pair for pairs in asked for pair in pairs))  # a clause can speak of several assets
        place = {pair: number for number, pair in enumerate(texts)}
        hypotheses = [pair[1] for pair in texts] if self.labels.entailment is not None else None
        logits = self.classifier.logits([pair[0] for pair in texts], hypotheses)
        return self.labels.log_scores(logits[[place[pair] for pairs in asked for pair in pairs]])

    def _asked(self, reading: Reading, number: int) -> list[tuple[str, str]]:
        """The clause; of an inference model the whole sentence, with each hypothesis about the asset."""
        candidate, text = reading.candidates[number], reading.prepared.text
        if self.labels.entailment is None:
            return [(text[candidate.clause.start : candidate.clause.end], "")]
        sentence = reading.prepared.sentence_text(candidate.clause.sentence)
        known = registry().get(candidate.asset)
        asset = known.name if known else candidate.asset
        return [(sentence, h.format(asset=asset)) for h in self.choice.hypotheses or shipped_hypotheses()]


def chosen(model: str | None, every: bool, table: Mapping[str, Any]) -> StanceModelChoice | None:
    """The stance model named on the command line, else in the table [stance_model]; None where neither does.

    Weight and temperature are those fitted for this model, else the defaults. Raises StanceModelError for a table
    that cannot be meant.
    """
    name = model or table.get("model")
    if not name:
        return None
    hypotheses = table.get("hypotheses", {})
    if hypotheses and (set(hypotheses) != set(STANCES)):
        raise StanceModelError(f"[stance_model.hypotheses] needs a sentence for each of {', '.join(STANCES)}")
    choice = StanceModelChoice(
        str(name),
        every or bool(table.get("every", False)),
        tuple((str(label), str(meaning)) for label, meaning in table.get("labels", {}).items()),
        tuple(str(hypotheses[stance]) for stance in STANCES) if hypotheses else (),
    )
    blend = kept_blend(choice.model)
    return replace(choice, weight=blend.weight, temperature=blend.temperature) if blend else choice
