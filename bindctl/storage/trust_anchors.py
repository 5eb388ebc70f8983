"""The authorities that clients of this machine trust: its bundle, and your own.

The bundle is where OpenSSL and Go look for it. Your own are the development authority
and those in the folder ``root`` beside the stores, which is like the store Root of
Windows.

1. The files are read each time, and only their subjects are kept, by the content of the
   file: an authority that was added or removed counts at once.
2. `cryptography` is imported only when they have changed.
3. Without a bundle nothing is known about trust: an empty one would make every
   certificate untrusted.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any, Final

from bindctl.model.certificate import TrustAnchors
from bindctl.storage.file_locations import (
    AUTHORITY_NAME,
    authority_directory,
    root_directory,
    user_cache_directory,
)
from bindctl.storage.file_reading import open_file
from bindctl.storage.user_cache import cache_path, load_document, save_document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bindctl.storage.workspace import Workspace


BUNDLE_VARIABLE: Final = "SSL_CERT_FILE"
# OpenSSL's are symbolic links to these, and `ssl`, which knows OpenSSL's, takes longer
# to import than all of this. Source: Go, crypto/x509/root_linux.go and root_bsd.go.
BUNDLES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Arch, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # RHEL
    "/etc/ssl/cert.pem",  # Alpine, macOS, OpenBSD
    "/usr/local/share/certs/ca-root-nss.crt",  # FreeBSD
)
_ENDINGS: Final = (".pem", ".crt", ".cer")
_FORMAT: Final = "bindctl anchors 1"  # raise it when subjects are written differently
_MAX_OCTETS: Final = 1 << 24  # Mozilla's bundle is 220 KiB


def load_trust_anchors(
    bundle: str, private: Sequence[str], cache_directory: str
) -> TrustAnchors | None:
    """Subjects of the authorities in those files.

    Args:
        bundle: The machine's bundle; empty for none.
        private: Files with your own authorities, and folders of such files; missing
            ones are left out.
        cache_directory: Where subjects that were read are kept; empty for nowhere.

    Returns:
        ``None`` when the bundle cannot be read, or holds nobody.
    """
    public_octets = _read(bundle)
    if not public_octets:
        return None
    private_octets = b"\n".join(_read(path) for path in _list_files(private))
    place = "\n".join((bundle, *private))
    cache = cache_path(cache_directory, "anchors", place)
    digest = _digest(public_octets, private_octets)
    kept: Any = load_document(cache, _FORMAT).document  # as it was saved below
    if kept is None or kept[0] != digest:
        # Imported here: a bundle that has not changed since never needs it.
        from bindctl.certificates.facts import read_subjects  # noqa: PLC0415

        kept = [digest, read_subjects(public_octets), read_subjects(private_octets)]
        save_document(cache, _FORMAT, kept)
    _kept_digest, public, own = kept
    return TrustAnchors(frozenset(public), frozenset(own)) if public else None


def find_bundle(environment: Mapping[str, str]) -> str:
    """The machine's bundle of authorities; empty when there is none.

    SSL_CERT_FILE names it, as for OpenSSL and programs built on it.
    """
    named = environment.get(BUNDLE_VARIABLE)
    if named:
        return named
    return next((path for path in BUNDLES if os.path.isfile(path)), "")


def _list_files(places: Sequence[str]) -> list[str]:
    files: list[str] = []
    for place in places:
        try:
            names = sorted(os.listdir(place))
        except NotADirectoryError:
            files.append(place)
        except OSError:
            continue  # nothing is there, or it may not be read
        else:
            files += [
                os.path.join(place, name)
                for name in names
                if name.lower().endswith(_ENDINGS)
            ]
    return files


def _read(path: str) -> bytes:
    """Empty when it cannot be read: then nothing is known."""
    if not path:
        return b""
    try:
        with open(open_file(path), "rb", buffering=0) as file:
            return file.read(_MAX_OCTETS)
    except OSError:
        return b""


def _digest(public_octets: bytes, private_octets: bytes) -> str:
    digest = hashlib.sha256(b"%d\n" % len(public_octets))
    digest.update(public_octets)
    digest.update(private_octets)
    return digest.hexdigest()


def find_trust_anchors(
    workspace: Workspace, environment: Mapping[str, str] | None = None
) -> TrustAnchors | None:
    """The machine's authorities, the development authority and your own.

    Args:
        workspace: The metabase the stores lie beside.
        environment: Variables; those of this process by default.

    Returns:
        ``None`` when the machine's are not known.
    """
    variables = os.environ if environment is None else environment
    authority = os.path.join(
        authority_directory(workspace.path, variables), AUTHORITY_NAME
    )
    return load_trust_anchors(
        find_bundle(variables),
        (authority, root_directory(workspace.path)),
        user_cache_directory(variables),
    )
