"""Tells `bindctl probe` which site would answer.

A request with the field ``X-Bindctl-Probe`` and the word of the runtime directory's
file ``probe-secret`` is answered with the identifier of the site it reaches, before any
file is looked at. The word is new at every start and only the service's owner can read
it; a request with another word is answered as usual.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from bindctl.server.http.response import Response

if TYPE_CHECKING:
    from bindctl.server.http.request import RequestHead

PROBE_FIELD: Final = "X-Bindctl-Probe"
SITE_FIELD: Final = "X-Bindctl-Site"
_FOLDED_FIELD: Final = PROBE_FIELD.lower().encode("ascii")


def is_probe(head: RequestHead, secret: str) -> bool:
    """Whether a request asks for its site with the right word and has no body."""
    asked = head.find(_FOLDED_FIELD)
    if asked is None or not secret or head.has_body:
        return False
    return hmac.compare_digest(asked, secret.encode("ascii"))


def tell_site(identifier: int) -> Response:
    """The answer to a probe: an empty page, and the site in its head."""
    fields = f"{SITE_FIELD}: {identifier}\r\nContent-Length: 0\r\n"
    return Response(200, fields.encode("ascii"))
