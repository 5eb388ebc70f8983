"""Every check of the project, defined once; `make`, CI and pre-commit call these."""

import os

import nox

nox.options.default_venv_backend = "venv"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["check", "laws", "e2e", "docs"]

PYPROJECT = nox.project.load_toml("pyproject.toml")
TEST = nox.project.dependency_groups(PYPROJECT, "test")
LINT = nox.project.dependency_groups(PYPROJECT, "lint")


@nox.session
def lint(session: nox.Session) -> None:
    """Format, lint, types and import direction."""
    session.install("-e", ".", *LINT, *TEST)
    session.run("ruff", "format", "--check", ".")
    session.run("ruff", "check", ".")
    session.run("mypy")
    session.run("lint-imports")


@nox.session
def check(session: nox.Session) -> None:
    """Everything quick: lint, unit, golden, architecture."""
    lint(session)
    folders = ("tests/unit", "tests/golden", "tests/architecture")
    session.run("pytest", *folders, *session.posargs)


@nox.session
def laws(session: nox.Session) -> None:
    """The laws, each over some random examples; `-- --deep` over many, for hours."""
    session.install("-e", ".", *TEST)
    arguments = [word for word in session.posargs if word != "--deep"]
    is_deep = len(arguments) < len(session.posargs)
    environment = {"HYPOTHESIS_PROFILE": "deep"} if is_deep else {}
    session.run("pytest", "tests/property", *arguments, env=environment)


@nox.session
def golden(session: nox.Session) -> None:
    """The golden cases; `-- --update` rewrites them."""
    session.install("-e", ".", *TEST)
    environment = (
        {"BINDCTL_UPDATE_GOLDEN": "1"} if "--update" in session.posargs else {}
    )
    session.run("pytest", "tests/golden", env={**os.environ, **environment})


@nox.session
def e2e(session: nox.Session) -> None:
    """Real sockets, real clients, real crashes."""
    session.install("-e", ".", *TEST)
    session.run("pytest", "tests/e2e", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Reference pages are fresh, links resolve, console blocks are true."""
    session.install("-e", ".", *TEST)
    session.run("python", "tools/generate_reference.py", "--check")
    session.run("pytest", "tests/docs", *session.posargs)
