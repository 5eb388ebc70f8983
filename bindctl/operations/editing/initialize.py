"""init: a commented starter metabase."""

from __future__ import annotations

import os

from bindctl.findings.errors import BindctlError
from bindctl.storage.atomic import write_atomically

STARTER = """\
# The metabase of bindctl: one table a key, one line a property.
# bindctl keeps every comment, blank line and line end that it does not edit.
#
# A site is a table named by its identifier; `bindctl site add` writes one.
#
# [w3svc.1]
# ServerComment = "Default Web Site"
# ServerBindings = [":80:www.example.com"]        # IP:port:host over HTTP
# SecureBindings = [":443:www.example.com"]       # IP:port:host over HTTPS
# SslFlags = 1                                    # certificate by server name (SNI)
#
# [w3svc.1.root]
# Path = "sites/default"                          # relative to this file

schema_version = 1

# Where bindings to any address listen. Remove it to listen on every address of the
# machine, as IIS does.
[http]
ListenAddresses = ["127.0.0.1", "::1"]

# What every site inherits.
[w3svc]
DefaultDoc = "index.html,default.htm"
ConnectionTimeout = 120
"""


def initialize(path: str) -> str:
    """Write the starter metabase to `path`, which must not exist.

    Returns:
        The absolute path written.

    Raises:
        BindctlError: MET003, it exists; MET005 or MET006, it cannot be written.
    """
    absolute = os.path.abspath(path)
    if os.path.lexists(absolute):
        raise BindctlError(
            "MET003",
            f"{path} exists already",
            "bindctl sites shows what it holds",
        )
    write_atomically(absolute, STARTER.encode("utf-8"), 0o644)
    return absolute
