"""Edits of one site that concern no other site, told by a search of the octets.

A site can take requests from another, or give it some, only where the two meet: at a
host and port, at a wildcard or blank host of the same port, in a certificate record, or
because one of them keeps the other from starting. The search looks for all of these,
before and after the edit. It says so only where it is sure, and whatever is spelled in
an unusual way is not; a law compares it with the full comparison.
On the path of the quick verbs: imports nothing but its neighbour.
"""

from bindctl.operations.gate.irrelevant_edits import differing_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeAlias

    Text: TypeAlias = bytes  # of a metabase, in lower case
    Span: TypeAlias = tuple[int, int]  # octets of a table, its header included
    Item: TypeAlias = tuple[bytes, int, bytes]  # address, port and host of a binding

# Whatever makes a meeting hard to see: settings of the service that sites depend on,
# and ways to spell a name or a table differently.
_UNSURE = (
    b"misdirectedrequest",
    b"emulatedversion",
    b"centralcert",
    b'"""',
    b"\\",
    b"\r",
)
# The same in a list of bindings: comments, addresses of IPv6, ports as no number is.
_UNSURE_IN_LISTS = (b"#", b'"[', b"'[", b":0")
_LISTS = (b"serverbindings", b"securebindings")
SITE = b"[w3svc."
_SERVICE = b"[w3svc]"
_HOST = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-_.")
_ADDRESS = frozenset(b"0123456789.")
_HEX = frozenset(b"0123456789abcdef")
_MAX_PORT = 65535
_MAX_OCTET = 255
_HASH_DIGITS = 40


class Neighbourhood:
    """The one site that an edit is about, and where it may meet others.

    Attributes:
        number: Its identifier, as written.
        old: The document before the edit.
        added: The lines that are new in the one after.
        tables: Its own table, before and after, as far as there is one.
        others: The bindings of all other sites.
    """

    __slots__ = ("added", "number", "old", "others", "tables")

    def __init__(self, number: bytes, old: "Text", new: "Text", added: "Text") -> None:
        """Read the site's own table, and where those of others have bindings.

        Raises:
            ValueError: They are written in an unusual way.
        """
        self.number, self.old, self.added = number, old, added
        header = SITE + number + b"]"
        spans = [find_table(text, header) for text in (old, new)]
        self.tables = [
            Table(text, span)
            for text, span in zip((old, new), spans, strict=True)
            if span is not None
        ]
        self.others = Bindings(old, spans[0] or (len(old), len(old)))

    def is_alone(self) -> bool:
        """Whether the edit surely leaves the requests of all other sites as they are."""
        try:
            return not (
                _meets(self.others, self.tables)
                or _shares_a_record(self.old, self.number, self.tables)
            )
        except ValueError:
            return False


def find_neighbourhood(before: bytes, after: bytes) -> Neighbourhood | None:
    """The site that an edit is about; ``None`` where the search is not sure of it."""
    old = before.lower()
    if not _is_plain(before, old):
        return None
    first, old_lines, new_lines = differing_lines(before, after)
    added = b"\n".join(new_lines)
    new_lines = [line.lower() for line in new_lines]
    old_lines = [line.lower() for line in old_lines]
    added_lower = added.lower()
    if not _is_plain(added, added_lower):
        return None
    number = _edited_site(old, first, old_lines, new_lines)
    if number is None:
        return None
    try:
        return Neighbourhood(number, old, after.lower(), added_lower)
    except ValueError:
        return None


class Table:
    """What a site's own table says.

    Raises:
        ValueError: It says it in an unusual way.
    """

    __slots__ = ("flags", "has_certificate", "secure", "server", "text")

    def __init__(self, text: "Text", span: "Span") -> None:
        """Read its statements."""
        self.text = text[span[0] : span[1]]
        if b"keytype" in self.text or _has_indented_header(self.text):
            raise ValueError
        self.server, self.secure = (
            [_item(item) for item in _texts(self.text, name)] for name in _LISTS
        )
        self.flags = _value(self.text, b"sslflags")
        self.has_certificate = b"sslcerthash" in self.text


def _is_plain(text: bytes, lower: "Text") -> bool:
    """Whether a text holds nothing that makes the search unsure."""
    return (
        text.isascii()
        and _has_plain_headers(text, lower)
        and lower.count(b"sslcert") == lower.count(b"sslcerthash")
        and not any(word in lower for word in _UNSURE)
        and not (b"'" in lower and (b"'''" in lower or b"'[" in lower))
    )


def _has_plain_headers(text: bytes, lower: "Text") -> bool:
    """Whether headers name the service and its sites, as `find_table` finds them.

    A path such as ``/LM/W3SVC/1`` names no table.
    """
    begin = SITE[:-1]
    plain = sum(
        lower.count(b"\n" + header) + lower.startswith(header)
        for header in (SITE, _SERVICE)
    )
    named = lower.count(_SERVICE[1:-1]) - lower.count(b"/" + _SERVICE[1:-1])
    return named == plain and text.count(begin) == lower.count(begin)


def _edited_site(
    before: "Text", first: int, old: list[bytes], new: list[bytes]
) -> bytes | None:
    """The number of the one site whose tables differ; ``None`` for any other edit.

    Args:
        before: The document before the edit.
        first: Where it begins to differ.
        old: The lines that are replaced there.
        new: Those that replace them.
    """
    start = before.rfind(b"\n[", 0, first) + 1
    if _has_indented_header(before[start:first]):
        return None
    above = before[start : before.find(b"]", start) + 1] if first else b""
    touched: set[bytes] = set()
    ends = [_collect(lines, above, touched) for lines in (old, new)]
    stayed = before[first + sum(len(line) + 1 for line in old) :]
    if ends[0] != ends[1] and any(map(_is_statement, _to_next_table(stayed))):
        touched.update(ends)  # lines that stayed belong to another table
    numbers = {
        header[len(SITE) :].partition(b"]")[0].partition(b".")[0] for header in touched
    }
    if len(numbers) != 1 or not all(header.startswith(SITE) for header in touched):
        return None
    [number] = numbers
    return number if number.isdigit() and number[:1] != b"0" else None


def _has_indented_header(table: "Text") -> bool:
    """Whether a table may end before the next line that begins with a bracket."""
    return any(line.lstrip().startswith(b"[") for line in table.split(b"\n")[1:])


def _collect(lines: list[bytes], header: bytes, touched: set[bytes]) -> bytes:
    """Add the headers of the tables that the lines are in; the last one is returned."""
    for line in lines:
        words = line.strip()
        if words.startswith(b"["):
            # An indented header is unusual, and nothing below finds it again.
            header = line[: line.find(b"]") + 1]
        if _is_statement(words):
            touched.add(header)
    return header


def _is_statement(line: bytes) -> bool:
    words = line.strip()
    return bool(words) and not words.startswith(b"#")


def _to_next_table(text: "Text") -> list[bytes]:
    if text.startswith(b"["):
        return []
    end = text.find(b"\n[")
    return text[: len(text) if end < 0 else end].split(b"\n")


def find_table(text: "Text", header: bytes) -> "Span | None":
    """Where a table lies; ``None`` when there is none.

    Raises:
        ValueError: There seem to be several.
    """
    count = text.count(b"\n" + header) + text.startswith(header)
    if not count:
        return None
    if count > 1:
        raise ValueError
    start = 0 if text.startswith(header) else text.find(b"\n" + header) + 1
    end = text.find(b"\n[", start + 1)
    return start, len(text) if end < 0 else end + 1


def _statement(table: "Text", name: bytes) -> bytes | None:
    """What follows the equals sign, to the end of the table; ``None`` for no statement.

    Raises:
        ValueError: The name does not stand alone at the beginning of one line.
    """
    count = table.count(name)
    if not count:
        return None
    at = table.find(name)
    line = table[table.rfind(b"\n", 0, at) + 1 : at]
    rest = table[at + len(name) :].lstrip(b" \t")
    if count > 1 or line.strip() or not rest.startswith(b"="):
        raise ValueError
    return rest[1:].lstrip(b" \t")


def _texts(table: "Text", name: bytes) -> list[bytes]:
    """The items of one list.

    Raises:
        ValueError: It is written in an unusual way.
    """
    rest = _statement(table, name)
    if rest is None:
        return []
    inside, bracket, _more = rest[1:].partition(b"]")
    if not rest.startswith(b"[") or not bracket or b"#" in inside:
        raise ValueError
    quote = b"'" if b"'" in inside else b'"'
    parts = inside.split(quote)
    if b",".join(parts[::2]).strip(b", \t\n") or len(parts) % 2 == 0:
        raise ValueError
    return parts[1::2]


def _item(text: bytes) -> "Item":
    """Address, port and host of one binding; an address for any is empty.

    Raises:
        ValueError: It is wrong or unusual.
    """
    address, port, host = text.split(b":")
    address, host = (b"" if part == b"*" else part for part in (address, host))
    name = host[2:] if host.startswith(b"*.") else host
    is_usual = (
        port.isdigit()
        and not port.startswith(b"0")
        and int(port) <= _MAX_PORT
        and _HOST.issuperset(name)
        and _ADDRESS.issuperset(address)
        and not (name.startswith(b".") or name.endswith(b".") or b".." in name)
        and (name or not host)
    )
    if not is_usual:
        raise ValueError
    return address, int(port), host


def _value(table: "Text", name: bytes) -> bytes:
    """The value of a property as written; empty where the table has none."""
    rest = _statement(table, name)
    return b"" if rest is None else rest.partition(b"\n")[0].partition(b"#")[0].strip()


# --- where sites meet ---


class Bindings:
    """The bindings of all sites but one, by the text of their lists.

    Attributes:
        server: All that stands in lists of ServerBindings.
        secure: The same of SecureBindings.

    Raises:
        ValueError: They are written in an unusual way.
    """

    __slots__ = ("_lists", "_own", "_quotes", "_text", "secure", "server")

    def __init__(self, text: "Text", own: "Span") -> None:
        """Gather them.

        Args:
            text: The document.
            own: The table of the site that is left out.
        """
        self._text, self._own = text, own
        rest = text[: own[0]] + text[own[1] :]
        # Whatever begins with the name of a list is gathered, also in comments.
        self.server, self.secure = (
            b"".join([chunk.partition(b"]")[0] for chunk in rest.split(name)[1:]])
            for name in _LISTS
        )
        self._lists = self.server + self.secure
        if any(word in self._lists for word in _UNSURE_IN_LISTS):
            raise ValueError
        self._quotes = [quote for quote in (b'"', b"'") if quote in self._lists]

    def has_any(self, keys: "Iterable[bytes]") -> bool:
        """Whether a binding ends with one of the keys."""
        return any(self._has(key) for key in keys)

    def find(self, keys: "Iterable[bytes]") -> "Iterator[int]":
        """Where in the document something ends with one of the keys."""
        parts = (0, self._own[0]), (self._own[1], len(self._text))
        for key in keys:
            for word in self._words(key):
                for part in parts if word in self._lists else ():
                    yield from _find_all(self._text, part, word)

    def names_address(self, port: int) -> bool:
        """Whether a binding of the port may name an address."""
        key = b":%d:" % port
        starts = [quote + any_ for quote in self._quotes for any_ in (b"", b"*")]
        return self._lists.count(key) > sum(
            self._lists.count(start + key) for start in starts
        )

    def _has(self, key: bytes) -> bool:
        lists = self._lists
        return key in lists and any(word in lists for word in self._words(key))

    def _words(self, key: bytes) -> list[bytes]:
        """How a binding that ends with the key may end: a dot after its host is none."""
        dots = (b"",) if key[-1:] in (b":", b"*") or key[1:].isdigit() else (b"", b".")
        return [key + dot + quote for dot in dots for quote in self._quotes]


def _find_all(text: "Text", part: "Span", words: bytes) -> "Iterator[int]":
    at = text.find(words, *part)
    while at >= 0:
        yield at
        at = text.find(words, at + 1, part[1])


def _meets(others: Bindings, tables: list[Table]) -> bool:
    """Whether another site has a binding that one of the tables' can meet."""
    server = {item for table in tables for item in table.server}
    secure = {item for table in tables for item in table.secure}
    return (
        has_port(others.secure, server)
        or has_port(others.server, secure)
        or (
            others.has_any(
                {
                    key
                    for _address, port, host in server | secure
                    for key in meeting_keys(port, host)
                }
                | names_below(secure)
            )
        )
    )


def has_port(lists: "Text", items: "Iterable[Item]") -> bool:
    """Whether there is a binding at the port of one of the items."""
    return any(
        b":%d%s" % (port, end) in lists
        for port in {port for _address, port, _host in items}
        for end in (b":", b'"', b"'")
    )


def names_below(secure: "Iterable[Item]") -> "set[bytes]":
    """How names end that the site's records by wildcard server name serve as well."""
    return {host[1:] for _address, _port, host in secure if host.startswith(b"*")}


def meeting_keys(port: int, host: bytes) -> "set[bytes]":
    """How bindings that this one can meet are written, from the port to their end."""
    start = b":%d" % port
    labels = host.removeprefix(b"*.").split(b".") if host else []
    first = 0 if host.startswith(b"*") else 1
    above = [b"*." + b".".join(labels[at:]) for at in range(first, len(labels))]
    return (
        same_keys(port, b"")
        | same_keys(port, host)
        | {start + b":" + name for name in above}
    )


def same_keys(port: int, host: bytes) -> "set[bytes]":
    """How bindings of the same port and host are written, from the port to their end."""
    start = b":%d" % port
    return {start + b":" + host} if host else {start, start + b":", start + b":*"}


def _shares_a_record(text: "Text", number: bytes, tables: list[Table]) -> bool:
    """Whether the site may make a certificate record that other sites use.

    Raises:
        ValueError: That cannot be told.
    """
    needed = {
        (address, port)
        for table in tables
        if table.flags != b"1"
        for address, port, _host in table.secure
    }
    if not needed:
        return False
    service = find_table(text, _SERVICE)
    top = (b"\n" + text).partition(b"\n[")[0]
    inherited = top if service is None else top + text[service[0] : service[1]]
    if b"ssl" in inherited or any(
        table.flags not in (b"", b"0", b"1") for table in tables
    ):
        return True
    if not any(table.has_certificate for table in tables):
        return False
    span = find_table(text, SITE + b"1]")
    is_first = number != b"1" and SITE + b"0]" not in text
    if not is_first or span is None or b"serverautostart" in inherited:
        return True
    first = Table(text, span)
    if b"listenaddresses" in text and not _may_listen(text, first):
        return True
    return not needed <= _records_of_first(first)


def _may_listen(text: "Text", first: Table) -> bool:
    """Whether a list of addresses surely leaves each of a site's bindings one."""
    span = find_table(text, b"[http]")
    listed = [] if span is None else _texts(text[slice(*span)], b"listenaddresses")
    is_usual = all(_is_ipv4(item) for item in listed)
    is_for_all = not any(
        address for address, _port, _host in first.server + first.secure
    )
    return bool(listed) and is_usual and is_for_all


def _is_ipv4(address: bytes) -> bool:
    """Whether every reader takes it for an IPv4 address."""
    parts = address.split(b".")
    return len(parts) == 4 and all(  # noqa: PLR2004 - octets
        part.isdigit() and part == b"%d" % int(part) and int(part) <= _MAX_OCTET
        for part in parts
    )


def _records_of_first(first: Table) -> "set[tuple[bytes, int]]":
    """Addresses and ports whose record the first of all sites surely makes.

    Nothing can keep it from starting but its own bindings, and nobody is before it.
    """
    items = [*first.server, *first.secure]
    http, https = (
        {port for _a, port, _h in part} for part in (first.server, first.secure)
    )
    digest = _value(first.text, b"sslcerthash").strip(b"\"'")
    if (
        first.flags not in (b"", b"0")
        or _value(first.text, b"serverautostart") not in (b"", b"true")
        or len(set(items)) < len(items)
        or http & https
        or len(digest) != _HASH_DIGITS
        or not _HEX.issuperset(digest)
    ):
        return set()
    return {(address, port) for address, port, _host in first.secure}
