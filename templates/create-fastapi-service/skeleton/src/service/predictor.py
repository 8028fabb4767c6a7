"""Lets a model work beside the event loop, and no more than it can take."""

import asyncio
from collections.abc import Mapping, Sequence

from service.metrics import Metrics
from service.model import Model, Prediction


class BusyError(Exception):
    """So many requests wait that another would wait too long."""


class Predictor:
    """Computes predictions in threads, a limited number at a time."""

    def __init__(self, model: Model, metrics: Metrics, *, concurrent: int, waiting: int) -> None:
        self.model = model
        self._metrics = metrics
        self._turns = asyncio.Semaphore(concurrent)
        self._limit = waiting
        self._waiting = 0

    async def predict(self, rows: Sequence[Mapping[str, float]]) -> list[Prediction]:
        """One prediction for each row.

        Raises:
            BusyError: too many wait already.
            FeatureError: a row does not fit the model.
        """
        if self._turns.locked() and self._waiting >= self._limit:
            raise BusyError
        self._metrics.batch_size.observe(len(rows))
        self._wait(+1)
        try:
            await self._turns.acquire()
        finally:
            self._wait(-1)
        try:
            with self._metrics.predictions.time():
                return await asyncio.to_thread(self.model.predict, rows)
        finally:
            self._turns.release()

    def _wait(self, more: int) -> None:
        self._waiting += more
        self._metrics.waiting.set(self._waiting)
