"""get, set and delete of one property, by the path a person types.

On the quickest path: imports no parser of TOML unless the table needs one.
"""

from bindctl.findings.errors import BindctlError
from bindctl.metabase import document, schema, values
from bindctl.metabase.path import format_path, split_property, without_root
from bindctl.metabase.schema import Property
from bindctl.storage.metabase_file import read_octets, update_octets
from bindctl.storage.places import read_states

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from bindctl.metabase.values import Value

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
    """

    __slots__ = ("changed", "path", "row", "value")

    def __init__(
        self,
        path: tuple[str, ...],
        row: Property,
        value: "Value",
        changed: bool = False,  # noqa: FBT001, FBT002 - a plain record
    ) -> None:
        """Keep the parts."""
        self.path = path
        self.row = row
        self.value = value
        self.changed = changed


def get_property(metabase: str, text: str) -> PropertyValue:
    """The value of a property stored at that very key; never an inherited one.

    Args:
        metabase: Absolute path of the file.
        text: ``/w3svc/1/SecureBindings``.

    Raises:
        BindctlError: MET101, MET102, MET103, MET104; or the file cannot be read.
    """
    path, name = split_property(text)
    path = without_root(path)
    octets = read_octets(metabase)
    raw = document.read_key(octets, path)
    if raw is None:
        raise document.path_not_found(path)
    flag = schema.find_flag(name)
    row = flag[1] if flag else require_property(name)
    key_type = key_type_of(octets, path)
    require_allowed(row, path, key_type)
    value = value_here(metabase, path, row, raw, key_type)
    if value is None:
        raise BindctlError(
            "MET104",
            f'the parameter "{name}" is not set at {format_path(path)}',
            "a key above may hold it: try the same property there",
            hresult=E_PROPERTY_NOT_SUPPORTED,
        )
    if flag is not None:
        row = flag_row(flag[0])
        value = bool(int(value) & flag[2])  # type: ignore[arg-type]  # a DWORD
    return PropertyValue(path, row, value)


def set_property(metabase: str, text: str, words: "Sequence[str]") -> PropertyValue:
    """Store a property; its type is the schema's, whatever the words look like.

    Args:
        metabase: Absolute path of the file.
        text: ``/w3svc/1/SecureBindings``.
        words: At least one; a list takes all, anything else the first.

    Raises:
        BindctlError: MET101, MET102, MET103, MET105, MET107; or the file cannot be
            written. Nothing is changed then.
    """
    path, name = split_property(text)
    path = without_root(path)
    flag = schema.find_flag(name)
    row = flag[1] if flag else require_property(name)
    if row.is_volatile:
        raise BindctlError(
            "MET107",
            f"{row.name} belongs to the running service and is not stored",
            "bindctl reset starts and stops sites",
        )
    typed = values.parse_words(flag_row(flag[0]) if flag else row, words)

    def change(octets: bytes) -> bytes:
        raw = document.read_key(octets, path)
        if raw is None:
            raise document.path_not_found(path)
        require_allowed(row, path, key_type_of(octets, path))
        stored = typed
        if flag is not None:
            stored = with_flag(octets, path, row, flag[2], bit_is_set=typed is True)
        return document.set_property(octets, path, row.name, values.toml_value(stored))

    changed = update_octets(metabase, change)
    shown = flag_row(flag[0]) if flag else row
    return PropertyValue(path, shown, typed, changed)


def value_here(
    metabase: str,
    path: tuple[str, ...],
    row: Property,
    raw: dict[str, object],
    key_type: str,
) -> "Value | None":
    """What a key itself says of a property: stored, of the service, or its type.

    Args:
        metabase: Absolute path of the file, beside which the service's states are.
        path: The key, below /LM.
        row: The schema's row.
        raw: The key's own values, as `document.read_key` gives them.
        key_type: The key's type.
    """
    if row.name == "KeyType":
        return key_type
    if row.is_volatile:
        return _volatile_value(metabase, path, row)
    folded = row.name.lower()
    spelling = next((name for name in raw if name.lower() == folded), None)
    return None if spelling is None else values.typed_value(row, raw[spelling])


def with_flag(
    octets: bytes, path: tuple[str, ...], row: Property, bit: int, *, bit_is_set: bool
) -> int:
    """The flag property in force at a key with one bit set or cleared.

    Other bits are those in force: stored, inherited or the schema's default. A single
    flag set on a virtual directory so leaves what its site allows as it is.
    """
    number = row.default()
    for length in range(len(path), -1, -1):
        found = _own_number(octets, path[:length], row)
        if found is not None:
            number = found
            break
        if not row.is_inheritable:
            break
    bits = number if isinstance(number, int) else 0
    return bits | bit if bit_is_set else bits & ~bit


def _own_number(octets: bytes, path: tuple[str, ...], row: Property) -> "Value | None":
    folded = row.name.lower()
    raw = document.read_key(octets, path) or {}
    stored = next((raw[name] for name in raw if name.lower() == folded), None)
    return None if stored is None else values.typed_value(row, stored)


def require_property(name: str) -> Property:
    """The schema's row of that name.

    Raises:
        BindctlError: MET102, with the nearest name the schema has.
    """
    row = schema.find_property(name)
    if row is not None:
        return row
    import difflib  # noqa: PLC0415 - only a misspelling needs it

    from bindctl.metabase.schema_data import PROPERTIES  # noqa: PLC0415 - as above

    spelt = {known.lower(): known for known in PROPERTIES}
    near = difflib.get_close_matches(name.lower(), spelt, 1)
    hint = "docs/reference/properties.md lists them; bindctl enum PATH shows a key"
    if near:
        hint = f"did you mean {spelt[near[0]]}?"
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
        "docs/reference/properties.md says where each property may stand",
        hresult=E_PROPERTY_NOT_SUPPORTED,
    )


def flag_row(flag: str) -> Property:
    """A flag of a flag property as the BOOLEAN pseudo-property it is shown as."""
    row = Property("AllowKeepAlive")  # any BOOL: only name and type are used
    row.name = flag
    row.flags = None
    return row


def key_type_of(octets: bytes, path: tuple[str, ...]) -> str:
    """The key type of a key: stored there, or what the types above it make of it."""
    if b"keytype" not in octets.lower():
        return schema.key_type_at(path)  # nothing is stored: the path alone decides
    key_type = "IIsComputer"
    for length in range(1, len(path) + 1):
        raw = document.read_key(octets, path[:length]) or {}
        stored = next((raw[name] for name in raw if name.lower() == "keytype"), None)
        key_type = schema.deduce_key_type(key_type, path[length - 1], stored)
    return key_type


def _volatile_value(
    metabase: str, path: tuple[str, ...], row: Property
) -> "Value | None":
    """ServerState and Win32Error of a site, from the running service."""
    # Only a key directly below W3SVC is a site: /W3SVC/1/ROOT/2 is a directory.
    site = path[1] if len(path) == 2 and path[0].lower() == "w3svc" else ""  # noqa: PLR2004
    state, error = _STOPPED, 0
    if site.isdigit():
        state, error = read_states(metabase).get(int(site), (_STOPPED, 0))
    if row.name == "ServerState":
        return state
    return error if row.name == "Win32Error" else None
