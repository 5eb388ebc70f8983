"""The central certificate store, from the metabase to real handshakes."""

from __future__ import annotations

import os
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.pfx_files import make_pfx

if TYPE_CHECKING:
    from collections.abc import Callable

    import trustme

pytestmark = pytest.mark.e2e

DEADLINE_S = 20.0
DOCUMENT = """\
[w3svc]
CentralCertStorePath = "ccs"
CentralCertStorePassword = "geheim"

[w3svc.1]
SecureBindings = [":443:a.test", ":443:x.b.test", ":443:c.test"]
SslFlags = 3
root.Path = "sites/test"

[w3svc.2]
SecureBindings = [":443:"]
SslFlags = 0
SSLCertHash = "{certificate}"
root.Path = "sites/test"
"""


class Store:
    """An administrator with a central store, and a client that looks at certificates."""

    def __init__(self, administrator: Any, authority: trustme.CA) -> None:
        """A metabase with the store's files for a.test and ``*.b.test``."""
        self.person = administrator
        self.authority = authority
        self.folder = administrator.directory / "ccs"
        self.folder.mkdir()
        self.put("A.test.pfx", "a.test")
        self.put("_.b.test.pfx", "*.b.test")
        administrator.run("init")
        created = administrator.run("cert", "create", "port.test")
        certificate = created.split()[1]
        (administrator.directory / "sites" / "test").mkdir(parents=True)
        text = DOCUMENT.format(certificate=certificate)
        (administrator.directory / "metabase.toml").write_text(text)

    def put(
        self,
        name: str,
        *hosts: str,
        password: str = "geheim",  # noqa: S107 - of a test
        rounds: int = 2048,
    ) -> None:
        """A file of the store, in place of one of that name, at once."""
        issued = self.authority.issue_cert(*hosts)
        certificate = b"".join(pem.bytes() for pem in issued.cert_chain_pems)
        draft = self.folder / "draft"
        draft.write_bytes(
            make_pfx(
                certificate, issued.private_key_pem.bytes(), password, rounds=rounds
            )
        )
        draft.replace(self.folder / name)

    def shown(self, server_name: str | None) -> str:
        """The name of the certificate a client is shown."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        context.load_verify_locations(str(self.person.authority))
        context.check_hostname = False  # whose it is, is the question
        address = ("127.0.0.1", self.person.https_port)
        with (
            socket.create_connection(address, DEADLINE_S) as raw,
            context.wrap_socket(raw, server_hostname=server_name) as channel,
        ):
            names: Any = channel.getpeercert()["subjectAltName"]
            first: str = names[0][1]
            return first

    def log(self) -> str:
        """What the service has to say."""
        runtime = self.person.directory / ".bindctl" / "metabase.toml"
        return (runtime / "service.log").read_text()


@pytest.fixture
def store(administrator: Any, authority: trustme.CA) -> Store:
    """A central store whose service runs."""
    made = Store(administrator, authority)
    administrator.start()
    return made


def test_the_file_is_found_by_name(store: Store) -> None:
    """Exactly, by ``_.``, and else the port's own record: KP, 2012-10-11."""
    assert store.shown("a.test") == "a.test"
    assert store.shown("A.TEST") == "a.test"
    assert store.shown("x.b.test") == "*.b.test"
    assert store.shown("c.test") == "port.test"
    assert store.shown("y.x.b.test") == "port.test"
    assert store.shown(None) == "port.test"


def test_a_renewed_file_is_served_and_a_new_one_after_a_reset(
    store: Store, waiting: Callable[..., Any]
) -> None:
    """A renewal that keeps the file's name would need a restart."""
    assert store.shown("a.test") == "a.test"
    store.put("A.test.pfx", "renewed.test")
    waiting(lambda: store.shown("a.test") == "renewed.test", "the new certificate")
    store.put("c.test.pfx", "c.test")
    assert store.shown("c.test") == "port.test"
    assert "has other files than at the last reset" in store.person.run("status")
    store.person.run("reset")
    assert store.shown("c.test") == "c.test"
    assert "has other files" not in store.person.run("status")


def test_a_file_that_does_not_open_refuses_and_says_so(
    store: Store, waiting: Callable[..., Any]
) -> None:
    """Another certificate in its place would hide the mistake from everybody."""
    store.put("A.test.pfx", "a.test", password="other")  # noqa: S106 - of a test
    with pytest.raises(ssl.SSLError, match=r"(?i)handshake.failure"):
        store.shown("a.test")
    log = store.log()
    assert "certificate a.test.pfx of the central store cannot be used" in log
    assert "CentralCertStorePassword does not open it" in log
    assert store.shown("x.b.test") == "*.b.test"
    store.put("A.test.pfx", "a.test")

    def is_mended() -> bool:
        try:
            return store.shown("a.test") == "a.test"
        except ssl.SSLError:
            return False

    waiting(is_mended, "the mended file")


def test_a_file_that_opens_slowly_holds_up_nobody_else(store: Store) -> None:
    """One visitor of one site would stop every connection of the worker."""
    store.put("A.test.pfx", "a.test", rounds=2_000_000)
    with ThreadPoolExecutor() as visitors:
        slow = visitors.submit(store.shown, "a.test")
        for _each in range(20):
            assert store.shown("c.test") == "port.test"
        assert not slow.done()
        assert slow.result() == "a.test"


def test_a_file_that_would_take_for_ever_is_refused(store: Store) -> None:
    """One handshake would stop a worker for a quarter of an hour."""
    store.put("A.test.pfx", "a.test", rounds=70_000)
    path = store.folder / "A.test.pfx"
    number = b"\x02\x03" + (70_000).to_bytes(3)
    path.write_bytes(path.read_bytes().replace(number, b"\x02\x03\x7f\xff\xff"))
    if hasattr(os, "mkfifo"):
        (store.folder / "_.b.test.pfx").unlink()
        os.mkfifo(store.folder / "_.b.test.pfx")
    for name in ("a.test", "x.b.test"):
        with pytest.raises(ssl.SSLError, match=r"(?i)handshake.failure"):
            store.shown(name)
    assert store.shown("c.test") == "port.test"
    log = store.log()
    assert "16779262 rounds of key derivation" in log
    assert "_.b.test.pfx is not a regular file" in log
    checked = store.person.try_run("check")
    said = checked.stdout + checked.stderr
    assert "16779262 rounds of key derivation" in said
    assert "_.b.test.pfx cannot be read: not a regular file" in said


def test_the_key_stays_out_of_every_file_of_the_service(store: Store) -> None:
    """The store's password guards keys that would lie beside the metabase in clear."""
    assert store.shown("a.test") == "a.test"
    runtime = store.person.directory / ".bindctl"
    for folder, _folders, files in os.walk(runtime):
        for name in files:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and name != "metabase.toml":
                with open(path, "rb") as file:
                    octets = file.read()
                assert b"PRIVATE KEY" not in octets, path
