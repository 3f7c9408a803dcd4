"""Fixtures that every test may ask for."""

from hypothesis import settings

pytest_plugins = [
    "tests.support.sharing",
    "tests.support.stack",
    "tests.support.platform",
    "tests.support.office",
    "tests.support.browser",
]

# An example that takes long on a busy machine is no failure.
settings.register_profile("house", parent=settings(), deadline=None)
settings.load_profile("house")
