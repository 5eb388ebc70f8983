"""What the service says of hosts whose every handshake is refused."""

from __future__ import annotations

import json
import socket
import ssl
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import OTHER, TEST, Administrator
from tests.golden.odd_certificates import store_odd_certificate
from tests.pki import BEGINNING

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.e2e, pytest.mark.engine]


def _unserved(person: Administrator) -> dict[str, str]:
    data = json.loads(person.run("status", "--json"))["data"]
    return {item["host"]: item["code"] for item in data["unserved_hosts"]}


def test_a_forgotten_certificate_is_never_a_success(
    administrator: Administrator, program: Callable[[str], str]
) -> None:
    """Each site "started", exit 0, and nobody could open a page."""
    program("curl")
    person = administrator
    offset = ("--port-offset", str(person.port_offset))
    person.run("init")
    for number, host in enumerate((TEST, OTHER), 1):
        person.run("site", "add", host, "--host", host, "--path", host)
        person.run("set", f"/w3svc/{number}/SecureBindings", f":443:{host}")
    done = person.try_run("reset", *offset)
    assert done.returncode == 1, done
    assert f"CRT101 {TEST}:443" in done.stdout
    assert "the service runs, and does not serve 2 hosts" in done.stderr
    assert _unserved(person) == {TEST: "CRT101", OTHER: "CRT101"}
    assert person.curl(f"https://{TEST}:{person.https_port}/").returncode != 0
    assert person.try_run("reset", "--best-effort").returncode == 0
    assert person.try_run("iisreset").returncode == 0

    person.run("cert", "create", "*.stevefenton.co.uk")
    person.run("cert", "assign", "*.stevefenton.co.uk", "1", "2")
    assert "usable" not in person.run("reset")
    assert _unserved(person) == {}
    assert person.curl(f"https://{TEST}:{person.https_port}/").returncode == 0


@pytest.mark.parametrize(
    ("ending", "damage", "code"),
    [
        ("key", None, "CRT401"),
        ("key", b"nonsense", "CRT402"),
        ("pem", None, "CRT102"),
        ("pem", b"nonsense", "CRT103"),
    ],
)
def test_what_becomes_of_files_under_a_running_service_is_told(
    administrator: Administrator, ending: str, damage: bytes | None, code: str
) -> None:
    """A key that is deleted, or a file cut short, takes effect without any reset."""
    person = administrator
    person.make_two_sites()
    person.start()
    (file,) = (person.directory / "certificates" / "my").glob(f"*.{ending}")
    kept = file.read_bytes()
    if damage is None:
        file.unlink()
    else:
        file.write_bytes(damage)
    assert _unserved(person) == {TEST: code, OTHER: code}
    assert person.try_run("reset").returncode == 1
    file.write_bytes(kept)
    assert _unserved(person) == {}
    person.run("reset")


def test_a_site_that_is_refused_is_no_success(administrator: Administrator) -> None:
    """The article's forgotten step: the second site holds what the first one has."""
    person = administrator
    person.make_two_sites()
    person.run("set", "/w3svc/2/SecureBindings", f":443:{TEST}")
    done = person.try_run("reset", "--port-offset", str(person.port_offset))
    assert done.returncode == 1, done
    assert "Cannot create a file when that file already exists" in done.stdout
    assert "the service runs, and does not serve site 2" in done.stderr


def test_an_address_that_another_program_has_is_no_success(
    administrator: Administrator,
) -> None:
    """Half of the visitors get somebody else's pages, and the site is "started"."""
    person = administrator
    person.make_two_sites()
    offset = ("--port-offset", str(person.port_offset))
    with socket.create_server(("127.0.0.1", person.http_port)):
        done = person.try_run("reset", *offset)
        assert done.returncode == 1, done
        assert f"not listening on 127.0.0.1:{person.http_port}" in done.stdout
        assert "the service runs, and does not serve 1 address" in done.stderr
        assert "BND111" in person.try_run("check", "--live").stdout
        assert person.try_run("reset", "--best-effort").returncode == 0
    person.run("reset")


# What `bindctl cert create` does not make, and what becomes of files.
DEFECTS: dict[str, dict[str, str]] = {
    "sound": {"key": "rsa2050"},
    "p521": {"key": "p521"},
    "ed25519": {"key": "ed25519"},
    "rsa1024": {"key": "rsa1024"},
    "p224": {"key": "p224"},
    "secp256k1": {"key": "secp256k1"},
    "sha1": {"key": "rsa2050", "hash": "sha1"},
    "md5": {"key": "rsa2050", "hash": "md5"},
    "client": {"usage": "client"},
    "misordered": {"chain": "misordered"},
    "ended": {"chain": "ended"},
    "long-key": {},
    "long-file": {},
    "no-key-file": {},
}


def _is_answered(port: int, host: str) -> bool:
    """Whether a client that looks at nothing gets a handshake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), 20) as connection:
        try:
            with context.wrap_socket(connection, server_hostname=host):
                return True
        except (ssl.SSLError, ConnectionError):
            return False


def test_what_is_told_of_odd_certificates_is_what_clients_get(
    administrator: Administrator,
) -> None:
    """Of weak keys and signatures the TLS library has the last word."""
    person = administrator
    lines = ["[w3svc]", "SslFlags = 1"]
    stores = person.directory / "certificates"
    for number, (word, options) in enumerate(DEFECTS.items(), 1):
        host = f"{word}.example"
        file = store_odd_certificate([host], options, stores, BEGINNING)
        key = file.with_suffix(".key")
        if word == "long-key":
            key.write_bytes(b"# x\n" * 6000 + key.read_bytes())
        elif word == "long-file":
            file.write_bytes(b"# x\n" * 300_000 + file.read_bytes())
        elif word == "no-key-file":
            key.unlink()
            key.mkdir()
        lines += [
            f"[w3svc.{number}]",
            f'SecureBindings = ["127.0.0.1:443:{host}"]',
            f'SSLCertHash = "{file.stem}"',
            f'root.Path = "{word}"',
        ]
    text = "\n".join(lines) + "\n"
    (person.directory / "metabase.toml").write_text(text, encoding="utf-8")
    person.try_run("reset", "--port-offset", str(person.port_offset))
    told = set(_unserved(person))
    refused = {
        f"{word}.example"
        for word in DEFECTS
        if not _is_answered(person.https_port, f"{word}.example")
    }
    assert told == refused
    assert {"rsa1024.example", "sha1.example", "long-key.example"} <= told
    for host in sorted(told):
        explained = person.try_run("explain", f"https://{host}/")
        assert "handshake refused" in explained.stdout.partition("\n")[0], explained
