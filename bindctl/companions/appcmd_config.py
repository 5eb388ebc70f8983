"""Sites, applications and directories as elements of applicationHost.config, both ways.

Parts that an element cannot hold are named, not dropped silently: see
`Elements.left_out` and `parse_site`.

Source:
    iis-docs, configuration reference, system.applicationHost/sites.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

from bindctl.companions.appcmd_objects import (
    application_of,
    directories_below,
    is_application,
    wrong_value,
)
from bindctl.companions.appcmd_values import (
    APP,
    ATTRIBUTES,
    HTTP,
    HTTPS,
    SITE,
    VDIR,
    find_attribute,
    format_attribute,
    information,
)
from bindctl.companions.errors import (
    E_INVALID_XML,
    E_NOT_SUPPORTED,
    failure,
    unknown_attribute,
)
from bindctl.companions.switches import fold
from bindctl.operations.editing.site_edits import POOLED
from bindctl.terminal.input_file import STANDARD_INPUT, read_input

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bindctl.companions.appcmd_objects import AppcmdRequest, Item
    from bindctl.metabase.tree import Key

_FIRST_PRINTABLE = " "
_NOT_OF_XML = "\ufffe\uffff"


class SiteConfig(NamedTuple):
    """The content of a ``<site>``.

    Attributes:
        attributes: Name and value of each, also of ``limits`` and its like.
        bindings: Attributes of each, see `fold`.
        applications: Attributes of each, and of its virtual directories.
    """

    attributes: Sequence[tuple[str, str]]
    bindings: Sequence[Mapping[str, str]]
    applications: Sequence[tuple[Mapping[str, str], Sequence[Mapping[str, str]]]]


class Elements:
    """Makes elements of keys.

    Attributes:
        left_out: The parts that the elements made so far do not hold, and why.
    """

    __slots__ = ("left_out",)

    def __init__(self) -> None:
        """Begin."""
        self.left_out: list[str] = []

    def make(self, item: Item) -> ET.Element:
        """The element of an object, with those inside of it."""
        if item.kind == SITE:
            return self._site(item)
        if item.kind == APP:
            return self._application(item.key)
        return self._directory(item.key)

    def _site(self, item: Item) -> ET.Element:
        key = item.key
        element = ET.Element("site", {"name": item.name, "id": item.head[1]})
        held = self._fill(element, SITE, key)
        root = key.child("root")
        if root is not None:
            own = (root, *directories_below(root))
            element.extend(self._application(k) for k in own if is_application(k))
        bindings = ET.SubElement(element, "bindings")
        for protocol, name in ((HTTP, "ServerBindings"), (HTTPS, "SecureBindings")):
            held.add(name)
            for stored in key.items(name):
                shown = {
                    "protocol": protocol,
                    "bindingInformation": information(stored),
                }
                is_flagged = protocol == HTTPS and (
                    key.number("SslFlags") or key.stored("SslFlags") is not None
                )
                if is_flagged:
                    shown["sslFlags"] = str(key.number("SslFlags"))
                    held.add("SslFlags")
                ET.SubElement(bindings, "binding", shown)
        self._tell(key, held)
        for child in key.children():
            if root is None or child.path != root.path:
                self._tell_all(child)
        return element

    def _application(self, key: Key) -> ET.Element:
        element = ET.Element("application", {"path": _url_path(key, 3)})
        site = key
        while site.key_type != "IIsWebServer" and site.parent is not None:
            site = site.parent
        pool = key.text("AppPoolId")
        if pool != site.text("AppPoolId"):
            element.set("applicationPool", pool)
        own = [key, *(k for k in directories_below(key) if not is_application(k))]
        for directory in own:
            if application_of(directory).path == key.path:
                below = self._directory(directory)
                if directory is not key or len(below.attrib) > 1:
                    element.append(below)
        self._tell_others(key)
        return element

    def _directory(self, key: Key) -> ET.Element:
        depth = len(application_of(key).path)
        element = ET.Element("virtualDirectory", {"path": _url_path(key, depth)})
        held = self._fill(element, VDIR, key)
        if is_application(key):
            held |= {"AppRoot", "AppPoolId"}
            if key.number("AppIsolated") == POOLED:
                held.add("AppIsolated")
        self._tell(key, held)
        return element

    def _fill(self, element: ET.Element, kind: str, key: Key) -> set[str]:
        """Set the attributes that are stored; the properties they hold."""
        held: set[str] = set()
        for name in ATTRIBUTES[kind]:
            row = find_attribute(kind, name)
            value = None if row is None else key.own(row)
            if row is None or value is None or row.is_secure:
                continue
            text = format_attribute(row, value)
            if text is None:
                continue
            held.add(row.name)
            outer, _dot, attribute = name.rpartition(".")
            target = element if not outer else element.find(outer)
            if target is None:
                target = ET.SubElement(element, outer)
            target.set(attribute, text)
        return held

    def _tell(self, key: Key, held: set[str]) -> None:
        """Name the properties of a key that its element does not hold."""
        known = {name.lower() for name in held} | {"keytype"}
        lost = [name for name in key.raw if name.lower() not in known]
        if lost:
            self.left_out.append(f"{key.location()}: {', '.join(lost)}")

    def _tell_all(self, key: Key) -> None:
        self.left_out.append(f"{key.location()}, which is {key.key_type}")
        for child in key.children():
            self._tell_all(child)

    def _tell_others(self, key: Key) -> None:
        """Name the parts of an application that are not virtual directories."""
        for child in key.children():
            if is_application(child):
                continue
            if child.key_type != "IIsWebVirtualDir":
                self._tell_other(child)
            self._tell_others(child)

    def _tell_other(self, key: Key) -> None:
        # A folder between two virtual directories comes back with the lower one.
        if key.key_type == "IIsWebDirectory" and any(directories_below(key)):
            self._tell(key, set())
        else:
            self.left_out.append(f"{key.location()}, which is {key.key_type}")


def wrap(item: Item, made: ET.Element | None) -> ET.Element:
    """An object as ``/xml`` lists it, with its configuration inside, if it is asked for."""
    outer = ET.Element(item.kind, dict(item.attributes))
    outer.extend(() if made is None else (made,))
    return outer


def format_lines(element: ET.Element, name: str, space: str) -> Sequence[str]:
    """Lines of an element.

    Args:
        element: Made for this call: it is indented in place.
        name: What a failure names.
        space: What one level is indented by.

    Raises:
        ScriptError: It has characters that XML does not allow.
    """
    ET.indent(element, space)
    text = ET.tostring(element, encoding="unicode")
    if any(_is_unwritable(character) for character in text):
        message = f'"{name}" has characters that XML does not allow.'
        raise failure(message, E_NOT_SUPPORTED)
    # Control characters would not be printed unchanged on a terminal.
    return [
        "".join(c if c.isprintable() else f"&#{ord(c)};" for c in line)
        for line in text.split("\n")
    ]


def read_objects(
    request: AppcmdRequest, value: str
) -> list[tuple[str, ET.Element | None]]:
    """Names and configurations of the XML that ``/in`` reads from standard input.

    Raises:
        ScriptError: It is not such XML, or ``/in`` has a value.
    """
    if value:
        raise wrong_value("in", value)
    return parse_input(read_input(request.terminal, STANDARD_INPUT), request.kind)


def parse_input(octets: bytes, kind: str) -> list[tuple[str, ET.Element | None]]:
    """Name of each object of ``appcmd list … /xml``, and its configuration.

    Raises:
        ScriptError: It is not such XML, or names objects of another kind.
    """
    root = _parse(octets)
    if root.tag != "appcmd":
        raise _invalid(f"the root is {root.tag}, not appcmd")
    found: list[tuple[str, ET.Element | None]] = []
    for element in root:
        if element.tag != kind or len(element) > 1:
            raise _invalid(f"{element.tag} is no {kind} with its configuration")
        name = element.get(f"{kind}.NAME")
        if name is None:
            raise _invalid(f"{kind} has no {kind}.NAME")
        found.append((name, next(iter(element), None)))
    return found


def parse_site(element: ET.Element) -> SiteConfig:
    """The content of a ``<site>``.

    Raises:
        ScriptError: It has an element that a site cannot hold here.
    """
    if element.tag != "site":
        raise unknown_attribute(element.tag)
    attributes = list(_folded(element).items())
    bindings: list[Mapping[str, str]] = []
    applications: list[tuple[Mapping[str, str], Sequence[Mapping[str, str]]]] = []
    for child in element:
        if child.tag == "bindings":
            bindings = _collection(child, "binding")
        elif child.tag == "application":
            inner = _collection(child, "virtualDirectory", has_attributes=True)
            applications.append((_folded(child), inner))
        else:
            _require_leaf(child)
            attributes += [
                (f"{child.tag}.{name}", value) for name, value in child.attrib.items()
            ]
    # An application comes before those below it.
    applications.sort(key=lambda application: application[0].get("path", "").count("/"))
    applications.sort(key=lambda application: application[0].get("path") != "/")
    return SiteConfig(attributes, bindings, applications)


def _collection(
    element: ET.Element, tag: str, *, has_attributes: bool = False
) -> list[Mapping[str, str]]:
    if element.attrib and not has_attributes:
        raise unknown_attribute(f"{element.tag}.{next(iter(element.attrib))}")
    for child in element:
        if child.tag != tag:
            raise unknown_attribute(f"{element.tag}.{child.tag}")
        _require_leaf(child)
    return [_folded(child) for child in element]


def _require_leaf(element: ET.Element) -> None:
    if len(element):
        raise unknown_attribute(f"{element.tag}.{element[0].tag}")


def _folded(element: ET.Element) -> Mapping[str, str]:
    return {fold(name): value for name, value in element.attrib.items()}


def _parse(octets: bytes) -> ET.Element:
    if b"<!DOCTYPE" in octets:
        message = "a document type is not allowed"
        raise _invalid(message)
    try:
        return ET.fromstring(octets)  # noqa: S314 - without a DOCTYPE it has no entities
    except (ET.ParseError, ValueError, LookupError) as error:
        raise _invalid(str(error)) from error


def _invalid(cause: str) -> Exception:
    return failure(f"The XML input is not valid: {cause}.", E_INVALID_XML)


def _url_path(key: Key, depth: int) -> str:
    return "/".join(("", *key.path[depth:])) or "/"


def _is_unwritable(character: str) -> bool:
    is_control = character < _FIRST_PRINTABLE and character != "\n"
    return is_control or character in _NOT_OF_XML
