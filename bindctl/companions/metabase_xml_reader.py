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

from bindctl.companions.metabase_xml import ITEM_BREAK, ITEM_MARK, UNTYPED, parse_text
from bindctl.metabase import schema
from bindctl.metabase.path import format_path

if TYPE_CHECKING:
    from collections.abc import Mapping

# A comment, or a quoted attribute: nothing else of the format holds quotes.
_QUOTED = re.compile(r"<!--.*?-->|=\s*(?:\"[^\"]*\"|'[^']*')", re.DOTALL)
_REFERENCES = {"\n": "&#10;", "\t": "&#9;"}
_STRUCTURE = frozenset({"configuration", "MBProperty"})


class InvalidXmlError(Exception):
    """The text is no XML, or no MetaBase.xml."""


class ImportedKey(NamedTuple):
    """One key of a file.

    Attributes:
        path: Below /LM, as the file spells it.
        key_type: The schema's spelling; empty for a key without a type.
        values: TOML values by property.
    """

    path: tuple[str, ...]
    key_type: str
    values: dict[str, object]


class Parsed(NamedTuple):
    """A file.

    Attributes:
        keys: In the file's order.
        left_out: What was not understood, behind the key's path.
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
        self._is_outside = False  # in an element that is no key below /LM
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
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

    def _take_key(self, tag: str, attributes: Mapping[str, str]) -> None:
        path = _parse_location(attributes.get("Location", ""))
        self._is_outside = path is None
        if path is None:
            return  # IIS_Global and IIS_ROOT: of the file, not of /LM
        key_type = "" if tag == UNTYPED else schema.find_class(tag) or ""
        key = ImportedKey(path, key_type, {})
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
        if self._is_outside or not self.keys:
            return
        name = attributes.get("Name", "")
        row = schema.find_property(name)
        if row is not None:
            data_type, spelling = row.data_type, row.name
        else:
            data_type, spelling = attributes.get("Type", "STRING"), name
        if not spelling:
            self._leave_out("a custom property has no name")
            return
        value = attributes.get("Value", "")
        self._take_value(self.keys[-1], spelling, data_type, value)

    def _take_value(
        self, key: ImportedKey, name: str, data_type: str, text: str
    ) -> None:
        row = schema.find_property(name)
        if row is not None and row.is_volatile:
            return
        try:
            key.values[name] = parse_text(data_type, text, row.flags if row else None)
        except ValueError:
            self._leave_out(f"{name}: {text!r} is no {data_type}")

    def _leave_out(self, what: str) -> None:
        path = self.keys[-1].path if self.keys else ()
        self.left_out.append(f"{format_path(path)}: {what}")


def _parse_location(text: str) -> tuple[str, ...] | None:
    parts = [part for part in text.split("/") if part]
    if not parts or parts[0].upper() != "LM":
        return None
    return tuple(parts[1:])
