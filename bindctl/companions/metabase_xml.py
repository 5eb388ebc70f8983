"""Keys as MetaBase.xml writes them, and back: text out, text in.

Parts that the format cannot hold are named, not dropped silently: see `Rendered` and
`Parsed`.

An XML parser turns line ends and TABs within attributes into spaces, and with them the
breaks between the items of a list. They are written as a mark of our own first.

Source:
    XML 1.0, 3.3.3 Attribute-Value Normalization;
    MetaBase.xml of Windows Server 2003 (a real file of 57 keys); cc782923 (Microsoft).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from xml.parsers import expat

from bindctl.metabase import schema
from bindctl.metabase.schema import LIST_TYPES, MAX_DWORD, Property
from bindctl.metabase.schema_data import INHERIT, REFERENCE, SECURE, VOLATILE
from bindctl.metabase.values import toml_value, typed_value
from bindctl.model.harmless_text import OBEYED
from bindctl.model.path import format_path, is_reserved
from bindctl.rules.metabase import CUSTOM, split_custom

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bindctl.metabase.tree import Key
    from bindctl.metabase.values import Value

DECLARATION = '<?xml version ="1.0"?>'
NAMESPACE = "urn:microsoft-catalog:XML_Metabase_V64_0"
UNTYPED = "IIsConfigObject"  # a key without a type of IIS
ITEM_BREAK = "\n\t\t\t"  # between the items of a list
# What the reader puts in its place before a parser makes four spaces of it: a
# character that is none (Unicode 15, 23.7), and that XML allows.
ITEM_MARK = "\ufdd0"
_OWN_CLASSES = frozenset({"HttpService", "HttpSslCertificates", "HttpSslCertificate"})
_FIRST_PRINTABLE = " "  # below it XML has only TAB and line ends
_NOT_OF_XML = f"\ufffe\uffff{ITEM_MARK}"
_FIRST_SURROGATE = 0xD800
_ESCAPES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "\n": "&#10;",
    "\r": "&#13;",
    "\t": "&#9;",
}
_ESCAPES |= {
    chr(code): f"&#{code};"
    for first, last in OBEYED
    for code in range(first, last + 1)
    if ord("~") < code < _FIRST_SURROGATE
}
_ATTRIBUTE_NAMES = {
    INHERIT: "INHERIT",
    SECURE: "SECURE",
    REFERENCE: "REFERENCE",
    VOLATILE: "VOLATILE",
}
_USER_TYPES = {
    "SERVER": "IIS_MD_UT_SERVER",
    "FILE": "IIS_MD_UT_FILE",
    "WAM": "IIS_MD_UT_WAM",
    "ASP_APP": "ASP_MD_UT_APP",
}
# Types of values the schema does not know, by their type in the document.
_RAW_TYPES = {bool: "BOOL", int: "DWORD", str: "STRING", list: "MULTISZ"}


class Rendered(NamedTuple):
    """Keys as XML.

    Attributes:
        text: The document.
        left_out: What it does not hold, and why.
    """

    text: str
    left_out: tuple[str, ...]


def render_keys(keys: Sequence[Key], *, inherited: bool = False) -> Rendered:
    """Keys in the layout of MetaBase.xml, in the order of their paths.

    Args:
        keys: The keys.
        inherited: Whether values that come from keys above are written as well.
    """
    left_out: list[str] = []
    ordered = sorted(keys, key=lambda key: [name.lower() for name in key.path])
    lines = [DECLARATION, f'<configuration xmlns="{NAMESPACE}">', "<MBProperty>"]
    for key in ordered:
        if _is_unwritable(key.path):
            left_out.append(f"{key.location()} has characters XML lacks")
            continue
        lines += _element(key, _entries(key, left_out, inherited=inherited))
    lines += ["</MBProperty>", "</configuration>", ""]
    return Rendered("\n".join(lines), tuple(left_out))


class Custom(NamedTuple):
    """The attributes of a ``<Custom>`` other than its value, as they are written."""

    property_id: str
    data_type: str
    user_type: str
    attributes: str


def usual_custom(row: Property | None, value: object) -> Custom:
    """The attributes of a property that `CUSTOM` does not list."""
    if row is None:
        data_type = _RAW_TYPES[type(value)]
        return Custom("0", data_type, _USER_TYPES["SERVER"], "NO_ATTRIBUTES")
    names = [name for bit, name in _ATTRIBUTE_NAMES.items() if row.attributes & bit]
    attributes = " | ".join(names) or "NO_ATTRIBUTES"
    user_type = _USER_TYPES[row.user_type]
    return Custom(str(row.property_id), row.data_type, user_type, attributes)


def format_custom(name: str, custom: Custom) -> str:
    """An item of `CUSTOM`: ``9202,DWORD,IIS_MD_UT_SERVER,INHERIT,UnknownName_9202``."""
    return ",".join((*custom, name))


def is_written_as_custom(row: Property | None, key_type: str) -> bool:
    """Whether the format has no attribute for a property of a key of that type."""
    is_typed = key_type not in (*_OWN_CLASSES, "IIsObject")
    allowed = schema.properties_of(key_type) if is_typed else ()
    return row is None or row.is_own or row.name not in allowed


class _Entry(NamedTuple):
    """One value of a key: an attribute of its class, or a custom property."""

    name: str
    value: Value
    row: Property | None
    custom: Custom | None


def _entries(key: Key, left_out: list[str], *, inherited: bool) -> Iterator[_Entry]:
    customs = _customs(key, left_out)
    for name, raw in key.raw.items():
        row = schema.find_property(name)
        if name.lower() in ("keytype", CUSTOM.lower()):
            continue
        value = _raw_value(raw) if row is None else typed_value(row, raw)
        custom = customs.get(name.lower())
        if value is None:
            left_out.append(f"{key.location()}/{name} is not of its type")
            continue
        if custom is None and is_written_as_custom(row, key.key_type):
            custom = usual_custom(row, toml_value(value))
        problem = _problem(name, row, value, custom)
        if problem:
            left_out.append(f"{key.location()}/{name} {problem}")
        else:
            yield _Entry(name if row is None else row.name, value, row, custom)
    if inherited:
        yield from _inherited(key, left_out)


def _customs(key: Key, left_out: list[str]) -> dict[str, Custom]:
    """The entries of `CUSTOM` for the key's properties, by lower-case name."""
    found: dict[str, Custom] = {}
    stored = key.stored(CUSTOM)
    for item in stored if isinstance(stored, list) else ():
        name, parts = split_custom(item)
        if parts:
            found[name] = Custom(*parts)
        else:
            left_out.append(f"{key.location()}/{CUSTOM}: {item!r} has other parts")
    return found


def _problem(
    name: str, row: Property | None, value: Value, custom: Custom | None
) -> str:
    """Why the format cannot hold a value; empty when it can."""
    if (row is not None and row.is_secure) or (custom and is_secret(custom)):
        return "is secret"
    if _is_unwritable(name) or _is_unwritable(value):
        return "has characters XML lacks"
    # As an attribute it is "", which is an empty list.
    return "is a list of one empty item" if value == ("",) else ""


def is_secret(custom: Custom) -> bool:
    """Whether its attributes say so."""
    return "SECURE" in (word.strip().upper() for word in custom.attributes.split("|"))


def _inherited(key: Key, left_out: list[str]) -> Iterator[_Entry]:
    for name in schema.properties_of(key.key_type):
        row = Property(name)
        if row.is_inheritable and not row.is_volatile and key.own(row) is None:
            value = _inherited_value(key, row)
            if value is None:
                continue
            is_custom = is_written_as_custom(row, key.key_type)
            custom = usual_custom(row, toml_value(value)) if is_custom else None
            problem = _problem(row.name, row, value, custom)
            if problem:
                left_out.append(f"{key.location()}/{name} {problem}")
            else:
                yield _Entry(name, value, row, custom)


def _inherited_value(key: Key, row: Property) -> Value | None:
    above = key.parent
    while above is not None and above.own(row) is None:
        above = above.parent
    return None if above is None else above.own(row)


def _is_unwritable(value: Value) -> bool:
    texts = value if isinstance(value, tuple) else (str(value),)
    return any(
        (character < _FIRST_PRINTABLE and character not in _ESCAPES)
        or character in _NOT_OF_XML
        for text in texts
        for character in text
    )


def _raw_value(raw: object) -> Value | None:
    if isinstance(raw, bool | int | str):
        return raw
    if isinstance(raw, list) and all(isinstance(item, str) for item in raw):
        return tuple(raw)
    return None


def _element(key: Key, entries: Iterable[_Entry]) -> Iterator[str]:
    own_class = key.key_type in _OWN_CLASSES
    tag = UNTYPED if own_class or key.key_type == "IIsObject" else key.key_type
    location = format_path(()) if not key.path else _location(key.path)
    yield f'<{tag}\tLocation ="{escape(location)}"'
    custom = []
    for entry in sorted(entries, key=lambda entry: entry.name):
        if entry.custom is not None:
            custom.append((entry, entry.custom))
        else:
            yield f'\t\t{entry.name}="{_format(entry)}"'
    yield "\t>"
    for entry, details in custom:
        yield from _custom(entry, details)
    yield f"</{tag}>"


def _location(path: tuple[str, ...]) -> str:
    """``/LM/W3SVC/1/ROOT/docs``: the fixed names as IIS spells them."""
    fixed = {"w3svc": "W3SVC", "root": "ROOT", "apppools": "AppPools"}
    head = [fixed.get(name.lower(), name) for name in path[:3]]
    return "/".join(("/LM", *head, *path[3:]))


def _custom(entry: _Entry, custom: Custom) -> Iterator[str]:
    # Flags of a custom property are its number, and so is a BOOL that says DWORD.
    value = entry.value
    if isinstance(value, bool) and custom.data_type == "DWORD":
        value = int(value)
    yield "\t<Custom"
    yield f'\t\tName="{escape(entry.name)}"'
    yield f'\t\tID="{escape(custom.property_id)}"'
    yield f'\t\tValue="{_format(_Entry(entry.name, value, None, None))}"'
    yield f'\t\tType="{escape(custom.data_type)}"'
    yield f'\t\tUserType="{escape(custom.user_type)}"'
    yield f'\t\tAttributes="{escape(custom.attributes)}"'
    yield "\t/>"


def _format(entry: _Entry) -> str:
    """A value as the format writes it, escaped."""
    value, row = entry.value, entry.row
    if isinstance(value, tuple):
        return ITEM_BREAK.join(escape(item) for item in value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return _format_number(value, None if row is None else row.flags)
    if row is not None and row.data_type == "BINARY":
        return value.lower()
    return escape(value)


def _format_number(number: int, flags: Mapping[str, int] | None) -> str:
    """Names of flags where every bit has one, else the number."""
    if not flags or not number:
        return str(number)
    names, rest = [], number
    for name, bit in flags.items():
        if bit and number & bit == bit:
            names.append(name)
            rest &= ~bit
    return str(number) if rest else " | ".join(names)


def escape(text: str) -> str:
    """Text as it stands within a quoted attribute."""
    return "".join(_ESCAPES.get(character, character) for character in text)


def parse_text(data_type: str, text: str, flags: Mapping[str, int] | None) -> object:
    """The TOML value that an attribute's text is.

    Args:
        data_type: The metabase's type.
        text: The attribute, with `ITEM_MARK` between items.
        flags: Bits of a flag property by name, or ``None``.

    Raises:
        ValueError: `text` is not a value of that type.
    """
    if data_type in LIST_TYPES:
        return text.split(ITEM_MARK) if text else []
    if data_type == "BOOL":
        known = {"true": True, "false": False, "1": True, "0": False}
        if text.lower() not in known:
            raise ValueError(text)
        return known[text.lower()]
    if data_type == "DWORD":
        return _parse_number(text, flags or {})
    return text


def _parse_number(text: str, flags: Mapping[str, int]) -> int:
    if text.isascii() and text.isdigit() and int(text) <= MAX_DWORD:
        return int(text)
    bits = {name.lower(): bit for name, bit in flags.items()}
    number = 0
    for name in text.split("|"):
        word = name.strip().lower()
        if word not in bits:
            raise ValueError(text)
        number |= bits[word]
    return number


# A comment, or a quoted attribute: nothing else of the format holds quotes.
_QUOTED = re.compile(r"<!--.*?-->|=\s*(?:\"[^\"]*\"|'[^']*')", re.DOTALL)
_REFERENCES = {"\n": "&#10;", "\t": "&#9;"}
_OF_CUSTOM = frozenset({"Name", "ID", "Value", "Type", "UserType", "Attributes"})
# Ciphertext of IIS 6 is hex throughout, behind a header; a file written by hand may
# state a password, which seldom is.
_LEAST_SEALED = 16
_HEX_DIGITS = frozenset("0123456789abcdefABCDEF")
_STRUCTURE = frozenset({"configuration", "MBProperty"})


class InvalidXmlError(Exception):
    """The text is not XML, or not a MetaBase.xml."""


class ImportedKey(NamedTuple):
    """One key of a file.

    Attributes:
        path: Below /LM, as the file spells it.
        key_type: The schema's spelling; empty for a key without a type.
        values: TOML values by property.
        left_out: The parts that were not understood.
    """

    path: tuple[str, ...]
    key_type: str
    values: dict[str, object]
    left_out: list[str]


class Parsed(NamedTuple):
    """A file.

    Attributes:
        keys: In the file's order.
        left_out: The parts outside of keys below /LM.
    """

    keys: tuple[ImportedKey, ...]
    left_out: tuple[str, ...]


def parse_keys(octets: bytes) -> Parsed:
    """Read a file.

    Raises:
        InvalidXmlError: It is not XML, or not of this format.
    """
    try:
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidXmlError(str(error)) from error
    reader = _Reader()
    reader.read(text.replace("\r\n", "\n"))
    return Parsed(tuple(reader.keys), tuple(reader.left_out))


def _protect(match: re.Match[str]) -> str:
    found = match[0]
    if found.startswith("<!--"):
        return found
    marked = found.replace(ITEM_BREAK, ITEM_MARK)
    return "".join(_REFERENCES.get(character, character) for character in marked)


class _Reader:
    """Collects keys while expat walks the document."""

    def __init__(self) -> None:
        self.keys: list[ImportedKey] = []
        self.left_out: list[str] = []
        self._is_ours = False
        # The element that is read: a key, or an element that is not a key below /LM.
        self._key: ImportedKey | None = None
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.CharacterDataHandler = self._take_text
        self._parser.EntityDeclHandler = self._refuse_entities

    def read(self, text: str) -> None:
        """Walk the document.

        Raises:
            InvalidXmlError: It is not XML, or has another root.
        """
        # The format's own declaration has a space that XML allows: `version ="1.0"`.
        _head, mark, rest = text.partition("?>")
        body = rest if mark and text.lstrip().startswith("<?xml") else text
        try:
            self._parser.Parse(_QUOTED.sub(_protect, body).encode("utf-8"), True)  # noqa: FBT003
        except expat.ExpatError as error:
            raise InvalidXmlError(str(error)) from error
        if not self._is_ours:
            message = "the root is not configuration"
            raise InvalidXmlError(message)

    def _refuse_entities(self, *_declaration: object) -> None:
        message = "the format has no entities"
        raise InvalidXmlError(message)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "configuration":
            self._is_ours = True
        elif name == "Custom":
            self._take_custom(attributes)
        elif name not in _STRUCTURE:
            self._take_key(name, attributes)

    def _take_text(self, text: str) -> None:
        if text.strip():
            self._leave_out(f"text {text.strip()!r}")

    def _take_key(self, tag: str, attributes: Mapping[str, str]) -> None:
        location = attributes.get("Location", "")
        path = _parse_location(location)
        self._key = None
        if path is None or is_reserved(path):
            # IIS_Global and IIS_ROOT are the file's own.
            self.left_out.append(
                f"{tag} at {location!r}: it is not a key of a metabase"
            )
            return
        key_type = "" if tag == UNTYPED else schema.find_class(tag) or ""
        self._key = key = ImportedKey(path, key_type, {}, [])
        self.keys.append(key)
        if not key_type and tag != UNTYPED:
            self._leave_out(f"key type {tag} is not in the schema")
        for name, text in attributes.items():
            row = schema.find_property(name)
            if row is not None:
                self._take_value(key, row.name, row.data_type, text)
            elif name != "Location":
                self._leave_out(f"property {name} is not in the schema")

    def _take_custom(self, attributes: Mapping[str, str]) -> None:
        key, name = self._key, attributes.get("Name", "")
        if key is None or not name:
            self._leave_out(
                "a custom property has no name" if key else f"Custom {name}"
            )
            return
        row = schema.find_property(name)
        spelling = name if row is None else row.name
        if spelling.lower() in map(str.lower, key.values):
            self._leave_out(f"custom property {name} stands twice")
            return
        for other in attributes.keys() - _OF_CUSTOM:
            self._leave_out(f"attribute {other} of custom property {name}")
        data_type = (
            row.data_type if row is not None else attributes.get("Type", "STRING")
        )
        self._take_value(
            key, spelling, data_type, attributes.get("Value", ""), attributes
        )

    def _take_value(
        self,
        key: ImportedKey,
        name: str,
        data_type: str,
        text: str,
        attributes: Mapping[str, str] | None = None,
    ) -> None:
        row = schema.find_property(name)
        if name == CUSTOM or (row is not None and row.is_volatile):
            self._leave_out(f"{name}: bindctl keeps it itself")
            return
        try:
            value = parse_text(data_type, text, row.flags if row else None)
        except ValueError:
            value = None
        if value is None or (row is not None and typed_value(row, value) is None):
            shown = "a value" if row is not None and row.is_secure else repr(text)
            self._leave_out(f"{name}: {shown} is no {data_type}")
            return
        usual = custom = usual_custom(row, value)
        if attributes is not None:
            custom = Custom(
                attributes.get("ID", usual.property_id),
                attributes.get("Type", usual.data_type),
                attributes.get("UserType", usual.user_type),
                attributes.get("Attributes", usual.attributes),
            )
        if _is_secret_elsewhere(row, custom, text):
            self._leave_out(f"{name}: it is secret, and encrypted for another machine")
            return
        if any("," in part for part in custom):
            self._leave_out(f"{name}: a comma in its ID, Type, UserType or Attributes")
            return
        key.values[name] = value
        is_attribute = not is_written_as_custom(row, key.key_type or "IIsObject")
        if attributes is not None and (custom != usual or is_attribute):
            stored = key.values.get(CUSTOM)
            items = stored if isinstance(stored, list) else []
            key.values[CUSTOM] = [*items, format_custom(name, custom)]

    def _leave_out(self, what: str) -> None:
        (self.left_out if self._key is None else self._key.left_out).append(what)


def _is_secret_elsewhere(row: Property | None, custom: Custom, text: str) -> bool:
    """Whether a value is a secret that only its own machine can read."""
    if row is None:
        return is_secret(custom)
    is_sealed = len(text) >= _LEAST_SEALED and _HEX_DIGITS.issuperset(text)
    is_binary = row.data_type in ("BINARY", "NTACL")
    return row.is_secure and (is_sealed or is_binary)


def _parse_location(text: str) -> tuple[str, ...] | None:
    parts = [part for part in text.split("/") if part]
    if not parts or parts[0].upper() != "LM":
        return None
    return tuple(parts[1:])
