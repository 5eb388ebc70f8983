"""get, set and delete of one property, by the path a person types.

On the quickest path: imports no parser of TOML unless the table needs one.
"""

from bindctl.findings.errors import BindctlError
from bindctl.metabase import schema, values
from bindctl.metabase.schema import Property
from bindctl.model.path import format_path, split_property, without_root
from bindctl.storage.site_states import read_states
from bindctl.toml import document
from bindctl.toml.location import find_spelling, find_stored, mentions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bindctl.metabase.values import Value
    from bindctl.operations.editing.lists import ListEdit
    from bindctl.storage.workspace import Workspace

    Read = Callable[[tuple[str, ...]], dict[str, object] | None]

E_UNKNOWN_OBJECT = 0x80005004
E_PROPERTY_NOT_SUPPORTED = 0x80005006
_STOPPED = 4


class PropertyValue:
    """One property of one key.

    Attributes:
        path: The key, below /LM.
        row: The schema's row.
        value: The value, typed by the schema.
        changed: Whether a set changed the file.
        source: The key that holds the value; ``None`` for the schema's default.
    """

    __slots__ = ("changed", "path", "row", "source", "value")

    def __init__(
        self,
        path: tuple[str, ...],
        row: Property,
        value: "Value",
        changed: bool = False,  # noqa: FBT001, FBT002 - a plain record
        source: tuple[str, ...] | None = None,
    ) -> None:
        """Keep the parts."""
        self.path = path
        self.row = row
        self.value = value
        self.changed = changed
        self.source = source


def get_property(
    workspace: "Workspace", text: str, *, is_inherited: bool = False
) -> PropertyValue:
    """The value of a property stored at that very key, or in force there.

    Args:
        workspace: The metabase.
        text: ``/w3svc/1/SecureBindings``.
        is_inherited: Whether an inherited value or the schema's default may be the
            answer.

    Raises:
        BindctlError: MET101 to MET105; or the file cannot be read.
    """
    octets = workspace.read()
    return read_property(
        workspace,
        text,
        _reader(octets, split_property(text)[1]),
        lambda path: key_type_of(octets, path),
        lambda: octets,
        is_inherited=is_inherited,
    )


def read_property(  # noqa: PLR0913 - what a document gives, as it is asked for
    workspace: "Workspace",
    text: str,
    read: "Read",
    find_type: "Callable[[tuple[str, ...]], str]",
    whole: "Callable[[], bytes]",
    *,
    is_inherited: bool = False,
) -> PropertyValue:
    """The same of a metabase whose keys `read` gives.

    Args:
        workspace: The metabase, beside which the service's states are.
        text: As `get_property`.
        read: Gives a key's raw values; ``None`` when there is no such key.
        find_type: Gives a key's type.
        whole: Gives the document, for the line of a mistake.
        is_inherited: As `get_property`.

    Raises:
        BindctlError: MET101 to MET105.
    """
    path, name = split_property(text)
    path = without_root(path)
    raw = read(path)
    if raw is None:
        raise document.path_not_found(path)
    flag = schema.find_flag(name)
    row = flag[1] if flag else require_property(name)
    key_type = find_type(path)
    require_allowed(row, path, key_type)
    source: tuple[str, ...] | None = path
    value = value_here(workspace, path, row, raw, key_type)
    if value is None and is_inherited:
        value, source = find_in_force(read, path, row)
    if value is None:
        spelling = find_spelling(raw, row.name)
        if spelling is None or row.is_volatile or isinstance(raw[spelling], dict):
            raise _not_set(path, name, is_inherited=is_inherited)
        raise _not_of_type(path, row, (spelling, raw[spelling]), whole())
    if flag is not None:
        row = flag_row(flag[0])
        value = bool(int(value) & flag[2])  # type: ignore[arg-type]  # a DWORD
    return PropertyValue(path, row, value, source=source)


class Assignment:
    """The request of a set, read by the schema.

    Attributes:
        path: The key, below /LM.
        row: The property stored.
        flag: Name and bit of the flag asked for; ``None`` for the whole property.
        words: As given.
        edit: What to do to a list; ``None`` for a value that replaces the old one.
    """

    __slots__ = ("_typed", "edit", "flag", "path", "row", "words")

    def __init__(
        self, text: str, words: "Sequence[str]", edit: "ListEdit | None" = None
    ) -> None:
        """Read a property's path and the words given for it.

        Raises:
            BindctlError: MET102, MET105 or MET107.
        """
        path, name = split_property(text)
        self.path = without_root(path)
        found = schema.find_flag(name)
        self.row = found[1] if found else require_property(name)
        self.flag = (found[0], found[2]) if found else None
        self.words = words
        self.edit = edit
        if self.row.is_volatile:
            raise BindctlError(
                "MET107",
                f"{self.row.name} belongs to the running service and is not stored",
                "bindctl reset starts and stops sites",
            )
        self._typed: Value = ()
        if edit is None:
            self._typed = values.parse_words(self.shown_row(), words)
            return
        from bindctl.operations.editing.lists import require_list  # noqa: PLC0415 - rare

        require_list(self.shown_row(), edit)
        values.parse_words(self.row, words)  # each has to be an item

    def shown_row(self) -> Property:
        """The row of what was asked for: the property, or the flag."""
        return self.row if self.flag is None else flag_row(self.flag[0])

    def value_to_store(self, read: "Read") -> "Value":
        """The value the property gets.

        Args:
            read: Gives a key's raw values; ``None`` when there is no such key.

        Raises:
            BindctlError: MET104 or MET105, the list cannot be edited so.
        """
        if self.flag is not None:
            bit, is_set = self.flag[1], self._typed is True
            return with_flag(read, self.path, self.row, bit, bit_is_set=is_set)
        if self.edit is None:
            return self._typed
        from bindctl.operations.editing.lists import edit_list  # noqa: PLC0415 - rare

        value, _key = find_in_force(read, self.path, self.row)
        return edit_list((self.path, self.row), value, self.edit, self.words)

    def shown_value(self, stored: "Value") -> "Value":
        """The answer to the request, once `stored` is in the file."""
        return stored if self.flag is None else self._typed


def set_property(
    workspace: "Workspace",
    text: str,
    words: "Sequence[str]",
    edit: "ListEdit | None" = None,
) -> PropertyValue:
    """Store a property; its type is the schema's, whatever the words look like.

    Args:
        workspace: The metabase.
        text: ``/w3svc/1/SecureBindings``.
        words: At least one; a list takes all, anything else the first.
        edit: What to do to a list with the words; ``None`` replaces it. It begins
            with the list in force, so that an inherited one is not lost.

    Raises:
        BindctlError: MET101, MET102, MET103, MET104, MET105, MET107; or the file
            cannot be written. Nothing is changed then.
    """
    assignment = Assignment(text, words, edit)
    path = assignment.path
    stored, changed = store_value(
        workspace, path, assignment.row, assignment.value_to_store
    )
    shown = assignment.shown_value(stored)
    return PropertyValue(path, assignment.shown_row(), shown, changed)


def store_value(
    workspace: "Workspace",
    path: tuple[str, ...],
    row: Property,
    value: "Callable[[Read], Value]",
) -> "tuple[Value, bool]":
    """Store a property's value, under the metabase's lock.

    Args:
        workspace: The metabase.
        path: The key, below /LM.
        row: The schema's row.
        value: Gives the value; it gets a way to read any key's raw values.

    Returns:
        What was stored, and whether the file changed.

    Raises:
        BindctlError: MET101, there is no such key; MET103, it may not hold the
            property; what `value` raises; or the file cannot be written.
    """
    stored: list[Value] = []

    def change(octets: bytes) -> bytes:
        read = _reader(octets, row.name)
        if document.read_first(octets, path) is None:
            raise document.path_not_found(path)
        require_allowed(row, path, key_type_of(octets, path))
        stored.append(value(read))
        plain = values.toml_value(stored[-1])
        return document.set_property(octets, path, row.name, plain)

    changed = workspace.update(change)
    return stored[-1], changed


def value_here(
    workspace: "Workspace",
    path: tuple[str, ...],
    row: Property,
    raw: dict[str, object],
    key_type: str,
) -> "Value | None":
    """The key's own value of a property: stored, from the service, or its type.

    Args:
        workspace: The metabase, beside which the service's states are.
        path: The key, below /LM.
        row: The schema's row.
        raw: The key's own values, as `document.read_key` gives them.
        key_type: The key's type.
    """
    if row.name == "KeyType":
        return key_type
    if row.is_volatile:
        return _volatile_value(workspace, path, row)
    return _stored(raw, row)


def with_flag(
    read: "Read", path: tuple[str, ...], row: Property, bit: int, *, bit_is_set: bool
) -> int:
    """The flag property in force at a key with one bit set or cleared.

    Other bits are those in force: stored, inherited or the schema's default. So a flag
    that is set on a virtual directory leaves the other flags of its site as they are.
    """
    number, _key = find_in_force(read, path, row)
    bits = number if isinstance(number, int) else 0
    return bits | bit if bit_is_set else bits & ~bit


def find_in_force(
    read: "Read", path: tuple[str, ...], row: Property
) -> "tuple[Value | None, tuple[str, ...] | None]":
    """The value in force at a key, and the key that holds it.

    Args:
        read: Gives a key's raw values; ``None`` when there is no such key.
        path: The key, below /LM.
        row: The schema's row.

    Returns:
        The value stored there or inherited; else the schema's default, or ``None``,
        and no key.
    """
    for length in range(len(path), -1, -1):
        raw = read(path[:length])
        found = None if raw is None else _stored(raw, row)
        if found is not None:
            return found, path[:length]
        if not row.is_inheritable:
            break
    return row.default(), None  # type: ignore[return-value]  # the table holds Values


def _stored(raw: dict[str, object], row: Property) -> "Value | None":
    spelling = find_spelling(raw, row.name)
    return None if spelling is None else values.typed_value(row, raw[spelling])


def _reader(octets: bytes, name: str) -> "Read":
    """Gives the raw values of keys to who asks for that property alone.

    What the table that counts first says needs no look at others.
    """

    def read(path: tuple[str, ...]) -> dict[str, object] | None:
        first = document.read_first(octets, path)
        is_said = first is not None and find_spelling(first, name) is not None
        return first if is_said else document.read_key(octets, path)

    return read


def require_property(name: str) -> Property:
    """The schema's row of that name.

    Raises:
        BindctlError: MET102, with the nearest name the schema has.
    """
    row = schema.find_property(name)
    if row is not None:
        return row
    near = schema.find_nearest(name)
    hint = "bindctl schema lists them; bindctl enum PATH shows a key"
    if near:
        hint = f"did you mean {near}?"
    message = f"the schema has no property {name!r}"
    raise BindctlError("MET102", message, hint, hresult=E_UNKNOWN_OBJECT)


def require_allowed(row: Property, path: tuple[str, ...], key_type: str) -> None:
    """Refuse a property that a key of that type may not hold.

    Raises:
        BindctlError: MET103.
    """
    # A key without a type may hold anything, as IIsConfigObject does.
    if key_type == "IIsObject" or row.name in schema.properties_of(key_type):
        return
    raise BindctlError(
        "MET103",
        f"{format_path(path)} is {key_type}, which may not hold {row.name}",
        f"bindctl schema {row.name} says where it may stand",
        hresult=E_PROPERTY_NOT_SUPPORTED,
    )


def flag_row(flag: str) -> Property:
    """A flag of a flag property as the BOOLEAN pseudo-property it is shown as."""
    row = Property("AllowKeepAlive")  # any BOOL will do: only name and type are used
    row.name = flag
    row.flags = None
    return row


def key_type_of(octets: bytes, path: tuple[str, ...]) -> str:
    """The key type of a key: stored there, or what the types above it make of it."""
    if not mentions(octets, "keytype"):
        return schema.key_type_at(path)  # nothing is stored: the path alone decides
    return key_type_by(_reader(octets, "KeyType"), path)


def key_type_by(read: "Read", path: tuple[str, ...]) -> str:
    """The same, of keys that `read` gives."""
    key_type = "IIsComputer"
    for length in range(1, len(path) + 1):
        stored = find_stored(read(path[:length]) or {}, "keytype")
        key_type = schema.deduce_key_type(key_type, path[length - 1], stored)
    return key_type


def _volatile_value(
    workspace: "Workspace", path: tuple[str, ...], row: Property
) -> "Value | None":
    """ServerState and Win32Error of a site, from the running service."""
    # Only a key directly below W3SVC is a site: /W3SVC/1/ROOT/2 is a directory.
    site = path[1] if len(path) == 2 and path[0].lower() == "w3svc" else ""  # noqa: PLR2004
    state, error = _STOPPED, 0
    if site.isdigit():
        state, error = read_states(workspace.path).get(int(site), (_STOPPED, 0))
    if row.name == "ServerState":
        return state
    return error if row.name == "Win32Error" else None


def _not_set(path: tuple[str, ...], name: str, *, is_inherited: bool) -> BindctlError:
    """MET104.

    Args:
        path: The key, below /LM.
        name: The property, as it was asked for.
        is_inherited: Whether keys above were looked at, too.
    """
    hint = "a key above may hold it: bindctl get --inherited"
    if is_inherited:
        hint = "no key above holds it, and the schema has no default"
    return BindctlError(
        "MET104",
        f'the parameter "{name}" is not set at {format_path(path)}',
        hint,
        hresult=E_PROPERTY_NOT_SUPPORTED,
    )


def _not_of_type(
    path: tuple[str, ...], row: "Property", stored: tuple[str, object], octets: bytes
) -> BindctlError:
    """MET105, with the line.

    Args:
        path: The key, below /LM.
        row: The schema's row.
        stored: The property's name as the file spells it, and its TOML value.
        octets: The document.
    """
    from bindctl.toml.line_index import LineIndex  # noqa: PLC0415 - rare

    name, raw = stored
    line = LineIndex(octets).find(path, name)
    where = f" (line {line})" if line else ""
    shown = values.shown_value(row, raw)
    return BindctlError(
        "MET105",
        f"{format_path(path)}/{row.name}{where} is {shown}, not {values.expected_type(row)}",
        "it counts as not set; bindctl set replaces it",
    )
