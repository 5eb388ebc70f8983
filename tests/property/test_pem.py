"""Law: a certificate and key are usable exactly where OpenSSL loads them."""

from __future__ import annotations

import ssl
import subprocess
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bindctl.certificates.authority import create_authority, issue_certificate
from bindctl.certificates.facts import read_certificate
from bindctl.findings.errors import BindctlError
from bindctl.model.certificate import KeyStatus

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def _made() -> tuple[bytes, bytes, bytes]:
    """A leaf, its authority and its key, as PEM."""
    authority = create_authority(NOW)
    leaf = issue_certificate(
        authority.certificate_pem, authority.key_pem, ["a.example"], NOW
    )
    end = leaf.certificate_pem.index(b"-----END CERTIFICATE-----\n")
    return (
        leaf.certificate_pem[: end + len(b"-----END CERTIFICATE-----\n")],
        authority.certificate_pem,
        leaf.key_pem,
    )


def _lines(text: bytes) -> list[bytes]:
    return text.splitlines(keepends=True)


# What people's tools do to a file.
CHANGES = {
    "as it is": lambda text: text,
    "glued": lambda text: text.rstrip(b"\n"),
    "CRLF": lambda text: text.replace(b"\n", b"\r\n"),
    "indented": lambda text: b"".join(b"  " + line for line in _lines(text)),
    "marker indented": lambda text: b" " + text,
    "blanks behind": lambda text: text.replace(b"\n", b"  \n"),
    "words before": lambda text: b"subject=CN = a.example\n" + text,
    "words behind": lambda text: text + b"# renewed\n",
    "cut short": lambda text: b"".join(_lines(text)[:-1]),
    "cut in the middle": lambda text: text[: len(text) // 2],
    "an empty line": lambda text: text.replace(b"-----\n", b"-----\n\n", 1),
    "no first marker": lambda text: b"".join(_lines(text)[1:]),
    "another end": lambda text: text.replace(b"-----END ", b"-----END X509 "),
    "four dashes": lambda text: text.replace(b"-----END", b"----END"),
    "a byte order mark": lambda text: b"\xef\xbb\xbf" + text,
    "a wrong character": lambda text: text.replace(b"M", b"!", 1),
    "a letter lost": lambda text: text[:100] + text[101:],
    "wide lines": lambda text: _in_lines_of(text, 76),
    "parameters": lambda text: (
        text + b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n"
        b"-----END EC PARAMETERS-----\n"
    ),
    "parameters before": lambda text: (
        b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n"
        b"-----END EC PARAMETERS-----\n" + text
    ),
    "old label": lambda text: text.replace(b" CERTIFICATE", b" X509 CERTIFICATE"),
    "an empty block before": lambda text: (
        b"-----BEGIN RSA PRIVATE KEY-----\n-----END RSA PRIVATE KEY-----\n" + text
    ),
    "an end too much": lambda text: text.replace(b"\n-----END", b"\n=-----END"),
    "nothing": lambda _text: b"",
}


def _in_lines_of(text: bytes, width: int) -> bytes:
    first, *middle, last = text.splitlines()
    body = b"".join(middle)
    lines = [body[at : at + width] for at in range(0, len(body), width)]
    return b"\n".join([first, *lines, last, b""])


def _serves(certificate: bytes, key: bytes) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("a.pem", "a.key")]
        for path, octets in zip(paths, (certificate, key), strict=True):
            path.write_bytes(octets)
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
                *paths, password=lambda: b""
            )
        except ssl.SSLError:
            return False
        return True


def _is_usable(certificate: bytes, key: bytes) -> bool:
    try:
        return read_certificate(certificate, key, "MY").key_status is KeyStatus.MATCHES
    except BindctlError:
        return False


@settings(max_examples=3 * settings().max_examples)
@given(
    leaf=st.lists(st.sampled_from(sorted(CHANGES)), max_size=2),
    above=st.lists(st.sampled_from(sorted(CHANGES)), max_size=2),
    key=st.lists(st.sampled_from(sorted(CHANGES)), max_size=2),
)
@example(leaf=["glued"], above=[], key=[])
@example(leaf=[], above=[], key=["glued", "parameters"])
@example(leaf=[], above=["cut short"], key=[])
@example(leaf=["an empty block before"], above=[], key=[])
@example(leaf=[], above=[], key=["an empty block before"])
@example(leaf=["an end too much"], above=[], key=[])
def test_what_is_called_usable_is_served(
    leaf: list[str], above: list[str], key: list[str]
) -> None:
    """`check` would call a site sound whose every handshake is refused; or a fault."""
    texts = list(_made())
    for number, names in enumerate((leaf, above, key)):
        for name in names:
            if texts[number].strip():
                texts[number] = CHANGES[name](texts[number])
    certificate = texts[0] + texts[1]
    assert _is_usable(certificate, texts[2]) is _serves(certificate, texts[2])


def test_a_line_said_twice_is_more_than_a_certificate() -> None:
    """What follows one may be OpenSSL's notes about trust, and nothing else."""
    leaf, authority, key = _made()
    lines = _lines(leaf)
    twice = b"".join([*lines[:-3], lines[2], *lines[-3:]])
    assert not _is_usable(twice, key)
    assert not _serves(twice, key)
    marked = leaf.replace(b"CERTIFICATE-----\n", b"CERTIFICATE-----\0\n")
    for end in (b"", authority):
        assert _is_usable(marked + end, key)
        assert _serves(marked + end, key)


def test_a_trusted_certificate_is_the_one_in_it(tmp_path: Path) -> None:
    """OpenSSL's own format has notes about trust behind the certificate."""
    leaf, _authority, key = _made()
    file = tmp_path / "a.pem"
    file.write_bytes(leaf)
    done = subprocess.run(
        ["openssl", "x509", "-in", file, "-trustout"], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("openssl is not installed")
    assert b"TRUSTED" in done.stdout
    assert _is_usable(done.stdout, key)
    assert _serves(done.stdout, key)
    plain = read_certificate(leaf, key, "MY")
    assert read_certificate(done.stdout, key, "MY") == plain
