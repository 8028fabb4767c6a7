import asyncio
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from service.metrics import Metrics
from service.model import Model, Prediction, load_model
from service.predictor import BusyError, Predictor


class Held(Model):
    """Answers only when it is let go."""

    go = threading.Event()

    def predict(self, rows: Sequence[Mapping[str, float]]) -> list[Prediction]:
        self.go.wait(timeout=10)
        return [Prediction("calm", {"calm": 1.0}) for _ in rows]


def test_lets_a_limited_number_wait_and_refuses_the_next() -> None:
    async def scene() -> None:
        plain = load_model(Path("model/model.json"))
        model = Held(**vars(plain))
        predictor = Predictor(model, Metrics(), concurrent=1, waiting=1)
        first = asyncio.create_task(predictor.predict([{}]))
        await asyncio.sleep(0)
        second = asyncio.create_task(predictor.predict([{}]))
        await asyncio.sleep(0)
        with pytest.raises(BusyError):
            await predictor.predict([{}])
        Held.go.set()
        assert len(await first) == len(await second) == 1

    asyncio.run(scene())
