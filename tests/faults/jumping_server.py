"""The product's server on a machine whose clock is set by others: run as a program.

    jumping_server.py OFFSET

OFFSET is a file with the seconds by which the clock is wrong; it is read at every look at the clock.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def main(offset: Path, port: int) -> None:
    """Serve until killed."""
    from training.core import clock
    from training.core.serving import serve
    from wsgi import make_app

    def wrong() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(offset.read_text() or 0))

    clock.now = wrong
    serve(make_app(), host="127.0.0.1", port=port, processes=1, threads=4, with_worker=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(os.environ["PORT"]))
