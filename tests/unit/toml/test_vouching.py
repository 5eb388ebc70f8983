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
        (_BEFORE[: _BEFORE.index(b"[w3svc.2]")], True),
        (_BEFORE[_BEFORE.index(b"[w3svc.2]") :], True),
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


_ABOVE = b"[w3svc]\nLogType = 1\n\n" + _BEFORE + b"[http]\n"
_GROUP = b"# new\n[w3svc.20]\nPath = 'x'\n[w3svc.20.root]\n\n"


@pytest.mark.parametrize("at", [b"[w3svc.1]", b"[w3svc.2]", b"[http]", b""])
def test_new_tables_need_no_second_look(at: bytes) -> None:
    """A site made or copied would otherwise take five times as long."""
    after = _ABOVE.replace(at, _GROUP + at) if at else _ABOVE + _GROUP
    require_readable(_ABOVE, after)
    assert is_plain_edit(_ABOVE, after)
    assert is_plain_edit(after, _ABOVE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"LogType = 1", b"20 = 1"),
        (b"LogType = 1", b"20.x = 1"),
        (b"LogType = 1", b"'20' = 1"),
        (b"LogType = 1", b"x = [\n[1],\n]"),
        (b"[w3svc.2]", b"[w3svc.20]"),
        (b"[w3svc.2]", b"[w3svc.'20']"),
        (b"[w3svc.2]", b"[w3svc.20.x]"),
        (b"[w3svc]\n", b"w3svc.20.x = 1\n[w3svc]\n"),
        (b"[w3svc]\n", b"[ w3svc ]\n"),
    ],
)
def test_a_new_table_whose_name_is_taken_is_looked_at(old: bytes, new: bytes) -> None:
    """Two tables of one name are no document."""
    before = _ABOVE.replace(old, new)
    assert before != _ABOVE
    assert not is_plain_edit(before, before + _GROUP)


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
