"""The Kafka cluster as a process is told of it: where it is, and how to be let in."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


@dataclass(frozen=True)
class Entry:
    """What a broker asks for: TLS (a context) or not, a name and a password (SASL) or none."""

    tls: ssl.SSLContext | None = None
    mechanism: Mechanism | None = None
    username: str = ""
    password: str = ""

    @property
    def protocol(self) -> Protocol:
        """In Kafka's words."""
        if self.mechanism is None:
            return "PLAINTEXT" if self.tls is None else "SSL"
        return "SASL_PLAINTEXT" if self.tls is None else "SASL_SSL"

    def __repr__(self) -> str:
        return f"Entry({self.protocol})"


OPEN = Entry()


class Cluster(str):
    """Bootstrap servers, `host:port,host:port`: all there is to say of a cluster open to anyone.

    `entry` is how to come in where it is not; a plain `str` stands for an open one.
    """

    entry: Entry

    def __new__(cls, servers: str, entry: Entry = OPEN) -> Self:
        """These servers, entered so."""
        made = super().__new__(cls, servers)
        made.entry = entry
        return made


def entry_to(url: str) -> Entry:
    """How to come in there."""
    return url.entry if isinstance(url, Cluster) else OPEN


def options(url: str) -> dict[str, Any]:
    """Where the cluster is and how to come in, as aiokafka's clients take it."""
    entry = entry_to(url)
    given: dict[str, Any] = {"bootstrap_servers": str(url), "security_protocol": entry.protocol}
    if entry.tls:
        given["ssl_context"] = entry.tls
    if entry.mechanism:
        given["sasl_mechanism"] = entry.mechanism
        given["sasl_plain_username"] = entry.username
        given["sasl_plain_password"] = entry.password
    return given


class KafkaSettings(BaseSettings):
    """Where Kafka is and how to come in; the base of whatever is told so by its environment.

    Passwords and private keys are files, as all secrets are; they are read when `kafka` is asked.
    """

    kafka_url: str | None = Field(
        None, validation_alias="KAFKA_URL", repr=False, description="Bootstrap servers."
    )
    kafka_security: Protocol = Field(
        "PLAINTEXT",
        validation_alias="KAFKA_SECURITY_PROTOCOL",
        description="How Kafka lets in: by TLS (SSL), by name and password (SASL), or by both.",
    )
    kafka_ca_file: Path | None = Field(
        None,
        validation_alias="KAFKA_CA_FILE",
        description="Certificates (PEM) that may vouch for brokers; the system's, if not given.",
    )
    kafka_cert_file: Path | None = Field(
        None,
        validation_alias="KAFKA_CERT_FILE",
        description="Own certificate (PEM), for mutual TLS.",
    )
    kafka_key_file: Path | None = Field(
        None, validation_alias="KAFKA_KEY_FILE", description="Its private key (PEM); a secret."
    )
    kafka_mechanism: Mechanism = Field(
        "SCRAM-SHA-512", validation_alias="KAFKA_SASL_MECHANISM", description="Where SASL is used."
    )
    kafka_username: str | None = Field(
        None, validation_alias="KAFKA_USERNAME", description="The name under SASL."
    )
    kafka_password_file: Path | None = Field(
        None,
        validation_alias="KAFKA_PASSWORD_FILE",
        description="File with the password under SASL; a secret.",
    )

    @model_validator(mode="after")
    def _kafka_is_told_enough(self) -> Self:
        given = self.kafka_username and self.kafka_password_file
        if self.kafka_security.startswith("SASL") and not given:
            raise ValueError("SASL needs KAFKA_USERNAME and KAFKA_PASSWORD_FILE")
        if bool(self.kafka_cert_file) != bool(self.kafka_key_file):
            raise ValueError("KAFKA_CERT_FILE and KAFKA_KEY_FILE go together")
        if self.kafka_ca_file and not self.kafka_security.endswith("SSL"):
            raise ValueError("KAFKA_CA_FILE is for TLS: set KAFKA_SECURITY_PROTOCOL")
        return self

    @property
    def kafka(self) -> Cluster:
        """The cluster. Raises OSError where a file of it cannot be read (ssl.SSLError is one)."""
        sasl = self.kafka_security.startswith("SASL")
        file = self.kafka_password_file if sasl else None
        return Cluster(
            self.kafka_url or "",
            Entry(
                tls=self._tls() if self.kafka_security.endswith("SSL") else None,
                mechanism=self.kafka_mechanism if sasl else None,
                username=self.kafka_username or "",
                password=file.read_text().strip() if file else "",
            ),
        )

    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.kafka_ca_file)
        if self.kafka_cert_file:
            context.load_cert_chain(self.kafka_cert_file, self.kafka_key_file)
        return context
