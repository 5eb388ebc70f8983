"""Who is asked before a metabase is written, and whether anything is written at all.

A command line sets both for the time of one command: there is one in a process. On the
quickest path: imports nothing.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

    # Gets the file's path, its octets (``None`` when it is gone) and those that are to
    # replace them; whatever it raises, nothing is written.
    Judge = Callable[[str, bytes | None, bytes], None]


class _Watch:
    """What is set at present."""

    __slots__ = ("files", "held", "judge", "named")

    def __init__(self) -> None:
        self.judge: Judge | None = None
        self.held: dict[str, bytes] | None = None
        self.named: frozenset[int] = frozenset()
        self.files: dict[str, bytes] = {}


_WATCH = _Watch()


class JudgedBy:
    """While it is entered, a judge is asked before each write of a metabase."""

    __slots__ = ("_judge", "_outer")

    def __init__(self, judge: "Judge") -> None:
        """Nobody is asked before it is entered."""
        self._judge = judge

    def __enter__(self) -> None:
        """From now on."""
        self._outer = _WATCH.judge
        _WATCH.judge, _WATCH.named = self._judge, frozenset()

    def __exit__(
        self,
        kind: "type[BaseException] | None",
        error: "BaseException | None",
        trace: "TracebackType | None",
    ) -> None:
        """Until now."""
        _WATCH.judge = self._outer


class HeldBack:
    """While it is entered, nothing is written to any file.

    Metabases are read as they would have been written.

    Attributes:
        octets: What each metabase would hold, by path.
        files: What each other file would hold, by path.
    """

    __slots__ = ("_outer", "files", "octets")

    def __init__(self) -> None:
        """Nothing is held back before it is entered."""
        self.octets: dict[str, bytes] = {}
        self.files: dict[str, bytes] = {}

    def __enter__(self) -> "HeldBack":
        """From now on."""
        self._outer = _WATCH.held, _WATCH.files
        _WATCH.held, _WATCH.files = self.octets, self.files
        return self

    def __exit__(
        self,
        kind: "type[BaseException] | None",
        error: "BaseException | None",
        trace: "TracebackType | None",
    ) -> None:
        """Until now."""
        _WATCH.held, _WATCH.files = self._outer


class Supposed:
    """While it is entered, certificate stores are read as if those files were there."""

    __slots__ = ("_files", "_outer")

    def __init__(self, files: "dict[str, bytes]") -> None:
        """Nothing is supposed before it is entered.

        Args:
            files: Octets by path, as `HeldBack` keeps them.
        """
        self._files = files

    def __enter__(self) -> None:
        """From now on."""
        self._outer = _WATCH.files
        _WATCH.files = self._files

    def __exit__(
        self,
        kind: "type[BaseException] | None",
        error: "BaseException | None",
        trace: "TracebackType | None",
    ) -> None:
        """Until now."""
        _WATCH.files = self._outer


def judge_write(path: str, before: bytes | None, after: bytes) -> None:
    """Ask whether the octets after may replace those before.

    Nobody is asked while writes are held back: nothing will be written.

    Raises:
        BindctlError: They may not; the judge says why.
    """
    judge = _WATCH.judge if _WATCH.held is None else None
    if judge is not None and before != after:
        judge(path, before, after)


def name_sites(identifiers: "Iterable[int]") -> None:
    """Say which sites the command means, whether or not the write edits them.

    It holds until the next judge is entered: `what-if` judges after the command.
    """
    _WATCH.named = _WATCH.named.union(identifiers)


def named_sites() -> frozenset[int]:
    """Identifiers of the sites that the command has said it means."""
    return _WATCH.named


def supposed_files() -> dict[str, bytes]:
    """Files that are to be read as if they had been written."""
    return _WATCH.files


def keep_back(path: str, octets: bytes) -> bool:
    """Whether writes are held back; the file's octets are kept then."""
    if _WATCH.held is None:
        return False
    _WATCH.files[path] = octets
    return True


def held_back() -> dict[str, bytes] | None:
    """Metabases as they would have been written; ``None`` when writes are made."""
    return _WATCH.held
