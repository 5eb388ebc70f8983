"""Certificates: octets in, facts and new certificates out.

Facts of a PEM file, coverage of a host (RFC 9525), the development authority. The only
user of `cryptography`, which costs more to import than most commands take: `coverage`
does without it. No files, sockets, clocks or TLS here: `bindctl.storage` keeps the
octets, `bindctl.server` shows them.
"""
