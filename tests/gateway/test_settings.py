from pathlib import Path
from typing import Any

import pytest

from libs.common.settings import SettingsError
from services.gateway.domain.site import Site
from services.gateway.settings import Settings


def settings(**values: Any) -> Settings:
    return Settings(
        **{
            "kafka_url": "127.0.0.1:1", "mongo_url": "mongodb://127.0.0.1:1",
            "keys_file": Path("keys"), "jwks_file": Path("jwks"), "environment": "production",
            "port": 1, "admin_port": 2, "public_url": "https://console.example.com",
            "services": {"matcher": "http://matcher:8080"}, "signing_key_file": Path("key"),
            **values,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("url", "origin", "cookie"),
    [
        ("https://console.example.com", "https://console.example.com", "__Host-sid"),
        ("https://Console.Example.com:443/", "https://console.example.com", "__Host-sid"),
        ("https://console.example.com:8443", "https://console.example.com:8443", "__Host-sid"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "sid"),
        ("http://localhost:8080", "http://localhost:8080", "sid"),
        ("http://[::1]:8080", "http://[::1]:8080", "sid"),
    ],
)
def test_where_browsers_find_it(url: str, origin: str, cookie: str) -> None:
    site = Site(settings(public_url=url).public_url)
    assert (site.public_url, site.cookie) == (origin, cookie)


@pytest.mark.parametrize(
    "url",
    [
        "http://console.example.com",
        "http://10.0.0.1:8080",
        "http://0.0.0.0:8080",
        "http://localhost.example.com",
        "console.example.com",
        "https://console.example.com/app",
        "https://user@console.example.com",
        "ftp://127.0.0.1",
    ],
)
def test_an_unsafe_or_unusable_address_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(SettingsError, match="GATEWAY_PUBLIC_URL"):
        settings(public_url=url)


def test_services_are_given_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_SERVICES", '{"matcher": "http://matcher:8080/"}')
    given = settings().model_dump(exclude={"services"})
    assert Settings(**given).services == {"matcher": "http://matcher:8080"}
    with pytest.raises(SettingsError, match="GATEWAY_SERVICES"):
        settings(services={"matcher": "matcher:8080"})
