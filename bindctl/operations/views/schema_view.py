"""schema: what a property is, and what the built-in server does with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bindctl.metabase.schema import Property, find_flag
from bindctl.metabase.schema_data import CLASSES, PROPERTIES
from bindctl.metabase.server_use import SERVER_USE
from bindctl.metabase.values import toml_value
from bindctl.operations.editing.properties import require_property

if TYPE_CHECKING:
    from collections.abc import Mapping


class PropertyView(NamedTuple):
    """Everything the schema says of a property.

    Attributes:
        name: The schema's spelling.
        id: The metabase identifier.
        type: Data type of the metabase.
        syntax: ADSI syntax, as adsutil prints it.
        user_type: ``SERVER``, ``FILE``, ``WAM`` or ``ASP_APP``.
        default: In force where no key holds it; ``None`` for none.
        minimum: Smallest number, or ``None``.
        maximum: Largest number, or ``None``.
        flags: Flag name to bit; empty for what is no flag property.
        is_inherited: Whether keys below see a stored value.
        is_secure: Whether it is shown as ten stars.
        is_volatile: Whether the running service has it and no file does.
        is_own: Whether IIS 6 lacks it.
        key_types: Types of keys that may hold it; empty for every one.
        server_use: What the built-in server does with it; empty for nothing.
    """

    name: str
    id: int
    type: str
    syntax: str
    user_type: str
    default: object
    minimum: int | None
    maximum: int | None
    flags: Mapping[str, int]
    is_inherited: bool
    is_secure: bool
    is_volatile: bool
    is_own: bool
    key_types: tuple[str, ...]
    server_use: str


def describe_property(name: str) -> PropertyView:
    """The property of that name, or the one that a flag of that name is a bit of.

    Raises:
        BindctlError: MET102, with the nearest name the schema has.
    """
    flag = find_flag(name)
    return _describe(flag[1] if flag else require_property(name))


def describe_properties() -> tuple[PropertyView, ...]:
    """Every property, in the schema's order."""
    return tuple(_describe(Property(name)) for name in PROPERTIES)


def _describe(row: Property) -> PropertyView:
    default = row.default()
    types = tuple(kind for kind, columns in CLASSES.items() if row.name in columns[0])
    return PropertyView(
        name=row.name,
        id=row.property_id,
        type=row.data_type,
        syntax=row.syntax,
        user_type=row.user_type,
        default=toml_value(default) if isinstance(default, tuple) else default,
        minimum=row.minimum,
        maximum=row.maximum,
        flags=row.flags or {},
        is_inherited=row.is_inheritable,
        is_secure=row.is_secure,
        is_volatile=row.is_volatile,
        is_own=row.is_own,
        key_types=() if len(types) == len(CLASSES) else types,
        server_use=SERVER_USE.get(row.name, ""),
    )
