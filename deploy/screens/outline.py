"""The path of an outline in fewer letters: rounded, and each step from where the last one ended."""

import re

_STEPS = re.compile(r"([MLHVCZ])([^A-Z]*)")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
_AXES = {"M": "xy", "L": "xy", "H": "x", "V": "y", "C": "xyxyxy", "Z": ""}


def shortened(path: str, unit: float = 1, digits: int = 0) -> str:
    """The same outline, `unit` times as large; what is rounded does not add up along the way."""
    at = {"x": 0.0, "y": 0.0}
    start = dict(at)
    told: list[str] = []
    for command, body in _STEPS.findall(path):
        axes = _AXES[command]
        told.append(command.lower())
        numbers = [round(float(number) * unit, digits) for number in _NUMBER.findall(body)]
        for first in range(0, len(numbers), len(axes) or 1):
            step = list(zip(axes, numbers[first : first + len(axes)], strict=True))
            told += [bare(number - at[axis], digits) for axis, number in step]
            at.update(step)
            if command == "M" and not first:  # those after it are lines
                start = dict(at)
        if command == "Z":
            at = dict(start)
    return re.sub(r" ?([a-z]) ?| (?=-)", r"\1", " ".join(told))


def bare(number: float, digits: int) -> str:
    """With no more digits, and none that say nothing."""
    text = f"{number:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
