"""Stands where ansible-test keeps a downloaded get-pip.py: takes pip from Python itself, then installs what was asked.

ansible-test downloads get-pip.py from a host of its own; with this, a machine that reaches only a package index can
run `ansible-test sanity --venv`.
"""

import subprocess
import sys

subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"], stdout=subprocess.DEVNULL)
wanted = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
subprocess.check_call([sys.executable, "-m", "pip", "install"] + wanted)
