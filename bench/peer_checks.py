"""The same sites as configurations of other servers, and how each is asked to check.

Each function writes its files beside the sites and gives the command line; ``None``
where the program is not installed.
"""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, Final

from bench.metabases import host_of
from bench.servers import free_ports, write_nginx

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bench.servers import Sites

_HAPROXY_HEAD: Final = """\
global
  maxconn 4096
defaults
  mode http
  timeout client 10s
  timeout server 10s
  timeout connect 10s
frontend front
  bind 127.0.0.1:{http}
  bind 127.0.0.1:{https} ssl crt {crt}
"""


def prepare_nginx(sites: Sites) -> list[str] | None:
    """``nginx -t``."""
    if shutil.which("nginx") is None:
        return None
    path = write_nginx(sites, *free_ports())
    return ["nginx", "-t", "-c", str(path), "-p", str(sites.folder)]


def prepare_caddy(sites: Sites) -> list[str] | None:
    """``caddy validate``, of JSON: a Caddyfile of that size takes minutes to adapt."""
    if shutil.which("caddy") is None:
        return None
    http, https = free_ports()
    numbers = range(1, sites.count + 1)
    files = [_files(sites, number) for number in numbers]
    loaded = [{"certificate": str(pem), "key": str(key)} for pem, key in files]
    routes = [
        {
            "match": [{"host": [host_of(number)]}],
            "handle": [
                {"handler": "file_server", "root": f"{sites.folder}/www/{number}"}
            ],
        }
        for number in numbers
    ]
    common = {"routes": routes, "automatic_https": {"disable": True}}
    servers = {
        "http": {"listen": [f"127.0.0.1:{http}"], **common},
        "https": {
            "listen": [f"127.0.0.1:{https}"],
            "tls_connection_policies": [{}],
            **common,
        },
    }
    apps = {
        "http": {"servers": servers},
        "tls": {"certificates": {"load_files": loaded}},
    }
    path = sites.folder / "caddy.json"
    text = json.dumps({"admin": {"disabled": True}, "apps": apps})
    path.write_text(text, encoding="utf-8")
    return ["caddy", "validate", "--config", str(path)]


def prepare_haproxy(sites: Sites) -> list[str] | None:
    """``haproxy -c``: a map of hosts, a backend a site."""
    if shutil.which("haproxy") is None:
        return None
    http, https = free_ports()
    crt = sites.folder / "haproxy-crt"
    crt.mkdir(mode=0o700)
    for number in range(1, sites.count + 1):
        pem, key = _files(sites, number)
        both = pem.read_bytes() + key.read_bytes()
        (crt / f"{host_of(number)}.pem").write_bytes(both)
    names = sites.folder / "haproxy.map"
    numbers = range(1, sites.count + 1)
    names.write_text("".join(f"{host_of(number)} site{number}\n" for number in numbers))
    parts = [_HAPROXY_HEAD.format(http=http, https=https, crt=crt)]
    parts.append(f"  use_backend %[req.hdr(host),lower,map({names})]\n")
    parts += [
        f"backend site{number}\n  server one 127.0.0.1:{http}\n" for number in numbers
    ]
    path = sites.folder / "haproxy.cfg"
    path.write_text("".join(parts), encoding="utf-8")
    return ["haproxy", "-c", "-f", str(path)]


def _files(sites: Sites, number: int) -> tuple[Path, Path]:
    """Certificate and key of a site."""
    stem = os.path.join("certificates", "my", sites.hashes[number - 1])
    return sites.folder / f"{stem}.pem", sites.folder / f"{stem}.key"


PEER_CHECKS: Final[Mapping[str, Callable[[Sites], list[str] | None]]] = {
    "nginx -t": prepare_nginx,
    "caddy validate": prepare_caddy,
    "haproxy -c": prepare_haproxy,
}
