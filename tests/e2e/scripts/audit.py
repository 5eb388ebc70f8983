"""audit.py [PATH]: ENUM_ALL as a table of path, property, type, value."""

import re
import subprocess
import sys

where = sys.argv[1] if sys.argv[1:] else "w3svc"
text = subprocess.run(
    ["adsutil", "ENUM_ALL", where], stdout=subprocess.PIPE, text=True, check=True
).stdout
path, name = "/" + where.strip("/"), None
for line in text.splitlines():
    child = re.match(r"\[(.*)\]$", line)
    item = re.match(r'  "(.*)"$', line)
    prop = re.match(r"(\w+) *: \((\w+)\) (.*)$", line)
    if child:
        path = child.group(1)
    elif item:
        print(path, name, "item", item.group(1), sep="\t")
    elif prop:
        name, kind, value = prop.groups()
        if kind == "LIST":
            value = re.match(r"\((\d+) Items\)$", value).group(1)
        print(path, name, kind, value.strip('"'), sep="\t")
