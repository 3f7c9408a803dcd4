"""What every service is told from outside, read once from the environment.

Shared values have plain names (`KAFKA_URL`). A service's own values carry its name
(`MATCHER_PORT`).
"""

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import SettingsConfigDict
from pydantic_settings import SettingsError as SourceError

from libs.common.cluster import Cluster, KafkaSettings


class SettingsError(SystemExit):
    """A service cannot start: one sentence that names each variable at fault."""


def service_config(service: str) -> SettingsConfigDict:
    """The `model_config` of a service's settings: its own fields read `<SERVICE>_...`."""
    return SettingsConfigDict(env_prefix=f"{service.upper()}_")


class Settings(KafkaSettings):
    """Base of every service's settings.

    Raises:
        SettingsError: a value is missing or cannot be used; the process ends with the sentence.
    """

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
        env_ignore_empty=True,
        validate_by_name=True,
    )

    kafka_url: str = Field(
        validation_alias="KAFKA_URL", repr=False, description="Bootstrap servers, `host:port`."
    )
    mongo_url: str = Field(
        validation_alias="MONGO_URL", repr=False, description="Connection string of a replica set."
    )
    keys_file: Path = Field(
        validation_alias="KEYS_FILE", description="Keys of platform and tenants; a mounted secret."
    )
    jwks_file: Path = Field(validation_alias="JWKS_FILE", description="Keys that sign principals.")
    environment: Literal["development", "production"] = Field(
        validation_alias="ENVIRONMENT", description="What is allowed: production moves no clock."
    )
    clock_file: Path | None = Field(
        None,
        validation_alias="CLOCK_FILE",
        description="Offset of the time in seconds; refused in production.",
    )
    spans_file: Path | None = Field(
        None, validation_alias="SPANS_FILE", description="Spans go here, one JSON line each."
    )
    otlp_endpoint: str | None = Field(
        None,
        validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        repr=False,
        description="Base URL of a collector, such as http://collector:4318.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", validation_alias="LOG_LEVEL", description="The least that is logged."
    )

    host: str = Field("127.0.0.1", description="Address both ports listen on.")
    port: int = Field(ge=1, le=65535, description="Port of the HTTP side.")
    admin_port: int = Field(ge=1, le=65535, description="Port of /livez, /readyz and /metrics.")

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise SettingsError(_sentence(type(self), error)) from None
        except SourceError as error:
            field = str(error).split('"')[1]  # error parsing value for field "x" from source "y"
            name = _variable(type(self), (field,))
            raise SettingsError(f"{name}: the value should be JSON.") from None

    @property
    def kafka(self) -> Cluster:
        """The cluster. Raises SettingsError where a file that it takes cannot be read."""
        try:
            return super().kafka
        except OSError as error:
            raise SettingsError(f"Kafka's certificates or password: {error}.") from None

    @model_validator(mode="after")
    def _real_time_in_production(self) -> Self:
        if self.clock_file is not None and self.environment == "production":
            raise ValueError("CLOCK_FILE shifts the time, so it cannot be set in production")
        return self


class SweepingSettings(Settings):
    """Base for a service that keeps documents for a time and no longer."""

    sweep_seconds: float = Field(
        3600.0, gt=0, description="Between looks for what has been kept long enough."
    )


def _sentence(settings: type[Settings], error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    missing = [_variable(settings, f["loc"]) for f in faults if f["type"] == "missing"]
    wrong = [
        f"{_variable(settings, f['loc'])}: {f['msg']}" if f["loc"] else f["msg"]
        for f in faults
        if f["type"] != "missing"
    ]
    parts = [f"Set {', '.join(missing)} in the environment"] if missing else []
    parts += [fault.removeprefix("Value error, ") for fault in wrong]
    return "; ".join(parts) + "."


def _variable(settings: type[Settings], loc: tuple[int | str, ...]) -> str:
    name = str(loc[0])
    field = settings.model_fields.get(name)
    if field is None or field.validation_alias is not None:
        return name.upper()
    return f"{settings.model_config.get('env_prefix', '')}{name.upper()}"
