"""Stands before a Python worker's path, where a host or Core Tools insists on its own Python: hands over to the shim beside it."""
import os
import sys

folder = os.path.dirname(os.path.abspath(__file__))
given = ["--inspector-executable", sys.executable] + sys.argv
if os.name == "nt":
    import subprocess

    sys.exit(subprocess.call([os.path.join(folder, "python.cmd")] + given))
try:
    os.execv(os.path.join(folder, "python"), ["python"] + given)
except OSError as error:
    sys.stderr.write("inspector: this worker is not recorded: %s\n" % error)
    os.execv(sys.executable, [sys.executable] + sys.argv[1:])
