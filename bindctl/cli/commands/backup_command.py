"""bindctl backup create, list, restore and delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bindctl.cli.run.options import (
    AllowImpactOption,
    JsonOption,
    MetabaseOption,
    StrictOption,
    run,
    run_even_lost,
)
from bindctl.cli.run.passwords import PasswordFileOption, PasswordOption, read_password
from bindctl.cli.views.tables import print_table
from bindctl.operations.versions.backup import (
    BackupOptions,
    create_backup,
    delete_backup,
    list_backups,
    restore_backup,
)
from bindctl.terminal.boundary import print_envelope

if TYPE_CHECKING:
    from bindctl.storage.backup_store import Backup
    from bindctl.terminal.terminal import Terminal

HEADERS = ("Name", "Version", "Created", "Password", "Certificates")

backup_app = typer.Typer(help="Backups of the metabase by name.", no_args_is_help=True)
NameArgument = Annotated[str, typer.Argument(help="The backup's name.")]
VersionOption = Annotated[
    int | None,
    typer.Option("--version", min=0, max=9999, help="Default: the highest."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(backup_app, name="backup")


@backup_app.callback()
def backup() -> None:
    """Backups of the metabase by name."""


@backup_app.command("create")
def create(
    context: typer.Context,
    name: NameArgument,
    password: PasswordOption = False,
    password_file: PasswordFileOption = None,
    certificates: Annotated[
        bool,
        typer.Option("--certificates", help="With certificates and private keys."),
    ] = False,
    version: Annotated[
        int | None,
        typer.Option(
            "--version", min=0, max=9999, help="Default: the one after the highest."
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a backup of that version.")
    ] = False,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Keep the metabase as it is now; with a password, encrypted."""

    def call(terminal: Terminal, file: str) -> int:
        options = BackupOptions(
            read_password(terminal, password_file, is_asked=password, is_new=True),
            certificates,
            version,
            overwrite,
        )
        made = create_backup(file, name, terminal.clock(), options)
        if json:
            print_envelope(terminal, "backup create", made)
        else:
            terminal.print(f"created {_describe(made)}")
        return 0

    run(context, "backup create", metabase, call, as_json=json)


@backup_app.command("list")
def list_(
    context: typer.Context,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """List the backups by name and version."""

    def call(terminal: Terminal, file: str) -> int:
        found = list_backups(file)
        if json:
            print_envelope(terminal, "backup list", {"backups": found})
        elif not found:
            terminal.print("no backups; bindctl backup create makes one")
        else:
            print_table(terminal, HEADERS, [_row(item) for item in found])
        return 0

    run_even_lost(context, "backup list", metabase, call, as_json=json)


@backup_app.command("restore")
def restore(
    context: typer.Context,
    name: NameArgument,
    version: VersionOption = None,
    password: PasswordOption = False,
    password_file: PasswordFileOption = None,
    strict: StrictOption = False,
    allow_impact: AllowImpactOption = False,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Give the metabase the content of a backup; a write like any other."""

    def call(terminal: Terminal, file: str) -> int:
        word = read_password(terminal, password_file, is_asked=password, is_new=False)
        done = restore_backup(file, name, version, word)
        if json:
            data = {
                "backup": done.backup,
                "changed": done.is_changed,
                "certificates": done.certificates,
            }
            print_envelope(terminal, "backup restore", data)
            return 0
        words = "restored" if done.is_changed else "the metabase is as in"
        terminal.print(f"{words} {_describe(done.backup)}")
        if done.certificates:
            terminal.print(f"certificates written: {done.certificates}")
        return 0

    run_even_lost(
        context,
        "backup restore",
        metabase,
        call,
        as_json=json,
        strict=strict,
        allow_impact=allow_impact,
    )


@backup_app.command("delete")
def delete(
    context: typer.Context,
    name: NameArgument,
    version: VersionOption = None,
    all_versions: Annotated[
        bool, typer.Option("--all", help="Every version of it.")
    ] = False,
    metabase: MetabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Remove a backup."""

    def call(terminal: Terminal, file: str) -> int:
        gone = delete_backup(file, name, version, all_versions=all_versions)
        if json:
            print_envelope(terminal, "backup delete", {"backups": gone})
            return 0
        for item in gone:
            terminal.print(f"deleted {_describe(item)}")
        return 0

    run_even_lost(context, "backup delete", metabase, call, as_json=json)


def _describe(item: Backup) -> str:
    return f'backup "{item.name}" version {item.version}'


def _row(item: Backup) -> tuple[str, ...]:
    return (
        item.name,
        str(item.version),
        item.created or "damaged",
        "yes" if item.has_password else "no",
        "yes" if item.has_certificates else "no",
    )
