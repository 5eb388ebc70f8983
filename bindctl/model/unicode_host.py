"""Host names as people read them: U-labels for A-labels."""

from __future__ import annotations

from typing import Final

_A_LABEL: Final = "xn--"


def to_unicode(name: str) -> str:
    """A name, or a pattern with an asterisk, with U-labels where it has A-labels.

    Args:
        name: Lower-case A-labels. A label that is not a valid A-label stays as it is,
            so that nothing is ever shown as a name it is not (RFC 5891 §5.4).
    """
    if _A_LABEL not in name:
        return name
    return ".".join(map(_to_u_label, name.split(".")))


def _to_u_label(label: str) -> str:
    if not label.startswith(_A_LABEL):
        return label
    # Imported here: few host names have A-labels, and the tables are large.
    import idna  # noqa: PLC0415

    try:
        return idna.decode(label)
    except (idna.IDNAError, UnicodeError):
        return label
