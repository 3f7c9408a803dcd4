"""What the gateway is told from outside."""

import ipaddress
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from libs.common import settings
from services.gateway.domain.rates import Quotas
from services.gateway.domain.streams import Places


class Settings(settings.Settings):
    """The gateway's own values read `GATEWAY_...`."""

    model_config = settings.service_config("gateway")

    public_url: str = Field(description="Where browsers find it: https, or http on loopback.")
    services: dict[str, str] = Field(description="Base URL of each service behind it, as JSON.")
    signing_key_file: Path = Field(description="Private key that signs principals.")
    proxies: int = Field(0, ge=0, le=5, description="Own proxies in front that add X-Forwarded-For")
    limit_key: int = Field(2000, ge=1, description="Requests of one API key in 10 s, per process.")
    limit_user: int = Field(2000, ge=1, description="Requests of one user in 10 s, per process.")
    limit_tenant: int = Field(4000, ge=1, description="Requests of one agency in 10 s, per process")
    limit_address: int = Field(
        2000, ge=1, description="Requests of one address to what is open in 10 s, per process."
    )

    streams_user: int = Field(
        50, ge=1, description="Live streams that one user or key has open, per process."
    )
    streams_tenant: int = Field(
        500, ge=1, description="Live streams that one agency has open, per process."
    )
    webhooks_loopback: bool = Field(
        False,
        description="Webhooks may go to this machine, by http and at any port; not in production.",
    )

    @model_validator(mode="after")
    def _webhooks_go_outside_in_production(self) -> Self:
        if self.webhooks_loopback and self.environment == "production":
            raise ValueError(
                "GATEWAY_WEBHOOKS_LOOPBACK opens this machine to apps: not in production"
            )
        return self

    @field_validator("public_url")
    @classmethod
    def _safe(cls, url: str) -> str:
        parts = urlsplit(url)
        whole = parts.hostname and not (parts.path.strip("/") or parts.query or parts.username)
        if not whole or parts.scheme not in {"http", "https"}:
            raise ValueError("give scheme, host and port, such as https://console.example.com")
        if parts.scheme == "http" and not _loopback(parts.hostname or ""):
            raise ValueError("http is for loopback only: use https, as sign-in needs it")
        port = f":{parts.port}" if parts.port not in {None, 80, 443} else ""
        return f"{parts.scheme}://{_bracketed(parts.hostname or '')}{port}"

    @field_validator("services")
    @classmethod
    def _addresses(cls, services: dict[str, str]) -> dict[str, str]:
        for name, url in services.items():
            if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
                raise ValueError(f"the URL of {name} should be such as http://{name}:8080")
        return {name: url.rstrip("/") for name, url in services.items()}

    def quotas(self) -> Quotas:
        """How many requests each may make."""
        return Quotas(self.limit_key, self.limit_user, self.limit_tenant, self.limit_address)

    def places(self) -> Places:
        """How many live streams each may have open."""
        return Places(self.streams_user, self.streams_tenant)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
