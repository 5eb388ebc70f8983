"""What is ready to be sent, and good for a second."""

from __future__ import annotations

from bindctl.server.worker.second_cache import Ticker
from tests.unit.server.serving import FakeClock

EVE = 1704067199.0  # 2023-12-31 23:59:59 UTC


def test_everything_changes_with_the_second() -> None:
    """Dates would stand still, or a line of the log lie in another day's file."""
    clock = FakeClock(EVE)
    ticker = Ticker(clock)
    assert ticker.ok == (
        b"HTTP/1.1 200 OK\r\nServer: bindctl\r\nDate: Sun, 31 Dec 2023 23:59:59 GMT\r\n"
    )
    assert (ticker.log_time, ticker.day) == (b"2023-12-31 23:59:59 ", "231231")
    old = ticker.prefix(404)
    clock.seconds += 0.9
    ticker.advance()
    assert ticker.prefix(404) is old
    clock.seconds += 0.1
    ticker.advance()
    assert b"Mon, 01 Jan 2024 00:00:00 GMT" in ticker.prefix(404)
    assert b"00:00:00 GMT" in ticker.ok
    assert ticker.not_modified.startswith(b"HTTP/1.1 304 Not Modified\r\n")
    assert b"00:00:00 GMT" in ticker.not_modified
    assert (ticker.log_time, ticker.day) == (b"2024-01-01 00:00:00 ", "240101")
    assert ticker.second == EVE + 1


def test_http_sys_and_sites_have_servers_of_their_own() -> None:
    """Whichever answered first would name the server for both."""
    ticker = Ticker(FakeClock(EVE))
    for _sight in range(2):
        assert b"Server: bindctl\r\n" in ticker.prefix(400)
        ours = ticker.prefix(400, is_http_sys=True)
        assert b"Server: Microsoft-HTTPAPI/2.0\r\n" in ours
