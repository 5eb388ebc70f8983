"""Nothing but a document that can be read takes the place of one."""

from __future__ import annotations

import pytest

from bindctl.findings.errors import BindctlError
from bindctl.toml.vouching import is_plain_edit, require_readable

_BEFORE = b"[w3svc.1]\nServerComment = 'a'\nPath = 'x'\n\n[w3svc.2]\n"


@pytest.mark.parametrize(
    ("after", "is_plain"),
    [
        (_BEFORE.replace(b"'a'", b"'b'"), True),
        (_BEFORE.replace(b"Path = 'x'\n", b""), True),
        (_BEFORE.replace(b"\n\n", b"\nSslFlags = 1\n\n"), True),
        (_BEFORE + b"SslFlags = 1\n", True),
        (_BEFORE.replace(b"'a'", b"{ a = 1 }"), False),
        (_BEFORE.replace(b"'a'", b"'''a'''"), False),
        (_BEFORE + b"[w3svc.3]\n", False),
    ],
)
def test_plain_lines_of_one_table_need_no_second_look(
    after: bytes, is_plain: bool
) -> None:
    """A `set` among ten thousand sites would otherwise take five times as long."""
    require_readable(_BEFORE, after)
    assert is_plain_edit(_BEFORE, after) is is_plain


def test_what_nobody_could_read_is_not_written() -> None:
    """The service would not start any more, and no command would mend it."""
    with pytest.raises(BindctlError, match="line 3, column 11") as caught:
        require_readable(_BEFORE, _BEFORE.replace(b"'x'", b"'x'\r\r"))
    assert caught.value.code == "MET108"


def test_a_file_that_is_broken_says_where() -> None:
    """The line it names is one of the file as it is."""
    with pytest.raises(BindctlError, match="line 1, ") as caught:
        require_readable(b"[w3svc.1\n", b"# new\n[w3svc.1\n")
    assert caught.value.code == "MET002"


def test_a_broken_file_can_be_mended() -> None:
    """An edit by hand is one that mends."""
    require_readable(b"[w3svc.1\n", _BEFORE)
