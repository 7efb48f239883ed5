"""What a reader is told when something is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest


def complaint(error: type[Exception], call: Callable[[], object]) -> str:
    """What `call` says when it fails with `error`: one line, no traceback."""
    with pytest.raises(error) as caught:
        call()
    text = str(caught.value)
    assert text and "\n" not in text
    return text
