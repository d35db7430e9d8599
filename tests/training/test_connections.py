"""How many connections a web process keeps: never more than it may open files."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.wording import ROOT

ASK = """
import resource, sys
from training.core import serving
hard = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_NOFILE, (min(64, hard), hard))
print(serving.connections_at_most(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(("hard", "connections", "files"), [(200, 100, 200), (300, 172, 300), (1024, 896, 1024)])
def test_connections_stay_below_the_files_that_may_be_open(hard: int, connections: int, files: int) -> None:
    told = subprocess.run([sys.executable, "-c", ASK, str(hard)], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.split() == [str(connections), str(files)]
