"""backup_bindings.py [FILE]: the bindings of every site, or put those of a file back."""

import subprocess
import sys

LISTS = ("ServerBindings", "SecureBindings")


def adsutil(*words):
    return subprocess.run(["adsutil", *words], stdout=subprocess.PIPE, text=True)


def backup():
    for line in adsutil("ENUM", "/P", "W3SVC").stdout.split():
        path = line.strip("[]")
        if not path.rpartition("/")[2].isdigit():
            continue
        for name in LISTS:
            done = adsutil("GET", path + "/" + name)
            if done.returncode == 6:  # not set at this node
                print(path, name, "-", sep="\t")
                continue
            count = int(done.stdout.split("(LIST)  (")[1].split(" Items)")[0])
            items = done.stdout.splitlines()[1:]
            assert len(items) == count
            print(path, name, *(item.strip()[1:-1] for item in items), sep="\t")


def restore(file):
    for line in open(file):
        path, name, *items = line.rstrip("\n").split("\t")
        if items == ["-"]:
            print(adsutil("DELETE", path + "/" + name).stdout, end="")
        else:
            print(adsutil("SET", path + "/" + name, *items).stdout, end="")


restore(sys.argv[1]) if sys.argv[1:] else backup()
