"""How a command can fail: a sentence for people, an exit code for programs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from libs.common.principal import BadKeyFile


class Failure(Exception):
    """A command that cannot do what it was asked to."""

    code: ClassVar[int]


class Refused(Failure):
    """A service says no."""

    code = 1


class Misused(Failure):
    """A setting is missing, or a value or a file cannot be used."""

    code = 2


class Unreachable(Failure):
    """A service does not answer, or says that it is not ready."""

    code = 3


@contextmanager
def using(file: Path) -> Iterator[None]:
    """Makes Misused of a file of keys that cannot be read, written or understood."""
    try:
        yield
    except BadKeyFile as error:
        raise Misused(str(error)) from None
    except OSError as error:
        raise Misused(f"{file} cannot be used ({error.strerror}).") from None
    except ValueError:
        raise Misused(f"{file} is damaged: it holds no keys as `intnet` makes them.") from None
