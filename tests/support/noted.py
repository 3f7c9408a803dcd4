"""Every action that the code can note, read from its text."""

import ast
from collections.abc import Iterator
from itertools import product
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Unclear(AssertionError):
    """An action that only running the code would tell."""


def actions_in(root: Path) -> set[str]:
    """The actions of all notes under a folder. Raises Unclear."""
    return {action for path in sorted(root.rglob("*.py")) for action in _Module(path).actions()}


class _Module:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._tree = ast.parse(path.read_text())
        self._functions = [n for n in ast.walk(self._tree) if isinstance(n, Function)]

    def actions(self) -> Iterator[str]:
        for call in self._calls("Note"):
            given = next((one.value for one in call.keywords if one.arg == "action"), None)
            if given is None:
                raise Unclear(f"{self._path}:{call.lineno}: say the action where the note is made")
            yield from self._values(given, self._around(call))

    def _calls(self, name: str) -> list[ast.Call]:
        calls = [node for node in ast.walk(self._tree) if isinstance(node, ast.Call)]
        return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == name]

    def _around(self, node: ast.AST) -> Function | None:
        around = [one for one in self._functions if node in set(ast.walk(one))]
        return around[-1] if around else None

    def _values(self, node: ast.expr, within: Function | None) -> set[str]:
        match node:
            case ast.Constant(value=str(text)):
                return {text}
            case ast.FormattedValue(value=value):
                return self._values(value, within)
            case ast.IfExp(body=one, orelse=other):
                return self._values(one, within) | self._values(other, within)
            case ast.JoinedStr(values=parts):
                told = [self._values(part, within) for part in parts]
                return {"".join(each) for each in product(*told)}
            case ast.Subscript(value=ast.Name(id=table)):
                return self._table(table)
            case ast.Name(id=name) if within and name in [a.arg for a in within.args.args]:
                return self._given(within, name)
        raise Unclear(f"{self._path}:{node.lineno}: what is noted cannot be read here")

    def _table(self, name: str) -> set[str]:
        """The values of a dict of the module."""
        for node in self._tree.body:
            target = node.target if isinstance(node, ast.AnnAssign) else None
            if isinstance(target, ast.Name) and target.id == name:
                dict_ = node.value if isinstance(node, ast.AnnAssign) else None
                if isinstance(dict_, ast.Dict):
                    return {v for one in dict_.values for v in self._values(one, None)}
        raise Unclear(f"{self._path}: {name} is no dict that is written out")

    def _given(self, function: Function, name: str) -> set[str]:
        """What the module's own calls of a function give for a parameter."""
        place = [argument.arg for argument in function.args.args].index(name)
        found: set[str] = set()
        for call in self._calls(function.name):
            named = [one.value for one in call.keywords if one.arg == name]
            value = named[0] if named else call.args[place]
            found |= self._values(value, self._around(call))
        return found
