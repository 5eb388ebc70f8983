"""Readings of small metabases, for the tests of what compares them."""

from __future__ import annotations

from bindctl.bindings.lowering import lower_table
from bindctl.metabase.tree import make_tree
from bindctl.routing.reading import Reading
from bindctl.toml.reader import parse_document


def reading_of(
    *sites: str,
    head: str = "",
    files: frozenset[str] = frozenset(),
    paused: frozenset[int] = frozenset(),
) -> Reading:
    """A metabase of those sites, numbered from 1.

    Args:
        sites: The lines of each site's table; ``None`` leaves its number out.
        head: Whatever stands before them, ``[w3svc]`` included.
        files: Of the central store.
        paused: Sites that answer 503.
    """
    bodies = (
        f"[w3svc.{number}]\n{body}\n" for number, body in enumerate(sites, 1) if body
    )
    root = make_tree(parse_document((f"{head}\n" + "".join(bodies)).encode()))
    table = lower_table(root)._replace(central_files=files)
    return Reading(table, paused=paused)


def https(*bindings: str, digit: str = "a", flags: int = 0, more: str = "") -> str:
    """A site of HTTPS bindings, with a certificate of that digit."""
    listed = ", ".join(f'"{binding}"' for binding in bindings)
    return (
        f"SecureBindings = [{listed}]\nSSLCertHash = '{digit * 40}'\n"
        f"SslFlags = {flags}\n{more}\n"
    )


def http(*bindings: str, more: str = "") -> str:
    """A site of HTTP bindings."""
    listed = ", ".join(f'"{binding}"' for binding in bindings)
    return f"ServerBindings = [{listed}]\n{more}\n"
