"""The product's server, one of whose processes dies once at the worst moment: run as a program.

    dying_server.py after|before MARK PORT

`after`: dies when an answer has been saved and committed, before a byte of the response leaves. `before`: dies when
everything is written and only the commit is missing. MARK is a file whose presence says that the death is behind us.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def die_once(mark: Path) -> None:
    """End this process now, unless that has happened before."""
    if not mark.exists():
        mark.touch()
        os._exit(9)


def main(moment: str, mark: Path, port: int) -> None:
    """Serve until killed."""
    from training.core.serving import serve
    from wsgi import make_app

    app = make_app()
    inner = app.wsgi_app
    commit = Connection.commit

    def dying_commit(self: Connection) -> None:
        die_once(mark)
        commit(self)

    def wrapped(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        saving = environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"].endswith("/answers")
        Connection.commit = dying_commit if saving and moment == "before" else commit  # type: ignore[method-assign]
        answer = inner(environ, start_response)
        if saving and moment == "after":
            die_once(mark)
        return answer

    app.wsgi_app = wrapped  # type: ignore[method-assign]
    serve(app, host="127.0.0.1", port=port, processes=1, threads=4, with_worker=False)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(os.environ["PORT"]))
