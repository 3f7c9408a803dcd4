"""What a demonstration raises where somebody would have looked in vain."""


class Unseen(Exception):
    """A step did not show what it must; the message names the step."""
