"""What the tests of the verifier share."""

import random

import pytest

from tests.audit_verify.files import Run, runner
from tests.audit_verify.maker import Made, trail


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(capsys)


@pytest.fixture
def made() -> Made:
    return trail(random.Random(7), 40)
