"""Names of IIS 4 that SET still takes: AccessPerm, Authorization, VRPath.

Source:
    adsutil.vbs, generation C: SetCommand, its special names.
"""

from bindctl.findings.errors import BindctlError
from bindctl.metabase.schema import MAX_DWORD
from bindctl.metabase.values import E_TYPE_MISMATCH
from bindctl.model.path import split_property

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ACCESS_BITS = {"Read": 0x1, "Write": 0x2, "Execute": 0x4, "Script": 0x200}
AUTHORIZATION_BITS = {"NT": 0x4, "Anonymous": 0x1, "Basic": 0x2}


def translate(text: str, words: "Sequence[str]") -> "tuple[str, Sequence[str]]":
    """A property's path and its words, by today's names.

    Flags that are not named are cleared, as adsutil does.

    Raises:
        BindctlError: MET105, a word names no flag.
    """
    path, name = split_property(text)
    folded = name.lower()
    if folded == "vrpath":
        return "/".join((*path, "Path")), words
    if folded == "accessperm":
        number = read_number(words[0])
        if number is None or not 0 <= number <= MAX_DWORD:
            number = _add_bits(name, words, ACCESS_BITS)
        return "/".join((*path, "AccessFlags")), [str(number)]
    if folded == "authorization":
        number = _add_bits(name, words, AUTHORIZATION_BITS)
        return "/".join((*path, "AuthFlags")), [str(number)]
    return text, words


def read_number(word: str) -> int | None:
    """An integer, hexadecimal after ``0x``; ``None`` for other words."""
    try:
        return int(word, 16 if word[:2].lower() == "0x" else 10)
    except ValueError:
        return None


def _add_bits(name: str, words: "Sequence[str]", bits: "Mapping[str, int]") -> int:
    known = {word.lower(): bit for word, bit in bits.items()}
    number = 0
    for word in words:
        if word.lower() not in known:
            raise BindctlError(
                "MET105",
                f"{name} has no flag {word!r}",
                f"it takes {', '.join(bits)}",
                hresult=E_TYPE_MISMATCH,
            )
        number |= known[word.lower()]
    return number
