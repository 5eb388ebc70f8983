"""The order in which a request is decided."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from bindctl.bindings.listen_list import ListenList
from bindctl.bindings.records import facts_key
from bindctl.model.site import SiteContent, VirtualDirectory
from bindctl.routing.decision import Decision, Ending, decide
from bindctl.routing.reading import Reading, ShownCertificate
from bindctl.routing.reason import Reason, Why
from tests.unit.bindings.tables import A, B, site, table
from tests.unit.routing.questions import Request, http, https
from tests.unit.routing.readings import https as https_site
from tests.unit.routing.readings import reading_of

if TYPE_CHECKING:
    from bindctl.model.certificate import SslRecord

AT = ip_address("10.0.0.1")
STRICT = "MisdirectedRequest = true\n"


def _two(more: str = "") -> Reading:
    return reading_of(
        https_site(":443:a", flags=1, more=more),
        https_site(":443:b", digit="b", flags=1, more=more),
    )


@pytest.mark.parametrize(
    ("request_", "ending", "status"),
    [
        (http("a", 81), Ending.UNBOUND, None),
        (https("a", port=80), Ending.SPEAKS_HTTP, None),
        (http("a", 443), Ending.SPEAKS_HTTPS, 400),
        (https("a", None), Ending.NO_RECORD, None),
        (https("nobody", "a"), Ending.NO_SITE, 400),
        (https("a"), None, None),
    ],
)
def test_why_no_site_is_asked(
    request_: Request, ending: Ending | None, status: int | None
) -> None:
    """Each ending has another cure."""
    made = table(site(1, ":80:a", secure=(":443:a",), certificate_hash=A, flags=1))
    found = decide(Reading(made), request_, AT)
    assert (found.ending, found.status) == (ending, status)
    assert (found.site is None) is (ending is not None)


def test_an_address_outside_the_listen_list_is_closed() -> None:
    """Even where the scheme is wrong, too."""
    made = table(site(1, ":80:a"))
    listen = ListenList((ip_address("10.0.0.2"),), is_limited=True)
    found = decide(Reading(made, given_listen=listen), https("a", port=80), AT)
    assert found == Decision(Ending.CLOSED)
    assert not found.is_open


def test_a_certificate_that_cannot_be_shown_leaves_record_and_site() -> None:
    """They say what is to be mended."""

    def find(_record: SslRecord) -> ShownCertificate:
        return ShownCertificate(None, Reason(Why.KEY_MISSING))

    sound = _two()
    record = decide(sound, https("a"), AT).record
    assert record is not None
    missing = frozenset({facts_key(record)})
    for reading in (
        sound._replace(find_certificate=find),
        sound._replace(missing=missing),
    ):
        found = decide(reading, https("a"), AT)
        assert (found.ending, found.record) == (Ending.NO_CERTIFICATE, record)
        assert found.match is not None
        assert found.site is None
    assert decide(sound._replace(missing=missing), https("b"), AT).ending is None


def test_no_site_still_has_a_record() -> None:
    """The 400 comes over a connection, with that certificate."""
    found = decide(_two(), https("nobody", "b"), AT)
    assert found.record is not None
    assert found.record.certificate_hash == B.lower()


def test_paused_comes_before_misdirected() -> None:
    """503 is what IIS answers for the site, whatever the connection."""
    strict = _two(STRICT)
    found = decide(strict, https("b", "a"), AT)
    assert (found.ending, found.status) == (Ending.MISDIRECTED, 421)
    found = decide(strict._replace(paused=frozenset({2})), https("b", "a"), AT)
    assert (found.ending, found.status) == (Ending.PAUSED, 503)
    assert found.site == 2
    assert decide(_two(), https("b", "a"), AT).ending is None


def test_http_is_never_misdirected() -> None:
    """There is no certificate."""
    reading = reading_of(f'ServerBindings = [":80:a"]\n{STRICT}')
    assert decide(reading, Request(http("a").protocol, 80, "a", "b"), AT).ending is None


def test_a_directory_is_that_of_a_site_that_is_asked() -> None:
    """A refusal reads nothing of the site."""
    root = VirtualDirectory("/", "/srv", (), {}, access_read=True, max_entity_octets=1)
    reading = _two(STRICT)._replace(
        read_content=lambda number: SiteContent(
            number,
            (root,),
            1,
            allow_keep_alive=True,
            log_directory=None,
            misdirected_request=True,
        )
    )
    found = decide(reading, https("a"), AT, ("x",))
    assert found.directory == (root, ("x",))
    assert decide(reading, https("a"), AT).directory is None
    assert decide(reading, https("b", "a"), AT, ("x",)).directory is None
