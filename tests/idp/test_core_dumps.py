import subprocess
import sys

import pytest

SAYS = """
import ctypes, resource
from idp import core_dumps
resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
core_dumps.forbid()
print(resource.getrlimit(resource.RLIMIT_CORE)[0], ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""
"""PR_GET_DUMPABLE is 3. In a process of its own: what is forbidden stays so."""


@pytest.mark.skipif(sys.platform != "linux", reason="prctl(2) is Linux's")
def test_a_process_that_forbids_them_leaves_no_core() -> None:
    done = subprocess.run([sys.executable, "-c", SAYS], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "0"]
