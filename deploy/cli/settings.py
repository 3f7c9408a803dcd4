"""What the command line is told from outside: the environment, else the local stack's file."""

import os
from pathlib import Path
from typing import TypeVar

from pydantic import AnyHttpUrl, BaseModel, Field, ValidationError
from pydantic_settings import SettingsConfigDict

from deploy.cli.failures import Misused
from libs.common.cluster import Cluster, KafkaSettings

T = TypeVar("T")

STACK = Path(".local/stack.json")


class _Service(BaseModel):
    url: AnyHttpUrl
    admin: AnyHttpUrl | None = None


class _Files(BaseModel):
    keys: Path | None = None
    jwks: Path | None = None
    operator_key: Path | None = None
    gateway_key: Path | None = None
    audit_key: Path | None = None
    clock: Path | None = None


class Stack(BaseModel):
    """The part of the local stack's file that is read here."""

    services: dict[str, _Service] = {}
    kafka_url: str | None = None
    mongo_url: str | None = None
    files: _Files = _Files()

    def settings(self) -> dict[str, object]:
        """Its values, under the names that `Settings` gives them."""
        urls: dict[str, object] = {}
        for name, service in self.services.items():
            urls |= {f"{name}_url": service.url, f"{name}_admin_url": service.admin}
        files = {f"{name}_file": file for name, file in self.files}
        return {**urls, **files, "kafka_url": self.kafka_url, "mongo_url": self.mongo_url}


class Settings(KafkaSettings):
    """Each may be absent: a command asks for what it needs by `required`."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, env_ignore_empty=True
    )

    gateway_url: AnyHttpUrl | None = Field(None, validation_alias="INTNET_GATEWAY_URL")
    ingest_url: AnyHttpUrl | None = Field(None, validation_alias="INTNET_INGEST_URL")
    matcher_url: AnyHttpUrl | None = Field(None, validation_alias="INTNET_MATCHER_URL")
    insights_url: AnyHttpUrl | None = Field(None, validation_alias="INTNET_INSIGHTS_URL")
    messaging_url: AnyHttpUrl | None = Field(None, validation_alias="INTNET_MESSAGING_URL")
    consent_url: AnyHttpUrl | None = Field(None, validation_alias="INTNET_CONSENT_URL")
    gateway_admin_url: AnyHttpUrl | None = Field(None, validation_alias="INTNET_GATEWAY_ADMIN_URL")
    ingest_admin_url: AnyHttpUrl | None = Field(None, validation_alias="INTNET_INGEST_ADMIN_URL")
    matcher_admin_url: AnyHttpUrl | None = Field(None, validation_alias="INTNET_MATCHER_ADMIN_URL")
    insights_admin_url: AnyHttpUrl | None = Field(
        None, validation_alias="INTNET_INSIGHTS_ADMIN_URL"
    )
    messaging_admin_url: AnyHttpUrl | None = Field(
        None, validation_alias="INTNET_MESSAGING_ADMIN_URL"
    )
    consent_admin_url: AnyHttpUrl | None = Field(None, validation_alias="INTNET_CONSENT_ADMIN_URL")
    mongo_url: str | None = Field(None, validation_alias="MONGO_URL", repr=False)
    keys_file: Path | None = Field(None, validation_alias="KEYS_FILE")
    jwks_file: Path | None = Field(None, validation_alias="JWKS_FILE")
    gateway_key_file: Path | None = Field(None, validation_alias="GATEWAY_SIGNING_KEY_FILE")
    operator_key_file: Path | None = Field(None, validation_alias="INTNET_OPERATOR_KEY_FILE")
    audit_key_file: Path | None = Field(None, validation_alias="CONSENT_AUDIT_KEY_FILE")
    clock_file: Path | None = Field(None, validation_alias="CLOCK_FILE")
    operator: str = Field("operator", validation_alias="INTNET_OPERATOR", max_length=200)


def read() -> Settings:
    """The settings of this run. Raises Misused."""
    try:
        given = Settings()
    except ValidationError as error:
        faults = (": ".join((*map(str, f["loc"][:1]), f["msg"])) for f in error.errors())
        raise Misused(f"{'; '.join(faults)}.") from None
    stack = _stack().settings()
    absent = {
        name: value
        for name, value in stack.items()
        if name in Settings.model_fields and getattr(given, name) is None
    }
    return given.model_copy(update=absent)


def cluster() -> Cluster:
    """The Kafka cluster of this run. Raises Misused."""
    told = read()
    required(told.kafka_url, "KAFKA_URL")
    try:
        return told.kafka
    except OSError as error:
        raise Misused(f"Kafka's certificates or password: {error}.") from None


def required(value: T | None, variable: str) -> T:
    """The value of a setting that a command cannot do without. Raises Misused."""
    if value is None:
        raise Misused(f"Set {variable} in the environment, or start the local stack (make run).")
    return value


def _stack() -> Stack:
    named = os.environ.get("INTNET_STACK")
    file = Path(named) if named else STACK
    if not (named or file.exists()):
        return Stack()
    try:
        return Stack.model_validate_json(file.read_bytes())
    except OSError as error:
        raise Misused(f"{file} cannot be read ({error.strerror}).") from None
    except ValidationError:
        raise Misused(f"{file} is not a file that the local stack wrote.") from None
