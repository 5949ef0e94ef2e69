"""Files of tests, kept in memory where the machine has a file system for that.

Nothing that a test writes need outlive the machine, and a SQLite file waits for its disk at each
commit.
"""

import os
import shutil
import tempfile
from pathlib import Path

#: tmpfs on Linux; one of a container has 64 MiB by default, which is too little
MEMORY = Path("/dev/shm")
ENOUGH = 1024**3


def keep_files_in_memory() -> None:
    """Let this process and its children make their temporary files there, unless TMPDIR is set."""
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None
