"""Law: whatever is done to a metabase, in any order, a plain dict says what it holds.

Random sequences of verbs, by all three faces, on a real file that begins in an odd but
valid form.
"""

from __future__ import annotations

import shutil
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import bindctl
from bindctl.findings.errors import BindctlError
from bindctl.metabase import schema
from bindctl.metabase.tree import make_tree
from bindctl.operations.editing.batch import run_batch
from bindctl.operations.editing.keys import (
    copy_key,
    create_key,
    delete,
    enum_key,
    move_key,
)
from bindctl.operations.editing.properties import get_property, set_property
from bindctl.storage.workspace import DiskWorkspace
from bindctl.toml.reader import decode, parse_document
from tests.property.strategies import quote_word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bindctl.metabase.tree import Key

    KeyPath = tuple[str, ...]
    Values = dict[str, object]

BOM = b"\xef\xbb\xbf"
# Each with the keys that have a table of their own.
DOCUMENTS = {
    "": [],
    "schema_version = 1\n": [],
    # Comments, spaced and quoted headers, look-alikes in strings and arrays.
    """\
# top
schema_version = 1

# the service
  [ w3svc ]  # header
DefaultDoc = '''
[w3svc.9]
ServerComment = "no"
'''

[w3svc."1"]
ServerComment = "b\u00fccher" # [w3svc.2]
ServerBindings = [
  ":80:a", # ]
  "[w3svc.3]",
]

["w3svc".'1'.root]
Path = "sites/a"
# end
""": ["w3svc", "w3svc/1", "w3svc/1/root"],
    # Keys only implied, in capitals, after each other and apart.
    """\
[W3SVC.1.ROOT]
Path = 'x'
[http]
[W3SVC.1.ROOT.a]
[W3SVC.2]
SslFlags = 0x01""": ["w3svc/1/root", "http", "w3svc/1/root/a", "w3svc/2"],
    # Names that are no ASCII, an array of tables nobody reads.
    """\
[[extras]]
name = 1
[[extras]]
[w3svc]
[w3svc.1]
[w3svc.1.root]
[w3svc.1.root."\u00fcber uns"]
Path = "b\\u00fccher"
""": ["w3svc", "w3svc/1", "w3svc/1/root", "w3svc/1/root/\u00fcber uns"],
}
KEYS = (
    "w3svc",
    "w3svc/1",
    "W3SVC/1/Root",
    "w3svc/1/root/a",
    "w3svc/1/root/\u00fcber uns",
    "w3svc/2",
    "/LM/w3svc/2/root",
    "w3svc\\2\\root\\a",
    "w3svc/AppPools",
    "w3svc/AppPools/a.b",
    "http",
)
_keys = st.sampled_from(KEYS)
_texts = st.text("ab \"'#[]\\\u00fc\u20ac=", max_size=6)
_settings = st.one_of(
    st.tuples(st.sampled_from(["ServerComment", "servercomment", "Path"]), _texts),
    st.tuples(st.sampled_from(["SslFlags", "ConnectionTimeout"]), st.integers(0, 99)),
    st.tuples(st.just("ServerAutoStart"), st.booleans()),
    st.tuples(
        st.sampled_from(["ServerBindings", "SecureBindings"]),
        st.lists(st.sampled_from([":80:", ":80:a", "x]", '"']), max_size=3),
    ),
)
_names = st.sampled_from(["ServerComment", "SSLFLAGS", "Path", "ServerBindings"])
FACES = ("operation", "program", "batch")


def _fold(text: str) -> KeyPath:
    names = text.replace("\\", "/").strip("/").lower().split("/")
    return tuple(names[1:] if names[0] == "lm" else names)


def _walk(key: Key) -> Iterator[tuple[KeyPath, Values]]:
    folded = tuple(name.lower() for name in key.path)
    yield folded, {name.lower(): value for name, value in key.raw.items()}
    for child in key.children():
        yield from _walk(child)


def _is_allowed(path: KeyPath, name: str) -> bool:
    key_type = schema.key_type_at(path)
    row = schema.find_property(name)
    assert row is not None
    return key_type == "IIsObject" or row.name in schema.properties_of(key_type)


class MetabaseMachine(RuleBasedStateMachine):
    """Verbs on a file, and what a dict of dicts makes of them."""

    @initialize(
        text=st.sampled_from(sorted(DOCUMENTS)),
        is_crlf=st.booleans(),
        has_bom=st.booleans(),
    )
    def begin(self, text: str, *, is_crlf: bool, has_bom: bool) -> None:
        """A file, and the model of what tomllib says is in it."""
        self.folder = Path(tempfile.mkdtemp())
        self.file = self.folder / "metabase.toml"
        self.metabase = str(self.file)
        octets = text.replace("\n", "\r\n" if is_crlf else "\n").encode()
        self.file.write_bytes(BOM + octets if has_bom else octets)
        # Keys with a table of their own; those above them are there by that alone.
        found = dict(_walk(make_tree(tomllib.loads(text))))
        own = [(), *map(_fold, DOCUMENTS[text])]
        self.model: dict[KeyPath, Values] = {path: found[path] for path in own}

    def teardown(self) -> None:
        """Leave nothing behind."""
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)

    # --- the model ---

    def _is_there(self, path: KeyPath) -> bool:
        return any(key[: len(path)] == path for key in self.model)

    def _below(self, path: KeyPath) -> list[KeyPath]:
        return [key for key in self.model if key[: len(path)] == path]

    def _expect(self, code: str | None, edit: Callable[[], object]) -> bool:
        """Run an edit that is to end in that code; whether it was made.

        An edit that TOML has no room for may always be refused: then nothing changes.
        """
        before = self.file.read_bytes()
        try:
            edit()
        except BindctlError as error:
            assert error.code in {code, "MET108"}, error  # noqa: PT017 - no error is fine too
            assert self.file.read_bytes() == before
            return False
        assert code is None
        return True

    # --- the verbs ---

    @rule(key=_keys, setting=_settings, face=st.sampled_from(FACES))
    def set(self, key: str, setting: tuple[str, object], face: str) -> None:
        """Set, by the command's operation, the API or a batch."""
        path, (name, value) = _fold(key), setting
        code = None
        if not self._is_there(path):
            code = "MET101"
        elif not _is_allowed(path, name):
            code = "MET103"
        if self._expect(code, lambda: self._set(f"{key}/{name}", value, face)):
            self.model.setdefault(path, {})[name.lower()] = value

    def _set(self, text: str, value: object, face: str) -> None:
        words = value if isinstance(value, list) else [str(value)]
        words = words or [""]
        if face == "program":
            with bindctl.open(self.metabase) as mb:
                mb[text] = value  # type: ignore[assignment]  # drawn to fit
        elif face == "batch":
            line = " ".join(map(quote_word, [text, *words]))
            run_batch(DiskWorkspace(self.metabase), f"SET {line}\n")
        else:
            set_property(DiskWorkspace(self.metabase), text, words)

    @rule(key=_keys, name=_names)
    def clear(self, key: str, name: str) -> None:
        """Delete of one property."""
        path = _fold(key)
        stored = self.model.get(path, {})
        code = None
        if name.lower() not in stored:
            code = "MET104" if self._is_there(path) else "MET101"
        if self._expect(
            code, lambda: delete(DiskWorkspace(self.metabase), f"{key}/{name}")
        ):
            del stored[name.lower()]

    @rule(key=_keys)
    def create(self, key: str) -> None:
        """Create of a key, with those above it."""
        path = _fold(key)
        code = "MET106" if self._is_there(path) else None
        if self._expect(code, lambda: create_key(DiskWorkspace(self.metabase), key)):
            self.model[path] = {}

    @rule(key=_keys)
    def delete(self, key: str) -> None:
        """Delete of a key with all below it."""
        path = _fold(key)
        code = None if self._is_there(path) else "MET101"
        if self._expect(code, lambda: delete(DiskWorkspace(self.metabase), f"{key}/")):
            for below in self._below(path):
                del self.model[below]

    @rule(source=_keys, destination=_keys, is_move=st.booleans())
    def copy(self, source: str, destination: str, *, is_move: bool) -> None:
        """Copy and move of a key with all below it."""
        old, new = _fold(source), _fold(destination)
        code = None
        if not self._is_there(old):
            code = "MET101"
        elif new[: len(old)] == old:
            code = "MET120" if new != old else "MET106"
        elif self._is_there(new):
            code = "MET106"
        verb = move_key if is_move else copy_key
        before = self.file.read_bytes()
        try:
            verb(DiskWorkspace(self.metabase), source, destination)
        except BindctlError as error:
            assert error.code in {code, "MET106", "MET120", "MET108"}, error  # noqa: PT017 - no error is fine too
            assert code is not None or error.code == "MET108"  # noqa: PT017 - as above
            assert self.file.read_bytes() == before
            return
        assert code is None
        for below in self._below(old):
            self.model[(*new, *below[len(old) :])] = dict(self.model[below])
            if is_move:
                del self.model[below]

    # --- what holds after every step ---

    @invariant()
    def the_file_is_what_the_model_is(self) -> None:
        """Whole, by two parsers, and by the verbs that read one key."""
        if not hasattr(self, "file"):
            return
        octets = self.file.read_bytes()
        assert tomllib.loads(decode(octets)) == parse_document(octets)
        found = dict(_walk(make_tree(parse_document(octets))))
        expected = {
            path[:length]: self.model.get(path[:length], {})
            for path in self.model
            for length in range(len(path) + 1)
        }
        assert found == expected

    @rule(key=_keys, name=_names)
    def read(self, key: str, name: str) -> None:
        """Get and enum of one key."""
        path = _fold(key)
        if not self._is_there(path):
            for verb in (get_property, enum_key):
                text = f"{key}/{name}" if verb is get_property else key
                with pytest.raises(BindctlError) as caught:
                    verb(DiskWorkspace(self.metabase), text)
                assert caught.value.code == "MET101"
            return
        children = {p[len(path)] for p in self._below(path) if len(p) > len(path)}
        listed = enum_key(DiskWorkspace(self.metabase), key).children
        assert {child.lower() for child in listed} == children
        stored = self.model.get(path, {})
        try:
            value = get_property(DiskWorkspace(self.metabase), f"{key}/{name}").value
        except BindctlError as error:
            assert name.lower() not in stored or not _is_allowed(path, name)
            assert error.code in {"MET103", "MET104"}  # noqa: PT017 - a value is fine too
            return
        plain = list(value) if isinstance(value, tuple) else value
        assert plain == stored[name.lower()]


TestMetabase = MetabaseMachine.TestCase
TestMetabase.settings = settings(
    max_examples=max(15, settings().max_examples // 3),
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
