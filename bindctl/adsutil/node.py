"""A key and a property as adsutil opens them, each step with a failure of its own.

Source:
    adsutil.vbs, generation C: GetCommand, SetCommand.
"""

from bindctl.adsutil.errors import (
    E_PATH_NOT_FOUND,
    E_UNKNOWN_OBJECT,
    AdsiError,
    adsi_error,
)
from bindctl.findings.errors import BindctlError
from bindctl.metabase import schema
from bindctl.model.path import split_property
from bindctl.operations.editing.properties import key_type_of, value_here
from bindctl.toml import document

TYPE_CHECKING = False
if TYPE_CHECKING:
    from bindctl.metabase.schema import Property
    from bindctl.metabase.values import Value
    from bindctl.storage.workspace import Workspace


class OpenedKey:
    """A key that is there.

    Attributes:
        octets: The document.
        path: The key below /LM, as typed.
        raw: The key's own values, as the document has them.
        key_type: The key's type, stored or deduced.
    """

    __slots__ = ("key_type", "octets", "path", "raw")

    def __init__(
        self, octets: bytes, path: tuple[str, ...], raw: dict[str, object]
    ) -> None:
        """Keep the parts."""
        self.octets = octets
        self.path = path
        self.raw = raw
        self.key_type = key_type_of(octets, path)


def open_key(workspace: "Workspace", path: tuple[str, ...], line: str) -> OpenedKey:
    """The key of that path.

    Args:
        workspace: The metabase.
        path: The key below /LM, as typed.
        line: The line of a failure after its number.

    Raises:
        AdsiError: There is no such key, or the file may not be read.
    """
    try:
        octets = workspace.read()
        raw = document.read_key(octets, path)
    except BindctlError as error:
        raise adsi_error(error, line) from error
    if raw is None:
        raise AdsiError(E_PATH_NOT_FOUND, line)
    return OpenedKey(octets, path, raw)


class Node:
    """The key a GET or SET names, and the property after its last slash.

    Attributes:
        workspace: The metabase.
        server: The server's name, as error lines repeat it.
        path: The key below /LM, as typed.
        name: The property, as typed.
        raw: The key's own values, as the document has them.
        key_type: The key's type, stored or deduced.
    """

    __slots__ = ("key_type", "name", "path", "raw", "server", "workspace")

    def __init__(
        self, workspace: "Workspace", server: str, text: str, complaint: str
    ) -> None:
        """Open the key.

        Args:
            workspace: The metabase.
            server: The server's name.
            text: Path and property, as typed.
            complaint: The line a failure ends with, before the key's path.

        Raises:
            AdsiError: There is no such key, or the file may not be read.
        """
        self.workspace = workspace
        self.server = server
        self.path, self.name = split_property(text)
        key = open_key(workspace, self.path, f"{complaint}{self.path_text}")
        self.raw = key.raw
        self.key_type = key.key_type

    @property
    def path_text(self) -> str:
        """The key's path as error lines repeat it: ``w3svc/1``."""
        return "/".join(self.path)

    def open_schema(self, name: str) -> "tuple[Property, int]":
        """The schema's row of a property, or of the property a flag is a bit of.

        Returns:
            The row, and the bit: 0 if it is not a flag.

        Raises:
            AdsiError: The schema has neither.
        """
        flag = schema.find_flag(name)
        row = flag[1] if flag else schema.find_property(name)
        if row is None:
            raise AdsiError(
                E_UNKNOWN_OBJECT,
                "Error Trying To GET the Schema of the property: "
                f"IIS://{self.server}/Schema/{name}",
            )
        return row, flag[2] if flag else 0

    def value_here(self, row: "Property") -> "Value | None":
        """The value at the key itself; never an inherited value or a default."""
        return value_here(self.workspace, self.path, row, self.raw, self.key_type)

    def may_hold(self, row: "Property") -> bool:
        """Whether the key's type has the property; a key without a type has any."""
        return may_hold(self.key_type, row)


def may_hold(key_type: str, row: "Property") -> bool:
    """Whether a key type has the property; a key without a type has any."""
    return key_type == "IIsObject" or row.name in schema.properties_of(key_type)
