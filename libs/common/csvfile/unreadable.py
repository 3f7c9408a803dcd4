"""A file of which nothing can be used."""


class Unreadable(ValueError):
    """The file as a whole cannot be read. `explanation` says what to do."""

    def __init__(self, code: str, explanation: str) -> None:
        super().__init__(code)
        self.code = code
        self.explanation = explanation
