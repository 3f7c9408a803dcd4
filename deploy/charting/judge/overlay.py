"""The example of an overlay by kustomize: it is built, and does what it says."""

import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import yaml

from deploy.charting.rendering import CHART, Manifest, Values
from deploy.programs import Program

OVERLAY = CHART / "examples" / "kustomize"
KUBERNETES = "1.37"
KUSTOMIZE = Program(
    "kustomize",
    "sigs.k8s.io/kustomize/kustomize/v5",
    Path(__file__).with_name("kustomize-source"),
)

Name = tuple[str, str]


def judged() -> Iterator[str]:
    """What is wrong with it. Raises Missing."""
    command = [str(KUSTOMIZE.made()), "build", str(OVERLAY)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        yield done.stderr.strip()
        return
    told = yaml.safe_load((OVERLAY / "kustomization.yaml").read_text())
    base = all_of((CHART / "examples" / "minimal" / "rendered.yaml").read_text())
    added = all_of((OVERLAY / "namespace.yaml").read_text())
    yield from faults(told, [*base, *added], all_of(done.stdout))


def all_of(text: str) -> list[Manifest]:
    """The objects of a file."""
    return [one for one in yaml.safe_load_all(text) if one]


def faults(told: Values, base: Iterable[Manifest], made: Iterable[Manifest]) -> Iterator[str]:
    """A sentence for each thing that the kustomization tells and that did not come of it."""
    there = {name_of(one): one for one in made}
    patches = [yaml.safe_load(one["patch"]) for one in told["patches"]]
    removed = {name_of(one) for one in patches if one.get("$patch") == "delete"}
    for name in sorted(({name_of(one) for one in base} - removed) ^ there.keys()):
        yield f"{' '.join(name)} is {'made' if name in there else 'gone'}, and nobody said so"
    for patch in patches:
        if one := there.get(name_of(patch)):
            yield from _patched(patch, one)
    yield from _named(told, there)


def _patched(patch: Manifest, one: Manifest) -> Iterator[str]:
    if not _within(patch, one):
        yield f"{' '.join(name_of(patch))} is not as its patch says"
    yield from _invalid(one)


def _named(told: Values, there: dict[Name, Manifest]) -> Iterator[str]:
    labels = {key: value for part in told["labels"] for key, value in part["pairs"].items()}
    for name, one in there.items():
        if not _within(labels, one["metadata"].get("labels", {})):
            yield f"{' '.join(name)} has not the labels"
    text = yaml.safe_dump(list(there.values()))
    for image in (f"{one['newName']}@{one['digest']}" for one in told["images"]):
        if image not in text:
            yield f"nothing runs {image}"


def name_of(one: Manifest) -> Name:
    """Kind and name."""
    return one["kind"], one["metadata"]["name"]


def _within(part: Any, whole: Any) -> bool:
    if not isinstance(part, dict):
        return bool(part == whole)
    deep = isinstance(whole, dict)
    return deep and all(key in whole and _within(part[key], whole[key]) for key in part)


def _invalid(one: Manifest) -> Iterator[str]:
    try:
        kubernetes_validate.validate(one, KUBERNETES, strict=True)
    except kubernetes_validate.ValidationError as error:
        yield f"{' '.join(name_of(one))}: {error.message}"
