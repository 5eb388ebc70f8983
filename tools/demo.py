"""The demonstration: serve the repository's own metabase and say what to try.

    python tools/demo.py [PORT_OFFSET]

Makes what is missing on first use (the development authority and one wildcard
certificate), assigns it to both sites, and serves on loopback until Ctrl-C.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

PORT_OFFSET = 8000
NAME = "*.stevefenton.co.uk"
HOSTS = ("test.stevefenton.co.uk", "other.stevefenton.co.uk")
# The certificate is assigned in a copy, so that trying the demo changes no file that
# is under version control.
DIRECTORY = ".bindctl/demo"


def main() -> int:
    """Prepare, say what to try, serve; the exit status of `bindctl serve`."""
    os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    os.makedirs(DIRECTORY, exist_ok=True)
    shutil.copyfile("metabase.toml", os.path.join(DIRECTORY, "metabase.toml"))
    shutil.copytree("sites", os.path.join(DIRECTORY, "sites"), dirs_exist_ok=True)
    os.chdir(DIRECTORY)
    environment = {**os.environ, "BINDCTL_METABASE": os.path.abspath("metabase.toml")}
    if bindctl(environment, "cert", "assign", NAME, "1", "2", quiet=True) != 0:
        bindctl(environment, "cert", "create", NAME)
        bindctl(environment, "cert", "assign", NAME, "1", "2")
    bindctl(environment, "sites")
    offset = int(sys.argv[1]) if len(sys.argv) > 1 else PORT_OFFSET
    say_what_to_try(offset)
    options = ["--port-offset", str(offset)]
    command = [sys.executable, "-m", "bindctl", "serve", *options]
    sys.stdout.flush()
    os.execve(sys.executable, command, environment)  # noqa: S606 - ourselves
    return 1  # not reached: exec does not return


def bindctl(environment: dict[str, str], *words: str, quiet: bool = False) -> int:
    """Run one bindctl command; its exit status."""
    sink = subprocess.DEVNULL if quiet else None
    command = [sys.executable, "-m", "bindctl", *words]
    done = subprocess.run(  # noqa: S603 - our own interpreter
        command, env=environment, stdout=sink, stderr=sink, check=False
    )
    return done.returncode


def say_what_to_try(port_offset: int) -> None:
    """Where the sites answer, and the curl lines that show it."""
    http, https = 80 + port_offset, 443 + port_offset
    authority = os.path.join(DIRECTORY, "certificates", "authority", "authority.pem")
    print("\nBoth sites answer on 127.0.0.1. Try, from the repository:\n")
    for host in HOSTS:
        resolve = f"--resolve {host}:{http}:127.0.0.1"
        print(f"  curl {resolve} http://{host}:{http}/")
    for host in HOSTS:
        resolve = f"--resolve {host}:{https}:127.0.0.1 --cacert {authority}"
        print(f"  curl {resolve} https://{host}:{https}/")
    print("\nCtrl-C stops.\n")


if __name__ == "__main__":
    sys.exit(main())
