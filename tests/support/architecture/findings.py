"""What the checks work on and what they say."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath


@dataclass(frozen=True)
class Finding:
    """One broken rule, as an editor can open it."""

    path: PurePosixPath
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True)
class Source:
    """A module: its place in the house, its text and its tree."""

    path: PurePosixPath
    text: str
    tree: ast.Module

    @classmethod
    def parse(cls, path: PurePosixPath, text: str) -> "Source":
        return cls(path, text, ast.parse(text, str(path)))

    @cached_property
    def service(self) -> str | None:
        """The service it belongs to."""
        parts = self.path.parts
        return parts[1] if parts[0] == "services" and len(parts) > 2 else None

    @cached_property
    def room(self) -> str | None:
        """The room of the service it is in."""
        return PurePosixPath(self.path.parts[2]).stem if self.service else None

    def within(self, *places: str) -> bool:
        """Whether it is one of these files, or inside one of these folders."""
        return any(self.path == PurePosixPath(p) or self.path.is_relative_to(p) for p in places)

    def find(self, place: ast.AST, text: str) -> Finding:
        return Finding(self.path, getattr(place, "lineno", 1), text)

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


def last_name(node: ast.AST) -> str:
    """`database` of `self.database`, `client` of `client()`; empty where there is none."""
    if isinstance(node, ast.Await):
        return last_name(node.value)
    if isinstance(node, ast.Call):
        return last_name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def text_of(node: ast.AST | None) -> str | None:
    """The value of a string constant."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None
