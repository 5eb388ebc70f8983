"""A real service in a process of its own, on free ports of the loopback."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from bindctl.bindings.listen_list import ListenList
from bindctl.bindings.table import BindingEntry, BindingTable, SiteRow
from bindctl.model.binding import Protocol, SslFlags, parse_binding
from bindctl.model.site import SiteContent, VirtualDirectory
from bindctl.server.service.control_client import send_control
from bindctl.server.service.service_plan import ServiceConfiguration
from bindctl.storage.state_folder import open_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEADLINE_S = 20.0
REPOSITORY = Path(__file__).parents[3]


def wait_for(is_true: Callable[[], Any], what: str) -> Any:
    """Ask again and again until the deadline."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        value = is_true()
        if value:
            return value
        if time.monotonic() > deadline:
            pytest.fail(f"not within {DEADLINE_S} s: {what}")
        time.sleep(0.01)


class Service:
    """A service under test, and the means to talk to it."""

    def __init__(self, folder: Path, authority: trustme.CA) -> None:
        """Nothing runs before `start`."""
        self.folder = folder
        self.www = folder / "www"
        self.www.mkdir()
        (self.www / "index.html").write_bytes(b"home")
        self.store = folder / "store"
        self.store.mkdir()
        self.runtime = folder / "run"
        self.authority = authority
        self.sites: dict[int, tuple[SiteRow, SiteContent]] = {}
        self.listen: list[str] = ["127.0.0.1"]
        self.plan_listen: tuple[Any, ...] = ()
        self.min_octets_per_s = 240
        self.service_properties: dict[str, Any] = {}  # of the binding table
        self.workers = 1
        self.drain_timeout_s = 10.0
        self.worker_silence_s = 10.0
        self.process: subprocess.Popen[bytes] | None = None
        self._reserved: list[socket.socket] = []

    # --- configuration ---

    def free_port(self) -> int:
        """A port nobody listens on."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
            return port

    def issue(self, *names: str) -> str:
        """A certificate in the store; its thumbprint."""
        issued = self.authority.issue_cert(*names)
        chain = b"".join(pem.bytes() for pem in issued.cert_chain_pems)
        der = ssl.PEM_cert_to_DER_cert(issued.cert_chain_pems[0].bytes().decode())
        thumbprint = hashlib.sha1(der, usedforsecurity=False).hexdigest()
        (self.store / f"{thumbprint}.pem").write_bytes(chain)
        key = self.store / f"{thumbprint}.key"
        key.touch(mode=0o600)
        key.write_bytes(issued.private_key_pem.bytes())
        return thumbprint

    def site(  # noqa: PLR0913 - a site has many sides
        self,
        identifier: int,
        *,
        http: tuple[str, ...] = (),
        https: tuple[str, ...] = (),
        certificate: str | None = None,
        flags: SslFlags = SslFlags.NONE,
        root: Path | None = None,
        **content: Any,
    ) -> None:
        """Add or replace a site."""
        entries = [
            BindingEntry(identifier, name, index, text, parse_binding(text, protocol))
            for name, protocol, texts in (
                ("ServerBindings", Protocol.HTTP, http),
                ("SecureBindings", Protocol.HTTPS, https),
            )
            for index, text in enumerate(texts)
        ]
        row = SiteRow(
            identifier,
            f"site {identifier}",
            True,
            flags,
            certificate,
            "MY",
            tuple(entries),
        )
        directory = VirtualDirectory(
            "/",
            str(root or self.www),
            ("index.html",),
            {},
            content.pop("access_read", True),
            content.pop("max_entity_octets", 1000),
        )
        settings: dict[str, Any] = {
            "directories": (directory,),
            "connection_timeout_s": 120,
            "allow_keep_alive": True,
            "log_directory": None,
            "misdirected_request": False,
        }
        self.sites[identifier] = (row, SiteContent(identifier, **(settings | content)))

    def write(self) -> None:
        """Write down what the next load reads."""
        table = BindingTable(tuple(self.sites[key][0] for key in sorted(self.sites)))
        allowed = ListenList(self.plan_listen, is_limited=bool(self.plan_listen))
        configuration = ServiceConfiguration(
            table._replace(**self.service_properties),
            {key: content for key, (_row, content) in self.sites.items()},
            {"MY": str(self.store)},
            allowed,
            self.min_octets_per_s,
        )
        draft = self.folder / "plan.new"
        draft.write_bytes(pickle.dumps(configuration))
        draft.replace(self.folder / "plan.pickle")

    # --- life ---

    def launch(self) -> subprocess.Popen[bytes]:
        """Start a process without waiting for it."""
        self.write()
        settings = {
            "runtime_directory": str(self.runtime),
            "workers": self.workers,
            "port_offset": 0,
            "listen": self.listen,
            "drain_timeout_s": self.drain_timeout_s,
            "worker_silence_s": self.worker_silence_s,
        }
        (self.folder / "settings.json").write_text(json.dumps(settings))
        main = Path(__file__).with_name("service_main.py")
        with (self.folder / "service.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, str(main), str(self.folder)],
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            )

    def start(self) -> None:
        """Start, and wait until it answers."""
        self.process = self.launch()
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line == b"ready\n", self.log()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Signal it and wait for its end."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> int:
        """Wait for its end; its exit status."""
        assert self.process is not None
        status = self.process.wait(DEADLINE_S)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None
        return status

    def close(self) -> None:
        """End it whatever it does."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.ended()
            except subprocess.TimeoutExpired:
                assert self.process is not None
                self.process.kill()
                self.ended()

    def control(self, command: str, **more: object) -> dict[str, Any]:
        """Ask through the control socket."""
        request = {"command": command, **more}
        with open_state(str(self.runtime)) as runtime:
            return send_control(runtime, request, DEADLINE_S)

    def reset(self, **more: object) -> dict[str, Any]:
        """Write the plan and put it in force."""
        self.write()
        return self.control("reset", **more)

    def states(self) -> str:
        """The states file."""
        return (self.runtime / "states").read_text()

    def log(self) -> str:
        """The service log."""
        return (self.folder / "service.log").read_text()

    # --- clients ---

    def connect(self, port: int, address: str = "127.0.0.1") -> socket.socket:
        """A plain connection with a deadline."""
        return socket.create_connection((address, port), DEADLINE_S)

    def secure(
        self,
        port: int,
        server_name: str | None,
        address: str = "127.0.0.1",
    ) -> ssl.SSLSocket:
        """A TLS connection that trusts the test's authority and checks the name."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        if server_name is None:
            context.check_hostname = False
        raw = self.connect(port, address)
        try:
            return context.wrap_socket(raw, server_hostname=server_name)
        except BaseException:
            raw.close()
            raise

    def secure_slowly(
        self, channel: socket.socket, server_name: str
    ) -> tuple[ssl.SSLObject, ssl.MemoryBIO, ssl.MemoryBIO]:
        """A handshake that is sent octet by octet; what comes and what goes."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = context.wrap_bio(incoming, outgoing, server_hostname=server_name)
        channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            try:
                client.do_handshake()
            except ssl.SSLWantReadError:
                for octet in outgoing.read():
                    channel.sendall(bytes([octet]))
                incoming.write(channel.recv(65536))
            else:
                return client, incoming, outgoing

    def exchange(self, channel: socket.socket, octets: bytes) -> bytes:
        """Send, and read until the other end closes."""
        channel.sendall(octets)
        return self.read_all(channel)

    def read_all(self, channel: socket.socket) -> bytes:
        """Read until the other end closes."""
        parts = []
        while part := channel.recv(65536):
            parts.append(part)
        return b"".join(parts)

    def get(
        self, port: int, host: str, target: str = "/", *lines: str, method: str = "GET"
    ) -> bytes:
        """One request on one connection; the whole answer."""
        head = "".join(f"{line}\r\n" for line in (f"Host: {host}", *lines))
        request = f"{method} {target} HTTP/1.1\r\n{head}Connection: close\r\n\r\n"
        with self.connect(port) as channel:
            return self.exchange(channel, request.encode("latin-1"))


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """One certification authority for all tests."""
    return trustme.CA()


@pytest.fixture
def service(tmp_path: Path, authority: trustme.CA) -> Iterator[Service]:
    """A service that has not been started; it is ended after the test."""
    made = Service(tmp_path, authority)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def shared_service(
    tmp_path_factory: pytest.TempPathFactory, authority: trustme.CA
) -> Iterator[Service]:
    """A service for all tests of a module; it has not been started."""
    made = Service(tmp_path_factory.mktemp("service"), authority)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def waiting() -> Callable[[Callable[[], Any], str], Any]:
    """`wait_for`."""
    return wait_for
