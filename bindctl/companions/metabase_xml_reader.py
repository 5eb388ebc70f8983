"""MetaBase.xml read: any writer's layout, any version of its namespace.

An XML parser turns line ends and TABs within attributes into spaces, and with them the
breaks between the items of a list. They are written as a mark of our own first.

Source:
    XML 1.0, 3.3.3 Attribute-Value Normalization; MetaBase.xml of Windows Server 2003.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from xml.parsers import expat

from bindctl.companions.metabase_xml import (
    ITEM_BREAK,
    ITEM_MARK,
    UNTYPED,
    Custom,
    format_custom,
    is_secret,
    is_written_as_custom,
    parse_text,
    usual_custom,
)
from bindctl.metabase import schema
from bindctl.metabase.values import typed_value
from bindctl.model.path import is_reserved
from bindctl.rules.metabase import CUSTOM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bindctl.metabase.schema import Property

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
    """The text is no XML, or no MetaBase.xml."""


class ImportedKey(NamedTuple):
    """One key of a file.

    Attributes:
        path: Below /LM, as the file spells it.
        key_type: The schema's spelling; empty for a key without a type.
        values: TOML values by property.
        left_out: What was not understood of it.
    """

    path: tuple[str, ...]
    key_type: str
    values: dict[str, object]
    left_out: list[str]


class Parsed(NamedTuple):
    """A file.

    Attributes:
        keys: In the file's order.
        left_out: What is in no key below /LM.
    """

    keys: tuple[ImportedKey, ...]
    left_out: tuple[str, ...]


def parse_keys(octets: bytes) -> Parsed:
    """Read a file.

    Raises:
        InvalidXmlError: It is no XML, or not of this format.
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
        # The element that is read: a key, or what is none below /LM.
        self._key: ImportedKey | None = None
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.CharacterDataHandler = self._take_text
        self._parser.EntityDeclHandler = self._refuse_entities

    def read(self, text: str) -> None:
        """Walk the document.

        Raises:
            InvalidXmlError: It is no XML, or has another root.
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
            self.left_out.append(f"{tag} at {location!r}: it is no key of a metabase")
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
    """Whether a value is another machine's ciphertext, or one nobody here would hide."""
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
