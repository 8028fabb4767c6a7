"""The model: what it takes, what it answers, and how it is read from a file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


class ModelError(Exception):
    """The file of the model cannot be used. The message says why."""


class FeatureError(ValueError):
    """A request lacks a feature, or has one that the model does not know."""


@dataclass(frozen=True)
class Prediction:
    """The most likely label, and how likely each is; probabilities add up to one."""

    label: str
    probabilities: Mapping[str, float]


@dataclass(frozen=True)
class Model:
    """A multinomial logistic regression: one row of weights for each label."""

    version: str
    digest: str
    features: tuple[str, ...]
    labels: tuple[str, ...]
    weights: NDArray[np.float64]
    """Labels x features."""
    bias: NDArray[np.float64]

    def predict(self, rows: Sequence[Mapping[str, float]]) -> list[Prediction]:
        """One prediction for each row, in the order of the rows.

        Raises:
            FeatureError: a row lacks a feature or has an unknown one; the
                message names the row and the feature.
        """
        values = np.array([self._ordered(index, row) for index, row in enumerate(rows)])
        scores = values.reshape(len(rows), len(self.features)) @ self.weights.T + self.bias
        # the greatest score becomes zero, so that no exponential overflows
        likely = np.exp(scores - scores.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        return [
            Prediction(
                label=self.labels[int(row.argmax())],
                probabilities={label: float(p) for label, p in zip(self.labels, row, strict=True)},
            )
            for row in likely
        ]

    def _ordered(self, index: int, row: Mapping[str, float]) -> list[float]:
        if missing := [name for name in self.features if name not in row]:
            raise FeatureError(f"instances[{index}] lacks {', '.join(missing)}")
        if unknown := sorted(set(row) - set(self.features)):
            raise FeatureError(f"instances[{index}] has unknown {', '.join(unknown)}")
        return [row[name] for name in self.features]


def load_model(path: Path) -> Model:
    """Reads a model from its JSON file.

    Raises:
        ModelError: there is no such file, it is no JSON, or its parts do not
            fit each other.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"MODEL_PATH {path} cannot be read: {error.strerror}") from error
    try:
        document = json.loads(data)
        weights = np.asarray(document["weights"], dtype=np.float64)
        bias = np.asarray(document["bias"], dtype=np.float64)
        features = tuple(str(name) for name in document["features"])
        labels = tuple(str(name) for name in document["labels"])
        version = str(document["version"])
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(f"MODEL_PATH {path} holds no model: {error!r}") from error
    if weights.shape != (len(labels), len(features)) or bias.shape != (len(labels),):
        raise ModelError(
            f"MODEL_PATH {path}: {len(labels)} labels and {len(features)} features do not fit "
            f"weights of {weights.shape} and bias of {bias.shape}"
        )
    if not (np.isfinite(weights).all() and np.isfinite(bias).all()):
        raise ModelError(f"MODEL_PATH {path}: weights and bias must be finite numbers")
    return Model(
        version=version,
        digest=f"sha256:{hashlib.sha256(data).hexdigest()}",
        features=features,
        labels=labels,
        weights=weights,
        bias=bias,
    )
