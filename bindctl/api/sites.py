"""Web sites as objects: by number, by name, and all in a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bindctl.api.string_list import StringList
from bindctl.findings.errors import BindctlError
from bindctl.metabase.tree import make_tree, web_sites
from bindctl.model.path import format_path
from bindctl.model.site import ServerState, Win32Error
from bindctl.operations.editing.properties import key_type_by
from bindctl.operations.editing.sites import plan_site
from bindctl.storage.site_states import read_states
from bindctl.toml.reader import parse_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bindctl.api.session import Session

_STOPPED = (int(ServerState.STOPPED), int(Win32Error.SUCCESS))


class Site:
    """One web site of a metabase.

    Attributes:
        identifier: Its number.
    """

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
        self._session.store(f"{self.location}/ServerBindings", list(values))

    @property
    def secure_bindings(self) -> StringList:
        """HTTPS bindings, ``address:port:host`` each."""
        return StringList(self._session, f"{self.location}/SecureBindings")

    @secure_bindings.setter
    def secure_bindings(self, values: Iterable[str]) -> None:
        self._session.store(f"{self.location}/SecureBindings", list(values))

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
        """
        plan = plan_site(
            description, hosts=hosts, address=address, port=port, path=path
        )
        return Site(self._session, self._session.add_site(plan, identifier))

    def __repr__(self) -> str:
        """The sites."""
        return f"Sites({list(self)!r})"
