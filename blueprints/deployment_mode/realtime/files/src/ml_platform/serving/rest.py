"""The REST API: who may ask what, and which status every failure has."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from time import perf_counter
from typing import Annotated, Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, ConfigDict, Field, create_model

from ml_platform.contract import Contract
from ml_platform.errors import PlatformError, UnknownEntity
from ml_platform.logs import get_logger
from ml_platform.serving.guard import RequestGuard
from ml_platform.serving.runtime import (
    LARGEST_INTEGER,
    TEXT_KEY,
    DeadlinePassed,
    InvalidKey,
    PredictionRuntime,
    StoreUnavailable,
)
from ml_platform.serving.telemetry import Outcome

FAILURES: dict[type[PlatformError], tuple[int, Outcome]] = {
    UnknownEntity: (404, "unknown"),
    InvalidKey: (422, "invalid"),
    StoreUnavailable: (503, "unavailable"),
    DeadlinePassed: (504, "deadline"),
}


class PredictionResponse(BaseModel):
    """A score and where it came from."""

    model_config = ConfigDict(protected_namespaces=())

    score: float = Field(ge=0, le=1, description="Probability of the target.")
    decision: bool = Field(description="Whether the score reaches the model's threshold.")
    model_name: str
    model_version: str
    feature_timestamp: datetime = Field(description="When the features that were used were true.")
    request_id: str


class Failure(BaseModel):
    """Why a request was not answered."""

    detail: str
    request_id: str


class Readiness(BaseModel):
    """Whether this process can answer, and what stands in the way."""

    ready: bool
    reasons: list[str]


def request_model(contract: Contract) -> type[BaseModel]:
    """Return the request body's model: one field, named after the entity's key in the contract."""
    measures = contract.datasets["measures"]
    column = measures.column(measures.key)
    field: Any = Annotated[
        str, Field(title="Entity key", pattern=f"^{TEXT_KEY.pattern}$", description=column.description)
    ]
    if column.type == "integer":
        field = Annotated[
            int, Field(title="Entity key", strict=True, ge=0, le=LARGEST_INTEGER, description=column.description)
        ]
    fields: dict[str, Any] = {measures.key: (field, ...)}
    body: type[BaseModel] = create_model("PredictionRequest", __config__=ConfigDict(extra="forbid"), **fields)
    return body


def create_app(contract: Contract, open_runtime: Callable[[], PredictionRuntime], *, max_body_bytes: int) -> FastAPI:
    """Build the application; `open_runtime` is called when it starts and what it gives is closed when it stops."""
    log = get_logger("serving.rest")
    body_model = request_model(contract)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        runtime = open_runtime()
        app.state.runtime = runtime
        log.info("started", model=runtime.predictor.name, version=runtime.predictor.version)
        yield
        runtime.close()
        log.info("stopped")

    app = FastAPI(
        title=f"{contract.project} predictions",
        version="1",
        description="Scores one entity from its latest features.",
        lifespan=lifespan,
    )
    app.add_middleware(RequestGuard, max_body_bytes=max_body_bytes)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        # The rejected value itself is not repeated: it may be personal data.
        problems = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
        _count(request, "invalid")
        return _failure(request, 422, "; ".join(problems))

    @app.exception_handler(PlatformError)
    async def expected(request: Request, error: PlatformError) -> JSONResponse:
        status, outcome = FAILURES.get(type(error), (500, "error"))
        _count(request, outcome)
        log.warning("not answered", request_id=request.state.request_id, outcome=outcome, reason=str(error))
        return _failure(request, status, str(error))

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        _count(request, "error")
        log.error("failed", request_id=request.state.request_id, exception=error)
        return _failure(request, 500, "internal error; the server's log has the reason under this request id")

    def predict(body: BaseModel, request: Request) -> PredictionResponse:
        runtime: PredictionRuntime = request.app.state.runtime
        # The line is written inside the span, so that it names the trace.
        with runtime.telemetry.tracer.span("request", request.headers):
            answer = runtime.answer(getattr(body, runtime.key_name))
            _count(request, "ok")
            log.info(
                "answered",
                request_id=request.state.request_id,
                model_version=answer.model_version,
                milliseconds=round((perf_counter() - request.state.started) * 1000, 2),
            )
        return PredictionResponse(
            score=answer.score,
            decision=answer.decision,
            model_name=answer.model_name,
            model_version=answer.model_version,
            feature_timestamp=answer.feature_timestamp,
            request_id=request.state.request_id,
        )

    # The body's type is only known from the contract, so it is set here and not written at the function.
    predict.__annotations__["body"] = body_model
    responses: dict[int | str, dict[str, Any]] = {
        404: {"model": Failure, "description": "The entity is not in the feature store."},
        413: {"model": Failure, "description": "The body is too large."},
        422: {"model": Failure, "description": "The body is not valid."},
        503: {"model": Failure, "description": "The feature store did not answer in time."},
    }
    app.post("/v1/predict", response_model=PredictionResponse, responses=responses, tags=["predictions"])(predict)

    @app.get("/v1/health/live", tags=["health"])
    def live() -> dict[str, bool]:
        """Say that the process runs."""
        return {"live": True}

    @app.get("/v1/health/ready", tags=["health"], responses={503: {"model": Readiness}})
    def ready(request: Request, response: Response) -> Readiness:
        """Say whether model and feature store are there."""
        reasons = request.app.state.runtime.readiness()
        response.status_code = 503 if reasons else 200
        return Readiness(ready=not reasons, reasons=reasons)

    @app.get("/metrics", tags=["health"], response_class=Response)
    def metrics(request: Request) -> Response:
        """Return the metrics of this process in the Prometheus text format."""
        return Response(request.app.state.runtime.telemetry.exposition(), media_type=CONTENT_TYPE_LATEST)

    return app


def _count(request: Request, outcome: Outcome) -> None:
    runtime: PredictionRuntime = request.app.state.runtime
    runtime.telemetry.answered("rest", outcome, perf_counter() - request.state.started)


def _failure(request: Request, status: int, detail: str) -> JSONResponse:
    body = Failure(detail=detail, request_id=request.state.request_id)
    return JSONResponse(body.model_dump(), status_code=status)
