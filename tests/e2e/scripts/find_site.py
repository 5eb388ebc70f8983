"""find_site.py COMMENT: the number of the site of that description."""

import re
import subprocess
import sys


def adsutil(*words):
    done = subprocess.run(["adsutil", *words], stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines()


for line in adsutil("FIND", "w3svc/ServerComment")[1:]:
    path = line.strip()
    shown = adsutil("GET", path + "/ServerComment")[0]
    if re.search(r'\(STRING\) "(.*)"$', shown).group(1).lower() == sys.argv[1].lower():
        print(path.split("/")[1])
        break
else:
    sys.exit("no such site")
