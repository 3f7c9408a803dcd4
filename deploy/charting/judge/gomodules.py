"""Definitions that operators publish in their Go modules, each module with a hash we know."""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from deploy.programs import Missing, needs_go

_FETCH_S = 300


@dataclass(frozen=True)
class Module:
    """A Go module, the hash of its content (as in a go.sum), and files in it."""

    name: str
    version: str
    sum: str
    files: tuple[str, ...]


MODULES = (
    Module(
        "sigs.k8s.io/gateway-api",
        "v1.6.0",
        "h1:735YBRj5NXFrOGX0GoSjwzUIzbz8kiEOfADsqHFmHgE=",
        ("config/crd/standard/gateway.networking.k8s.io_httproutes.yaml",),
    ),
    Module(
        "github.com/kedacore/keda/v2",
        "v2.21.0",
        "h1:R6z2HZvstK4RLUMxroNACzBj74xGxt3kG59b5Xc+Xps=",
        (
            "config/crd/bases/keda.sh_scaledobjects.yaml",
            "config/crd/bases/keda.sh_triggerauthentications.yaml",
        ),
    ),
    Module(
        "github.com/prometheus-operator/prometheus-operator",
        "v0.85.0",
        "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=",
        (
            "example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml",
            "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
        ),
    ),
    Module(
        "github.com/external-secrets/external-secrets",
        "v1.3.2",
        "h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=",
        ("config/crds/bases/external-secrets.io_externalsecrets.yaml",),
    ),
)


def definitions(cache: Path) -> Iterator[dict[str, Any]]:
    """The CustomResourceDefinitions. Raises Missing."""
    for module in MODULES:
        folder = _fetched(module, cache)
        for file in module.files:
            yield yaml.safe_load((folder / file).read_text())


def _fetched(module: Module, cache: Path) -> Path:
    """The folder of the module, in a cache of our own that anyone may delete."""
    needs_go()
    # A cache that can be removed. The hash is compared here, so that nobody else is asked for it.
    told = {"GOMODCACHE": str(cache), "GOFLAGS": "-mod=mod -modcacherw", "GOSUMDB": "off"}
    cache.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(
            ["go", "mod", "download", "-json", f"{module.name}@{module.version}"],
            cwd=cache,
            env={**os.environ, **told, "GOTOOLCHAIN": "local", "GO111MODULE": "on"},
            capture_output=True,
            text=True,
            timeout=_FETCH_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Missing(f"{module.name}@{module.version} took longer than {_FETCH_S} s") from None
    answer = json.loads(done.stdout or "{}")
    if done.returncode or "Dir" not in answer:
        reason = answer.get("Error") or done.stderr.strip()
        raise Missing(f"{module.name}@{module.version} cannot be had: {reason}")
    if answer["Sum"] != module.sum:
        raise Missing(f"{module.name}@{module.version} has another hash: {answer['Sum']}")
    return Path(answer["Dir"])
