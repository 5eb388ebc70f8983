"""inherited.py PATH PROPERTY: GET shows no inherited value, so walk up to it."""

import subprocess
import sys

NOT_SET, NOT_FOUND = 6, 3
path, name = sys.argv[1:]
while True:
    done = subprocess.run(
        ["adsutil", "GET", f"{path}/{name}"], stdout=subprocess.PIPE, text=True
    )
    if done.returncode == 0:
        print(f"{path}: {done.stdout[40:].split(' ', 1)[0]}")
        sys.exit(done.stdout.splitlines()[0][32:34] != ": ")
    if done.returncode == NOT_FOUND:
        sys.exit(done.stdout.splitlines()[0])
    if done.returncode != NOT_SET or not path:
        sys.exit(f"{name} is set nowhere")
    path = path.rpartition("/")[0]
