"""bindctl: binds web sites to addresses, ports, host names and certificates.

    import bindctl

    with bindctl.open("metabase.toml") as mb:
        mb.sites[1].secure_bindings.append(":443:a.example")

The names that programs may use are here; `bindctl.api` is loaded only when one is first
used, so that the quickest commands do without it.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from bindctl.api import (
        BindctlError,
        Metabase,
        ReasonedChange,
        Restored,
        Site,
        Sites,
        StringList,
        Value,
        Version,
        history,
        open,  # noqa: A004 - as gzip.open is
        undo,
        update,
    )

__version__ = "0.1.0"
__all__ = [
    "BindctlError",
    "Metabase",
    "ReasonedChange",
    "Restored",
    "Site",
    "Sites",
    "StringList",
    "Value",
    "Version",
    "__version__",
    "history",
    "open",
    "undo",
    "update",
]


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return sorted({*globals(), *__all__})


if not TYPE_CHECKING:  # a type checker would take any name for one of ours

    def __getattr__(name: str) -> object:
        """Load the API when one of its names is first used (PEP 562)."""
        if name not in __all__:
            message = f"module 'bindctl' has no attribute {name!r}"
            raise AttributeError(message)
        from bindctl import api  # noqa: PLC0415 - that is the point

        value: object = getattr(api, name)
        globals()[name] = value
        return value
