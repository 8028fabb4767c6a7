"""The application: its routes, and what they answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, StringConstraints
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from service.metrics import Metrics
from service.model import FeatureError, load_model
from service.observe import ObserveMiddleware
from service.predictor import BusyError, Predictor
from service.problems import problem
from service.settings import Settings

MAX_INSTANCES = 100

Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class PredictionRequest(BaseModel):
    """Instances to predict for: the features of each, by name."""

    model_config = ConfigDict(extra="forbid")

    instances: list[dict[Name, FiniteFloat]] = Field(min_length=1, max_length=MAX_INSTANCES)


class PredictionOut(BaseModel):
    """The most likely label, and how likely each is."""

    label: str
    probabilities: dict[str, float]


class PredictionResponse(BaseModel):
    """One prediction for each instance, in the order of the request."""

    model_version: str = Field(serialization_alias="modelVersion")
    predictions: list[PredictionOut]

    model_config = ConfigDict(protected_namespaces=())


class State:
    """What the routes share."""

    def __init__(self) -> None:
        self.predictor: Predictor | None = None
        self.ready = False


def create_app(settings: Settings) -> FastAPI:
    """An application that loads its model when it starts.

    Raises (at the start): ModelError, when the model cannot be used.
    """
    metrics = Metrics()
    state = State()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        model = load_model(settings.model_path)
        metrics.model.labels(model.version, model.digest).set(1)
        state.predictor = Predictor(
            model,
            metrics,
            concurrent=settings.max_concurrent_predictions,
            waiting=settings.max_waiting_predictions,
        )
        state.ready = True
        yield
        state.ready = False

    app = FastAPI(
        title="Predictions",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        middleware=[Middleware(ObserveMiddleware, metrics=metrics)],
    )
    app.state.service = state

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> Response:
        if not state.ready:
            return problem(503, "Not ready, or stopping.")
        return PlainTextResponse("ready\n")

    @app.get("/metrics", include_in_schema=False)
    async def read_metrics() -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    @app.post("/v1/predictions", response_model_by_alias=True)
    async def predict(request: PredictionRequest) -> PredictionResponse:
        predictor = state.predictor
        if predictor is None:
            raise HTTPException(503, "The model is not loaded yet.")
        predictions = await predictor.predict(request.instances)
        return PredictionResponse(
            model_version=predictor.model.version,
            predictions=[
                PredictionOut(label=one.label, probabilities=dict(one.probabilities))
                for one in predictions
            ],
        )

    _explain_errors(app)
    return app


def _explain_errors(app: FastAPI) -> None:
    def answer(request: Request, status: int, detail: str, **headers: str) -> JSONResponse:
        return problem(status, detail, request_id=request.state.request_id, headers=headers or None)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        return answer(request, error.status_code, str(error.detail), **dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first, *others = error.errors()
        place = ".".join(str(part) for part in first["loc"][1:]) or "body"
        more = f" (and {len(others)} more)" if others else ""
        return answer(request, 422, f"{place}: {first['msg']}{more}")

    @app.exception_handler(FeatureError)
    async def features(request: Request, error: FeatureError) -> JSONResponse:
        return answer(request, 422, str(error))

    @app.exception_handler(BusyError)
    async def busy(request: Request, _error: BusyError) -> JSONResponse:
        return answer(request, 503, "Too many predictions wait already.", **{"Retry-After": "1"})
