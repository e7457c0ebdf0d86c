"""What every test of landing starts from."""

from pathlib import Path

import pytest
from inbox_of_a_test import Inbox


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    """A fresh home with an empty inbox."""
    return Inbox(tmp_path / "home")
