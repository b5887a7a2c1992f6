"""No core dumps: one would write keys, and the faces that are in memory, to a disk.

They are gone with the process that held them; that holds only while nothing of it is left behind.
"""

import ctypes
import resource
import sys

PR_SET_DUMPABLE = 4


def forbid() -> None:
    """For this process. A limit of zero is not enough where the kernel pipes dumps to a program, which is
    run all the same (core(5)); what is not dumpable cannot be read with ptrace(2) by its own user, either."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
