"""Settings of the service, from environment variables."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything that differs from one environment to the next."""

    model_config = SettingsConfigDict(
        env_ignore_empty=True, extra="ignore", frozen=True, protected_namespaces=()
    )

    port: int = Field(default=8080, ge=1, le=65535)
    """Port to listen on."""

    environment: str = "local"
    """Short name of where this runs; written to every log line."""

    log_level: Literal["debug", "info", "warn", "error"] = "info"
    """The least level that is written."""

    model_path: Path = Path("model/model.json")
    """The model that is loaded at the start."""

    max_concurrent_predictions: int = Field(default=4, ge=1, le=256)
    """Predictions computed at the same time; more wait."""

    max_waiting_predictions: int = Field(default=64, ge=0, le=10_000)
    """Requests that may wait; more are answered with 503."""

    drain_seconds: float = Field(default=5, ge=0, le=60)
    """How long requests are still taken after readiness was withdrawn."""

    shutdown_seconds: int = Field(default=15, ge=1, le=120)
    """How long requests under way may take to finish."""
