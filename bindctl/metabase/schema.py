"""The schema: what properties are, and which key may hold which.

On the quickest path: imports only the data beside it.

Source:
    MBSchema.xml of IIS 6; ADSI syntax names from IIS SDK, "Metabase Property Data
    Types".
"""

from bindctl.metabase.schema_data import (
    CLASSES,
    INHERIT,
    OWN,
    PROPERTIES,
    SECURE,
    VOLATILE,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# Data type of the metabase to the syntax adsutil prints.
SYNTAX_NAMES: "Mapping[str, str]" = {
    "DWORD": "INTEGER",
    "STRING": "STRING",
    "EXPANDSZ": "EXPANDSZ",
    "MULTISZ": "LIST",
    "BOOL": "BOOLEAN",
    "BINARY": "BINARY",
    "MIMEMAP": "MimeMapList",
    "IPSECLIST": "IPSec",
    "NTACL": "NTAcl",
}

LIST_TYPES = frozenset({"MULTISZ", "MIMEMAP", "IPSECLIST"})
MAX_DWORD = 0xFFFFFFFF
_IDENTIFIER_DIGITS = 10  # as many as MAX_DWORD has


class Property:
    """One row of the schema.

    Attributes:
        name: The schema's spelling.
        folded: The same in lower case.
        property_id: The metabase identifier.
        data_type: ``DWORD``, ``STRING``, ``BINARY``, ``EXPANDSZ``, ``MULTISZ``,
            ``BOOL``, ``MIMEMAP``, ``IPSECLIST`` or ``NTACL``.
        user_type: ``SERVER``, ``FILE``, ``WAM`` or ``ASP_APP``.
        attributes: Bits INHERIT, SECURE, REFERENCE, VOLATILE, OWN.
        default_text: The default as MBSchema.xml writes it, or ``None``.
        minimum: Smallest DWORD, or ``None``.
        maximum: Largest DWORD, or ``None``.
        flags: Flag name to bit for flag properties, else ``None``.
    """

    __slots__ = (
        "attributes",
        "data_type",
        "default_text",
        "flags",
        "folded",
        "maximum",
        "minimum",
        "name",
        "property_id",
        "user_type",
    )

    def __init__(self, name: str) -> None:
        """Read the row `name`, in the schema's spelling."""
        self.name = name
        self.folded = name.lower()
        self.property_id: int
        self.data_type: str
        self.user_type: str
        self.attributes: int
        self.default_text: str | None
        self.minimum: int | None
        self.maximum: int | None
        self.flags: Mapping[str, int] | None
        (
            self.property_id,
            self.data_type,
            self.user_type,
            self.attributes,
            self.default_text,
            self.minimum,
            self.maximum,
            self.flags,
        ) = PROPERTIES[name]

    @property
    def syntax(self) -> str:
        """The ADSI syntax, as adsutil prints it."""
        return SYNTAX_NAMES[self.data_type]

    @property
    def is_inheritable(self) -> bool:
        """Whether keys below see a stored value."""
        return bool(self.attributes & INHERIT)

    @property
    def is_secure(self) -> bool:
        """Whether the value is shown as ten stars."""
        return bool(self.attributes & SECURE)

    @property
    def is_volatile(self) -> bool:
        """Whether the value belongs to the running service and is never stored."""
        return bool(self.attributes & VOLATILE)

    @property
    def is_own(self) -> bool:
        """Whether IIS 6 lacks the property."""
        return bool(self.attributes & OWN)

    def default(self) -> "object | None":
        """The default as a value: int, bool, str, tuple of str, or ``None``."""
        text = self.default_text
        if text is None:
            return None
        if self.data_type == "BOOL":
            return text == "TRUE"
        if self.data_type in LIST_TYPES:
            return tuple(item for item in text.split("    ") if item)
        if self.data_type != "DWORD":
            return text
        if text.isdigit():
            return int(text)
        return sum((self.flags or {})[name] for name in text.split(" | "))


_NAMES = {name.lower(): name for name in PROPERTIES}
_CLASS_NAMES = {name.lower(): name for name in CLASSES}
_FLAGS = {
    flag.lower(): (flag, name)
    for name, row in PROPERTIES.items()
    if row[7]
    for flag in row[7]
}


# Rows asked for, by spelling as asked: a large metabase asks for a few, often.
_ROWS: "dict[str, Property]" = {}


def find_property(name: str) -> Property | None:
    """The schema's row of that name, in any letter case."""
    row = _ROWS.get(name)
    if row is None:
        spelling = _NAMES.get(name.lower())
        if spelling is None:
            return None
        row = _ROWS[name] = Property(spelling)
    return row


def find_nearest(name: str) -> str | None:
    """The property whose name is most like a misspelt one; ``None`` if none is."""
    import difflib  # noqa: PLC0415 - only a misspelling needs it

    near = difflib.get_close_matches(name.lower(), _NAMES, 1)
    return _NAMES[near[0]] if near else None


def find_flag(name: str) -> tuple[str, Property, int] | None:
    """A flag such as AccessRead: its spelling, the property it is a bit of, the bit."""
    found = _FLAGS.get(name.lower())
    if found is None:
        return None
    flag, owner = found
    row = Property(owner)
    return flag, row, (row.flags or {})[flag]


def find_class(name: str) -> str | None:
    """The schema's spelling of a key type, from any letter case."""
    return _CLASS_NAMES.get(name.lower())


def properties_of(key_type: str) -> tuple[str, ...]:
    """Properties a key of that type may hold, in enumeration order."""
    properties: tuple[str, ...] = CLASSES[key_type][0]
    return properties


# Names of keys that path and schema alone decide, below each key type.
_FIXED_CHILDREN = {
    "IIsComputer": {
        "w3svc": "IIsWebService",
        "mimemap": "IIsMimeMap",
        "logging": "IIsLogModules",
        "http": "HttpService",
    },
    "IIsWebService": {
        "filters": "IIsFilters",
        "apppools": "IIsApplicationPools",
        "info": "IIsWebInfo",
    },
    "IIsWebServer": {
        "root": "IIsWebVirtualDir",
        "filters": "IIsFilters",
        "iiscertmapper": "IIsCertMapper",
    },
    "HttpService": {"sslcert": "HttpSslCertificates"},
}
_ONLY_CHILDREN = {
    "HttpSslCertificates": "HttpSslCertificate",
    "IIsFilters": "IIsFilter",
    "IIsApplicationPools": "IIsApplicationPool",
    "IIsWebVirtualDir": "IIsWebVirtualDir",
    "IIsWebDirectory": "IIsWebDirectory",
    "IIsLogModules": "IIsLogModule",
}


def is_identifier(name: str) -> bool:
    """Whether a key's name is a site's number: a DWORD without a leading zero."""
    return (
        len(name) <= _IDENTIFIER_DIGITS
        and name.isascii()  # str.isdigit accepts other scripts' digits, and "²"
        and name.isdigit()
        and (name == "0" or name[0] != "0")
        and int(name) <= MAX_DWORD
    )


def deduce_key_type(parent_type: str, name: str, stored: object = None) -> str:
    """The key type of a child key whose KeyType may be left out.

    Args:
        parent_type: Key type of the key above.
        name: The child's name, in any letter case.
        stored: Its stored KeyType, if any; it decides when the schema knows it.
    """
    if isinstance(stored, str):
        known = find_class(stored)
        if known is not None:
            return known
    fixed = _FIXED_CHILDREN.get(parent_type, {}).get(name.lower())
    if fixed is not None:
        return fixed
    if parent_type == "IIsWebService" and is_identifier(name):
        return "IIsWebServer"
    return _ONLY_CHILDREN.get(parent_type, "IIsObject")


def key_type_at(path: tuple[str, ...]) -> str:
    """The key type a path alone decides, without any stored KeyType."""
    key_type = "IIsComputer"
    for name in path:
        key_type = deduce_key_type(key_type, name)
    return key_type
