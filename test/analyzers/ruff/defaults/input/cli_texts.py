import sys

import requests

print(f"done")
print(f"failed with " + "{status}")
requests.get(sys.argv[1])
