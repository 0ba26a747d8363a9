"""Runs a program and prints wall ms, CPU ms and peak MiB of its process tree, and its exit code: Node cannot tell."""

import resource
import subprocess
import sys
import time

start = time.perf_counter()
process = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
wall = (time.perf_counter() - start) * 1000
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
cpu = (usage.ru_utime + usage.ru_stime) * 1000
print(f"{wall:.2f} {cpu:.2f} {usage.ru_maxrss / 1024:.1f} {process.returncode}")
