"""What is said to concern no other site changes no other site's answers."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import event, example, given
from hypothesis import strategies as st

from bindctl.findings.errors import BindctlError
from bindctl.operations.gate.impact import find_impact
from bindctl.operations.gate.irrelevant_edits import is_irrelevant
from bindctl.operations.gate.neighbourhood import find_neighbourhood
from bindctl.operations.load.configuration import compile_configuration

HOSTS = ("", "a", "b", "x.a", "y.x.a", "*.a", "*.x.a", *"cdefghijk", "x.c", "*.d")
ODD_HOSTS = ("A", "a.", "*", "\u00e9.a", "xn--9ca.a", "X.a.")
ODD = ("x", ":80", "443:", "[::1]:80:a", ":080:a", ":443", "0.0.0.0:443:a", ": 80:a")


def bindings(*ports: int) -> st.SearchStrategy[list[str]]:
    """Up to two bindings, most of them usual ones at those ports."""
    usual = st.builds(
        "{}:{}:{}".format,
        st.sampled_from(("",) * 6 + ("*", "10.0.0.1")),
        st.sampled_from(ports),
        st.sampled_from(HOSTS * 4 + ODD_HOSTS),
    )
    one = st.integers(0, 24).flatmap(
        lambda number: usual if number else st.sampled_from(ODD)
    )
    return st.lists(one, max_size=2)


http = bindings(*(80,) * 12, 81, 443)
secure = bindings(*(443,) * 12, 444, 80)


class Site(NamedTuple):
    """One site's table, and the way it is written."""

    number: int
    http: list[str]
    secure: list[str]
    more: list[str]
    style: int

    def text(self) -> str:
        """The table."""
        header = {5: "W3SVC.", 6: "w3svc.0", 7: "  w3svc."}.get(self.style, "w3svc.")
        indent = "  " if self.style == 7 else ""
        lines = [f"{indent}[{header.strip()}{self.number}]"]
        for name, items in (
            ("ServerBindings", self.http),
            ("SecureBindings", self.secure),
        ):
            if items or self.style == 1:
                lines.append(f"{name} = {self._list(items)}")
        lines += self.more
        if self.style == 2:
            lines += [f"[w3svc.{self.number}.root]", 'Path = "p"', "SslFlags = 1"]
        return "\n".join((*lines, "", ""))

    def _list(self, items: list[str]) -> str:
        quote = "'" if self.style == 3 else '"'
        quoted = [f"{quote}{item}{quote}" for item in items]
        if self.style == 4:
            return "[\n" + "".join(f"  {item}, # ] why\n" for item in quoted) + "]"
        return "[" + ", ".join(quoted) + "]"


more = st.lists(
    st.sampled_from(
        (
            *[f'SSLCertHash = "{digest * 20}"' for digest in ("aa", "aa", "bb", "bb")],
            'SSLCertHash = "x"',
            *["SslFlags = 1"] * 6,
            "SslFlags = 0",
            "SslFlags = 2",
            '"SslFlags" = 1',
            "ServerAutoStart = false",
            "ServerAutoStart = true",
            *["# a comment"] * 4,
            'KeyType = "IIsWebVirtualDir"',
            'ServerComment = ":80:a"',
            "MisdirectedRequest = true",
        )
    ),
    max_size=2,
    unique_by=lambda line: line.strip('"')[:8],
)


def sites(number: int) -> st.SearchStrategy[Site]:
    """A site of that number."""
    styles = st.sampled_from((0,) * 40 + (1, 2, 3, 4, 5, 6, 7))
    return st.builds(Site, st.just(number), http, secure, more, styles)


tops = st.sampled_from(
    ("",) * 30
    + (
        "[w3svc]\nSslFlags = 1\n",
        "[w3svc]\nWildcardHostDepth = 0\n",
        "[w3svc]\nServerAutoStart = false\n",
        f'[w3svc]\nSSLCertHash = "{"aa" * 20}"\n',
        f'[http.sslcert."0.0.0.0:443"]\nCertHash = "{"cc" * 20}"\n',
        f'[http.sslcert."a:443"]\nCertHash = "{"cc" * 20}"\n',
        '[http]\nListenAddresses = ["10.0.0.1"]\n',
        '[http]\nListenAddresses = ["127.0.0.1"]\n',
        '[http]\nListenAddresses = ["x"]\n',
        "[w3svc]\nEmulatedVersion = 6\n",
    )
)


@st.composite
def edits(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A metabase before and after: mostly one table is another, new or gone."""
    top = draw(tops)
    numbers = sorted(draw(st.sets(st.integers(1, 5), min_size=1, max_size=4)))
    old = {number: draw(sites(number)) for number in numbers}
    new = dict(old)
    for _edit in range(draw(st.sampled_from((1, 1, 1, 1, 2)))):
        number = draw(st.integers(1, 5))
        if draw(st.integers(0, 4)) == 0:
            new.pop(number, None)
        else:
            new[number] = draw(sites(number))
    after = draw(tops) if draw(st.integers(0, 19)) == 0 else top
    return tuple(  # type: ignore[return-value]  # two of them
        (start + "\n" + "".join(made[key].text() for key in made)).encode()
        for start, made in ((top, old), (after, new))
    )


def _other_sites(before: bytes, after: bytes) -> tuple[int, ...]:
    """Sites whose answers change though nobody edits them."""
    try:
        old, new = compile_configuration(before), compile_configuration(after)
    except BindctlError:
        return ()
    return find_impact(old, new).sites


@given(edits())
@example(
    (
        b'[w3svc.1]\nSecureBindings = [":443:x.a"]\nSSLCertHash = "'
        + b"aa" * 20
        + b'"\n',
        b'[w3svc.1]\nSecureBindings = [":443:x.a"]\nSSLCertHash = "'
        + b"aa" * 20
        + b'"\n'
        b'[w3svc.2]\nSecureBindings = [":443:*.a"]\nSslFlags = 1\nSSLCertHash = "'
        + b"bb" * 20
        + b'"\n',
    )
)
def test_an_edit_that_concerns_no_other_changes_no_other(
    edit: tuple[bytes, bytes],
) -> None:
    """An impact that nobody is told is worse than a slow command."""
    for before, after in (edit, edit[::-1]):
        near = find_neighbourhood(before, after)
        if near is not None and near.is_alone():
            event("alone")
            assert _other_sites(before, after) == (), (before, after)
        elif is_irrelevant(before, after):
            assert _other_sites(before, after) == (), (before, after)
