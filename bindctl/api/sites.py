"""Web sites as objects, and their lists of bindings as Python lists."""

from __future__ import annotations

from collections.abc import Iterable, MutableSequence
from typing import TYPE_CHECKING, TypeAlias, overload

from bindctl.findings.errors import BindctlError
from bindctl.metabase.tree import make_tree, web_sites
from bindctl.model.path import format_path
from bindctl.model.site import ServerState, Win32Error
from bindctl.operations.editing.properties import key_type_by
from bindctl.operations.editing.sites import plan_site
from bindctl.storage.site_states import read_states
from bindctl.toml.reader import parse_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bindctl.api.session import Session

_STOPPED = (int(ServerState.STOPPED), int(Win32Error.SUCCESS))


class Site:
    """One web site of a metabase.

    Attributes:
        identifier: Its number.
    """

    __slots__ = ("_session", "identifier")  # a misspelt attribute is an error

    def __init__(self, session: Session, identifier: int) -> None:
        """Stand for the site of that number."""
        self._session = session
        self.identifier = identifier

    @property
    def location(self) -> str:
        """Its path, as every path of the API may be written: ``/w3svc/1``."""
        return f"/w3svc/{self.identifier}"

    @property
    def description(self) -> str:
        """Its name, property ServerComment; empty when it has none."""
        return self._text("ServerComment")

    @description.setter
    def description(self, value: str) -> None:
        self._session.store(f"{self.location}/ServerComment", value)

    @property
    def path(self) -> str:
        """Its root folder as stored, relative to the metabase; empty without one."""
        return self._text("root/Path")

    @path.setter
    def path(self, value: str) -> None:
        self._session.store(f"{self.location}/root/Path", value)

    @property
    def server_bindings(self) -> StringList:
        """HTTP bindings, ``address:port:host`` each."""
        return StringList(self._session, f"{self.location}/ServerBindings")

    @server_bindings.setter
    def server_bindings(self, values: Iterable[str]) -> None:
        self._session.store(f"{self.location}/ServerBindings", values)

    @property
    def secure_bindings(self) -> StringList:
        """HTTPS bindings, ``address:port:host`` each."""
        return StringList(self._session, f"{self.location}/SecureBindings")

    @secure_bindings.setter
    def secure_bindings(self, values: Iterable[str]) -> None:
        self._session.store(f"{self.location}/SecureBindings", values)

    @property
    def state(self) -> ServerState:
        """Its state, as the running service reports it; STOPPED when none runs."""
        return ServerState(self._states()[0])

    @property
    def win32_error(self) -> Win32Error:
        """Why it does not run; SUCCESS when it runs, or was never started."""
        return Win32Error(self._states()[1])

    def _states(self) -> tuple[int, int]:
        return read_states(self._session.workspace.path).get(self.identifier, _STOPPED)

    def _text(self, name: str) -> str:
        try:
            value = self._session.read(f"{self.location}/{name}").value
        except BindctlError as error:
            if error.code in {"MET101", "MET104", "MET105"}:
                return ""
            raise
        return value if isinstance(value, str) else ""

    def __eq__(self, other: object) -> bool:
        """Whether both are the same site of the same metabase."""
        if not isinstance(other, Site):
            return NotImplemented
        return self._session is other._session and self.identifier == other.identifier

    def __hash__(self) -> int:
        """By the site's number."""
        return hash(self.identifier)

    def __repr__(self) -> str:
        """Number and name."""
        return f"<Site {self.identifier} {self.description!r}>"


class Sites:
    """The web sites of a metabase: ``mb.sites[1]``, ``for site in mb.sites``."""

    def __init__(self, session: Session) -> None:
        """Stand for all of them."""
        self._session = session

    def __getitem__(self, identifier: int) -> Site:
        """The site of that number.

        Raises:
            BindctlError: MET101, there is none.
        """
        if identifier not in self:
            path = format_path(("w3svc", str(identifier)))
            raise BindctlError("MET101", f"{path} is not a site of the metabase")
        return Site(self._session, identifier)

    def __delitem__(self, identifier: int) -> None:
        """Remove a site with all below it.

        Raises:
            BindctlError: MET101, there is none.
        """
        site = self[identifier]
        self._session.delete(f"{site.location}/")

    def __contains__(self, identifier: object) -> bool:
        """Whether there is a site of that number."""
        path = ("w3svc", str(identifier))
        read = self._session.editor.read_key
        is_number = isinstance(identifier, int) and identifier >= 0
        if not is_number or read(path) is None:
            return False
        return key_type_by(read, path) == "IIsWebServer"

    def __iter__(self) -> Iterator[Site]:
        """Each site, by ascending number; the list is made once, at the start."""
        root = make_tree(parse_document(self._session.octets()))
        numbers = [identifier for identifier, _key in web_sites(root)]
        return (Site(self._session, number) for number in numbers)

    def __len__(self) -> int:
        """How many sites there are."""
        return sum(1 for _site in self)

    def find(self, description: str) -> Site | None:
        """The first site of that name, in any letter case; ``None`` without one."""
        folded = description.lower()
        return next((x for x in self if x.description.lower() == folded), None)

    def add(  # noqa: PLR0913 - one parameter a property
        self,
        description: str,
        *,
        hosts: Sequence[str] = (),
        address: str = "",
        port: int = 80,
        path: str,
        identifier: int | None = None,
    ) -> Site:
        """Make a site with HTTP bindings and a root folder, as ``bindctl site add``.

        Args:
            description: Its name.
            hosts: Host headers; none binds the port for any host.
            address: Local address; empty for any.
            port: HTTP port.
            path: Root folder, relative to the metabase; made at the end of the
                ``with`` block, with a page that names the site, when it is missing.
            identifier: Its number; the lowest free one by default.

        Raises:
            BindctlError: BND001, no such host, port or address; MET106, the number
                is taken.
            TypeError: `hosts` is one string, whose letters would be hosts.
        """
        names = _several(hosts)
        plan = plan_site(
            description, hosts=names, address=address, port=port, path=path
        )
        return Site(self._session, self._session.add_site(plan, identifier))

    def __repr__(self) -> str:
        """The sites."""
        return f"Sites({list(self)!r})"


class StringList(MutableSequence[str]):
    r"""Items of one list property, such as the bindings of a site.

    It reads the metabase each time, so two lists of one property always agree. A
    property that is not stored is an empty list, or the list it inherits; the first
    change stores it.

    >>> import bindctl
    >>> from bindctl.api.session import Session
    >>> octets = b'[w3svc.1]\nServerBindings = [":80:a"]\n'
    >>> mb = bindctl.Metabase(Session("metabase.toml", octets, is_writable=True))
    >>> bindings = mb.sites[1].server_bindings
    >>> bindings.append(":80:b")
    >>> bindings
    StringList([':80:a', ':80:b'])
    >>> bindings == [":80:a", ":80:b"], len(bindings), ":80:b" in bindings
    (True, 2, True)
    """

    def __init__(self, session: Session, path: str) -> None:
        """Stand for the property of that path."""
        self._session = session
        self._path = path

    def _items(self) -> list[str]:
        try:
            value = self._session.read(self._path, is_inherited=True).value
        except BindctlError as error:
            if error.code == "MET104":
                return []
            raise
        return list(value) if isinstance(value, tuple) else []

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index: int | slice) -> str | list[str]:
        """An item, or several as a plain list."""
        return self._items()[index]

    @overload
    def __setitem__(self, index: int, value: str) -> None: ...

    @overload
    def __setitem__(self, index: slice, value: Iterable[str]) -> None: ...

    def __setitem__(self, index: int | slice, value: str | Iterable[str]) -> None:
        """Replace an item or several."""
        items = self._items()
        items[index] = value  # type: ignore[index,assignment]  # the overloads pair them
        self._session.store(self._path, items)

    def __delitem__(self, index: int | slice) -> None:
        """Remove an item or several."""
        items = self._items()
        del items[index]
        self._session.store(self._path, items)

    def __len__(self) -> int:
        """How many items there are."""
        return len(self._items())

    def insert(self, index: int, value: str) -> None:
        """Put an item before that position, as `list.insert` does."""
        items = self._items()
        items.insert(index, value)
        self._session.store(self._path, items)

    def extend(self, values: Iterable[str]) -> None:
        """Put several items at the end, in one edit.

        Raises:
            TypeError: It is one string, whose letters would be items.
        """
        self._session.store(self._path, [*self._items(), *_several(values)])

    def clear(self) -> None:
        """Store an empty list."""
        self._session.store(self._path, [])

    def __eq__(self, other: object) -> bool:
        """Whether another list, tuple or `StringList` has the same items."""
        if isinstance(other, StringList | list | tuple):
            return self._items() == list(other)
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # as lists have none

    def __repr__(self) -> str:
        """The items, by the name of the type."""
        return f"StringList({self._items()!r})"


def _several(values: Iterable[str]) -> list[str]:
    """Several strings; one is a mistake, although it is a sequence of letters."""
    if isinstance(values, str):
        message = f"[{values!r}] is a list of one; {values!r} is none"
        raise TypeError(message)
    return list(values)


# What a property may hold: by the schema's type, text, a number, true or false, a list.
Value: TypeAlias = str | int | bool | StringList
