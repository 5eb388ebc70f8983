"""One site with its applications and directories, while appcmd changes it.

1. Every attribute is stored or refused by name; a refusal undoes the whole command.
2. IIS 8 has sslFlags for each binding, a metabase has SslFlags for each site: it is
   stored when all HTTPS bindings of the site agree once the command is done.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from bindctl.companions.appcmd_objects import (
    DEFAULT_POOL,
    applications_below,
    is_application,
)
from bindctl.companions.appcmd_values import (
    APP,
    BINDING_ATTRIBUTES,
    HTTP,
    HTTPS,
    SITE,
    VDIR,
    find_attribute,
    information,
    parse_attribute,
    parse_bindings,
    parse_flags,
    require_protocol,
    stored_binding,
)
from bindctl.companions.errors import (
    E_ALREADY_EXISTS,
    E_NOT_FOUND,
    E_NOT_SUPPORTED,
    duplicate_element,
    failure,
    unknown_attribute,
)
from bindctl.companions.switches import parse_element
from bindctl.metabase.tree import make_tree, web_sites
from bindctl.metabase.values import toml_value
from bindctl.operations.editing.site_edits import POOLED, create_directory_in
from bindctl.toml.document import path_not_found
from bindctl.toml.location import find_stored
from bindctl.toml.reader import parse_document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bindctl.metabase.tree import Key
    from bindctl.toml.editor import Editor

    Path = tuple[str, ...]

_LISTS = {HTTP: "ServerBindings", HTTPS: "SecureBindings"}
_INNER = {SITE: APP, APP: VDIR}
_NAMED_BY = {SITE: "id", APP: "path", VDIR: "path"}  # parts of their keys
_DIRECTORY = "IIsWebDirectory"
_VIRTUAL = "IIsWebVirtualDir"


class _Binding(NamedTuple):
    protocol: str
    stored: str
    flags: int


class Draft:
    """A site in a metabase that is open for edits.

    Attributes:
        path: Its key.
    """

    __slots__ = ("_before", "_bindings", "_editor", "_flags", "_is_stated", "path")

    def __init__(self, editor: Editor, identifier: int) -> None:
        """Read its bindings.

        Raises:
            BindctlError: MET101, there is no such site.
        """
        self._editor = editor
        self.path: Path = ("w3svc", str(identifier))
        key = self.key()
        self._flags = key.number("SslFlags")
        self._bindings = [
            _Binding(protocol, text, self._flags if protocol == HTTPS else 0)
            for protocol, name in _LISTS.items()
            for text in key.items(name)
        ]
        self._before = tuple(self._bindings)
        self._is_stated = False  # whether the command gives an sslFlags that may be new

    def set(self, kind: str, path: Path, name: str, value: str) -> None:
        """Apply one ``/name:value`` to the object at that key.

        Raises:
            ScriptError: There is no such attribute, or it does not take `value`.
        """
        if name.startswith("["):
            self._set_inner(kind, path, name, value)
        elif kind == SITE and name.lower().startswith(
            ("bindings", "+bindings.", "-bindings.")
        ):
            self._edit_bindings(name, value)
        elif kind == SITE and name.lower() == "physicalpath":
            self._set_inner(SITE, path, "[path='/'].[path='/'].physicalPath", value)
        elif name.lower() == _NAMED_BY[kind]:
            if kind != SITE or value != path[1]:
                message = f'The attribute "{name}" of {kind} objects cannot be changed.'
                raise failure(message, E_NOT_SUPPORTED)
        else:
            self._store(kind, path, name, value)

    def add_application(self, attributes: Mapping[str, str]) -> Path:
        """Make an application; the key it is.

        Args:
            attributes: ``path`` and others, see `switches.fold`.

        Raises:
            ScriptError: It exists, or has an attribute that is not known.
        """
        rest = dict(attributes)
        path = self._make((*self.path, "root"), _take(rest, "path"))
        root = "/".join(("/LM/W3SVC", self.path[1], "ROOT", *path[3:]))
        self._editor.set_property(path, "AppRoot", root)
        self._editor.set_property(path, "AppIsolated", POOLED)
        if "applicationpool" not in rest:
            self._keep_default_pool(path)
        for name, value in rest.items():
            self.set(APP, path, name, value)
        return path

    def add_directory(self, application: Path, attributes: Mapping[str, str]) -> Path:
        """Make a virtual directory of an application; the key it is.

        Raises:
            ScriptError: It exists, or has an attribute that is not known.
        """
        rest = dict(attributes)
        text = _take(rest, "path")
        if segments(text):
            path = self._make(application, text)
        else:
            path = application  # the application's own, which has no folder yet
            if self._stored(path, "path") is not None:
                raise duplicate_element(text)
        for name, value in rest.items():
            self.set(VDIR, path, name, value)
        return path

    def add_binding(self, attributes: Mapping[str, str]) -> None:
        """Add a binding.

        Args:
            attributes: ``protocol`` and others, see `switches.fold`.

        Raises:
            ScriptError: It exists, or has an attribute that is not known.
        """
        protocol, shown = _require_binding(attributes)
        usual = self._flags if protocol == HTTPS else 0
        flags = parse_flags(attributes.get("sslflags", str(usual)), protocol)
        self._is_stated |= protocol == HTTPS and "sslflags" in attributes
        self._require_new(protocol, shown)
        self._bindings.append(_Binding(protocol, stored_binding(shown), flags))

    def finish(self) -> None:
        """Store the bindings.

        Raises:
            ScriptError: HTTPS bindings of the site want different sslFlags.
        """
        for protocol, name in _LISTS.items():
            found, before = (
                [item.stored for item in items if item.protocol == protocol]
                for items in (self._bindings, self._before)
            )
            if found != before:
                self._editor.set_property(self.path, name, found)
        secure = [item for item in self._bindings if item.protocol == HTTPS]
        # A value that differs from the site's comes first, because the command asks for
        # it.
        secure.sort(key=lambda item: item.flags == self._flags)
        other = next((i for i in secure if i.flags != secure[0].flags), None)
        if other is not None:
            raise _flags_differ(secure[0], other)
        if secure and self._is_stated:
            self._editor.set_property(self.path, "SslFlags", secure[0].flags)

    def key(self) -> Key:
        """The site as it is now.

        Raises:
            BindctlError: MET101, it is no more.
        """
        key = self._find_key(self.path)
        if key is None:
            raise path_not_found(self.path)
        return key

    def _set_inner(self, kind: str, path: Path, name: str, value: str) -> None:
        """``[path='/shop'].applicationPool``: an attribute of an object below."""
        head, dot, rest = name.partition("].")
        element, inner = parse_element(f"{head}]"), _INNER.get(kind)
        if not dot or inner is None or element is None or set(element) != {"path"}:
            raise unknown_attribute(name)
        names = segments(element["path"])
        below = (*path, "root", *names) if kind == SITE else (*path, *names)
        if below == (*self.path, "root") and self._editor.read_key(below) is None:
            self.add_application({"path": "/"})
        if not self._is(inner, below):
            raise failure("Cannot find requested collection element.", E_NOT_FOUND)
        self.set(inner, below, rest, value)

    def _store(self, kind: str, path: Path, name: str, value: str) -> None:
        row = find_attribute(kind, name)
        if row is None:
            raise unknown_attribute(name)
        if row.name == "ServerComment":
            self._require_new_name(value)
        if kind == APP:
            self._keep_pools_below(path)
        parsed = toml_value(parse_attribute(row, value))
        self._editor.set_property(path, row.name, parsed)

    def _edit_bindings(self, name: str, value: str) -> None:
        """``bindings``, ``+bindings.[…]``, ``-bindings.[…]``, ``bindings.[…].name``."""
        verb, dot, rest = name.partition(".")
        if not dot and verb.lower() == "bindings":
            self._bindings.clear()
            for protocol, stored in parse_bindings(value):
                shown = information(stored)
                self.add_binding({"protocol": protocol, "bindinginformation": shown})
            return
        text, bracket, attribute = rest.rpartition("]")
        element = parse_element(text + bracket)
        is_whole = verb[0] in "+-"
        is_right = is_whole == (not attribute) and not (is_whole and value)
        if element is None or not is_right or verb.lower().lstrip("+-") != "bindings":
            raise unknown_attribute(name)
        if verb[0] == "+":
            self.add_binding(element)
            return
        index = self._find(element)
        if verb[0] == "-":
            del self._bindings[index]
        else:
            self._change_binding(index, attribute.removeprefix("."), value)

    def _change_binding(self, index: int, name: str, value: str) -> None:
        item = self._bindings[index]
        if name.lower() == "sslflags":
            flags = parse_flags(value, item.protocol)
            self._is_stated |= item.protocol == HTTPS
            self._bindings[index] = item._replace(flags=flags)
        elif name.lower() == "bindinginformation":
            if _folded(stored_binding(value)) != _folded(item.stored):
                self._require_new(item.protocol, value)
            self._bindings[index] = item._replace(stored=stored_binding(value))
        else:
            raise unknown_attribute(name)

    def _find(self, element: Mapping[str, str]) -> int:
        protocol, shown = _require_binding(element)
        wanted = (protocol, _folded(stored_binding(shown)))
        for index, item in enumerate(self._bindings):
            if (item.protocol, _folded(item.stored)) == wanted:
                flags = element.get("sslflags", str(item.flags))
                if parse_flags(flags, protocol) == item.flags:
                    return index
        raise failure("Cannot find requested collection element.", E_NOT_FOUND)

    def _require_new(self, protocol: str, shown: str) -> None:
        known = {(item.protocol, _folded(item.stored)) for item in self._bindings}
        if (protocol, _folded(stored_binding(shown))) in known:
            message = (
                "Cannot add duplicate collection entry of type 'binding' with "
                "combined key attributes 'protocol, bindingInformation' respectively "
                f"set to '{protocol}, {shown}'"
            )
            raise failure(message, E_ALREADY_EXISTS)

    def _require_new_name(self, name: str) -> None:
        root = self._find_key(())
        for identifier, key in () if root is None else web_sites(root):
            is_other = str(identifier) != self.path[1]
            if is_other and key.text("ServerComment").lower() == name.lower():
                raise duplicate_element(name)

    def _make(self, above: Path, text: str) -> Path:
        """Make the key of an application or directory, with missing keys above it."""
        path = (*above, *segments(text))
        if self._editor.read_key(path) is None:
            create_directory_in(self._editor, path, {})
        elif self._stored(path, "keytype") == _DIRECTORY:
            self._editor.set_property(path, "KeyType", _VIRTUAL)
        else:
            raise duplicate_element(text)
        return path

    def _keep_default_pool(self, path: Path) -> None:
        """Give a new application the site's pool, not that of one above it."""
        key, pool = self._find_key(path), self.key().text("AppPoolId")
        if key is not None and key.text("AppPoolId") != pool:
            self._editor.set_property(path, "AppPoolId", pool or DEFAULT_POOL)

    def _keep_pools_below(self, path: Path) -> None:
        """Store the pool that applications below inherit, before this one changes."""
        key = self._find_key(path)
        for below in () if key is None else applications_below(key):
            if below.stored("AppPoolId") is None:
                pool = below.text("AppPoolId") or DEFAULT_POOL
                self._editor.set_property(below.path, "AppPoolId", pool)

    def _is(self, kind: str, path: Path) -> bool:
        key = self._find_key(path)
        if key is None or key.key_type != _VIRTUAL:
            return False
        return kind == VDIR or is_application(key)

    def _find_key(self, path: Path) -> Key | None:
        return _tree(self._editor.octets()).find(*path)

    def _stored(self, path: Path, folded: str) -> object:
        return find_stored(self._editor.read_key(path) or {}, folded)


@lru_cache(maxsize=1)  # one edit reads the same document several times
def _tree(octets: bytes) -> Key:
    return make_tree(parse_document(octets))


def segments(text: str) -> Path:
    """Names of the keys of an URL path: ``/shop/images``.

    Raises:
        ScriptError: It is not such a path.
    """
    names = tuple(text.strip("/").split("/")) if text.strip("/") else ()
    is_wrong = {"", ".", ".."} & set(names) or "\\" in text
    if not text.startswith("/") or is_wrong:
        raise failure(f'The path "{text}" is not valid.')
    return names


def _take(attributes: dict[str, str], name: str) -> str:
    if name not in attributes:
        raise failure(f'Missing required attribute "{name}".')
    return attributes.pop(name)


def _require_binding(attributes: Mapping[str, str]) -> tuple[str, str]:
    """Protocol and information of an element that has no other than known attributes."""
    for name in attributes:
        if name not in BINDING_ATTRIBUTES:
            raise unknown_attribute(name)
    rest = dict(attributes)
    protocol, shown = _take(rest, "protocol"), _take(rest, "bindinginformation")
    require_protocol(protocol)
    return protocol.lower(), shown


def _folded(stored: str) -> str:
    """A key that is equal for bindings IIS treats as one, as `:443` and `:443:`."""
    return information(stored).lower()


def _flags_differ(wanted: _Binding, other: _Binding) -> Exception:
    message = (
        f'Cannot set attribute "sslFlags" of binding "https/{information(wanted.stored)}" '
        f'to "{wanted.flags}": binding "https/{information(other.stored)}" of the same '
        f'site has "{other.flags}", and a site has one value for all.  Give all of them '
        "one value in one command, or put the binding on a site of its own."
    )
    return failure(message, E_NOT_SUPPORTED)
