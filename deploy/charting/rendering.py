"""The chart rendered in this process by Helm's own engine: no cluster, no helm binary."""

from pathlib import Path
from typing import Any

import helm_python as helm
import yaml

from deploy.schemas.wiring import ROOT

CHART = ROOT / "deploy" / "chart"
NOTES = "intnet/templates/NOTES.txt"
Values = dict[str, Any]
Manifest = dict[str, Any]


def sets() -> dict[str, Path]:
    """The sets of values that are rendered and checked, by name."""
    found = sorted((CHART / "ci").glob("*-values.yaml"))
    return {path.name.removesuffix("-values.yaml"): path for path in found}


def rendered(
    values: Values, *, name: str = "intnet", namespace: str = "intnet", folder: Path = CHART
) -> dict[str, str]:
    """Template to text, notes too. Raises helm.HelmError with the sentence that a user gets."""
    with helm.Chart.load(folder) as chart:
        chart.validate_schema(chart.merge_values(values))
        return chart.render(values, name=name, namespace=namespace, is_install=True)


def golden(values: Values) -> str:
    """All manifests as one file, template after template, each object a document of its own."""
    parts = (
        f"---\n# {template.removeprefix('intnet/')}\n{_tidy(text)}"
        for template, text in sorted(rendered(values).items())
        if template != NOTES and any(yaml.safe_load_all(text))
    )
    return "\n".join(parts)


def manifests(values: Values, **how: Any) -> list[Manifest]:
    """All objects that would be made, hooks and tests too."""
    found = rendered(values, **how)
    texts = (text for template, text in found.items() if template != NOTES)
    return [one for text in texts for one in yaml.safe_load_all(text) if one]


def read(path: Path) -> Values:
    """A set of values."""
    content: Values = yaml.safe_load(path.read_text())
    return content


def _tidy(text: str) -> str:
    lines = (line.rstrip() for line in text.strip().removeprefix("---").splitlines())
    return "\n".join(line for line in lines if line) + "\n"
