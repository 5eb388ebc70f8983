"""Metabases of any size, as people write them."""

from __future__ import annotations

SITE = """\
# {comment}: customer {number}
[w3svc.{number}]
ServerComment = "{comment}"
ServerAutoStart = true
ServerBindings = [":80:{host}"]
SecureBindings = [":443:{host}"]
SSLCertHash = "{certificate_hash}"
SSLStoreName = "MY"
SslFlags = {ssl_flags}

[w3svc.{number}.root]
Path = "{path}"

"""
HEAD = """\
schema_version = 1

[http]
ListenAddresses = ["127.0.0.1"]

[w3svc]
DefaultDoc = "index.html"
ConnectionTimeout = 120
LogType = {log_type}

"""


def host_of(number: int) -> str:
    """The host name of a site."""
    return f"site{number}.example.com"


def make_metabase(
    sites: int,
    *,
    hashes: list[str] | None = None,
    path: str = "www",
    log_type: int = 1,
) -> str:
    """A metabase of that many sites.

    Args:
        sites: How many.
        hashes: A certificate each, chosen by SNI; without them all share one.
        path: Every site's root folder; ``{number}`` stands for the site.
        log_type: 1 keeps access logs, 0 none.
    """
    parts = [HEAD.format(log_type=log_type)]
    parts.extend(
        SITE.format(
            number=number,
            comment=f"Site {number}",
            host=host_of(number),
            certificate_hash=hashes[number - 1] if hashes else "ab" * 20,
            ssl_flags=1 if hashes else 0,
            path=path.replace("{number}", str(number)),
        )
        for number in range(1, sites + 1)
    )
    return "".join(parts)
