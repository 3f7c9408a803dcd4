"""What the browser is made of is named and hashed, and nothing else is run."""

import re
from pathlib import Path

import pytest

from deploy.local import browser
from deploy.local.browser import Package, Unavailable
from deploy.local.server import StartError


def program(folder: Path, script: str) -> list[str]:
    file = folder / "npm"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return [str(file)]


def test_each_package_of_the_lock_has_a_version_and_a_hash() -> None:
    packages = {one.name: one for one in browser.read_lock()}
    assert {browser.CHROMIUM, browser.AXE} <= packages.keys()
    assert sum("noto" in name for name in packages) >= 2
    for one in packages.values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", one.version)
        assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", one.integrity)


def test_a_package_that_is_another_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = Package("@house/paint", "1.2.3", "sha512-other")
    assert package.file == "house-paint-1.2.3.tgz"
    monkeypatch.setattr(browser, "_npm", lambda: program(tmp_path, f"echo wet > {package.file}"))
    with pytest.raises(StartError, match="find out which") as refused:
        browser._fetch([package], tmp_path)
    assert not isinstance(refused.value, Unavailable)


def test_without_a_registry_it_is_said_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "_npm", lambda: program(tmp_path, "echo no network >&2; exit 1"))
    with pytest.raises(Unavailable, match="no network"):
        browser._fetch([Package("paint", "1.2.3", "")], tmp_path)
