"""The verbs copy, move and find: their answers as text and JSON."""

from bindctl.findings.errors import BindctlError
from bindctl.model.path import format_path, parse_path, split_property, without_root
from bindctl.terminal.boundary import print_envelope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from bindctl.cli.verbs.quick import Invocation
    from bindctl.terminal.terminal import Terminal


def run_copy(terminal: "Terminal", metabase: str, invocation: "Invocation") -> int:
    """Copy or move: ``copied "w3svc/1" to "w3svc/2"``."""
    from bindctl.operations.editing import copy_key  # noqa: PLC0415 - loads the editor

    is_copy = invocation.verb == "copy"
    copy = copy_key.copy_key if is_copy else copy_key.move_key
    done = copy(metabase, *invocation.words)
    if invocation.as_json:
        data = {
            "source": format_path(without_root(parse_path(done.source))),
            "destination": format_path(without_root(parse_path(done.destination))),
            "changed": True,
        }
        print_envelope(terminal, invocation.verb, data)
        return 0
    word = "copied" if is_copy else "moved"
    terminal.print(f'{word} "{done.source}" to "{done.destination}"')
    return 0


def run_find(terminal: "Terminal", metabase: str, invocation: "Invocation") -> int:
    """Find: a path a line, as get and enum take it.

    Raises:
        BindctlError: MET104, no key holds the property.
    """
    from bindctl.metabase.values import STARS, toml_value  # noqa: PLC0415 - in order
    from bindctl.operations.editing.find_property import find_property  # noqa: PLC0415

    start, name = split_property(invocation.words[0])
    found = find_property(metabase, name, "/".join(start))
    if not found.keys:
        raise BindctlError(
            "MET104",
            f'the parameter "{name}" is set nowhere at or below '
            f"{format_path(found.start)}",
            "a key above may hold it, or all use the schema's default",
        )
    if not invocation.as_json:
        for path, _value in found.keys:
            terminal.print("/" + "/".join(path))
        return 0
    keys = [
        {
            "path": format_path(path),
            "value": STARS if found.row.is_secure else toml_value(value),
        }
        for path, value in found.keys
    ]
    data = {
        "path": format_path(found.start),
        "property": found.row.name,
        "type": found.row.data_type,
        "keys": keys,
    }
    print_envelope(terminal, "find", data)
    return 0
