"""A wrong setting, or a database that cannot be used, ends a command with a sentence and never with a traceback."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.wording import ROOT
from training.settings import Settings, SettingsError


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://host/name"),
        ("DATABASE_URL", "postgresql://user@host:port/name"),
        ("ANNING_PUBLIC_URL", "http://["),
        ("ANNING_PUBLIC_URL", "http://a b/"),
        ("ANNING_PUBLIC_URL", "https://host:99999"),
        ("ANNING_PUBLIC_URL", "ftp://host"),
        ("ANNING_TIME_ZONE", "Asia"),
        ("ANNING_TIME_ZONE", "Nowhere/Nothing"),
        ("ANNING_TRUSTED_PROXIES", "11"),
        ("ANNING_SECRET_KEY", "short"),
        ("ANNING_DATA_DIR", "/etc/passwd"),
        ("ANNING_LOG_LEVEL", "LOUD"),
        ("ANNING_SAMPLE_MODE", "perhaps"),
        ("PORT", "0"),
        ("PORT", "9" * 5000),
        ("PORT", "-1"),
    ],
)
def test_a_wrong_setting_is_told_by_name(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_environ({"ANNING_DATA_DIR": str(tmp_path), name: text})


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    keys: set[str] = set()
    barrier = threading.Barrier(8)

    def start() -> None:
        barrier.wait()
        keys.add(Settings.from_environ({"ANNING_DATA_DIR": str(tmp_path)}).secret_key)

    threads = [threading.Thread(target=start) for _process in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["identity_key", "secret_key"]
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_an_empty_key_signs_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch()
    with pytest.raises(SettingsError, match="secret_key"):
        Settings.from_environ({"ANNING_DATA_DIR": str(tmp_path)})


def test_another_port_on_the_command_line_is_the_one_printed_on_certificates(tmp_path: Path) -> None:
    environ = {"ANNING_DATA_DIR": str(tmp_path), "PORT": "8001"}
    assert Settings.from_environ(environ).public_url_on(9000) == "http://localhost:9000"
    known = Settings.from_environ({**environ, "ANNING_PUBLIC_URL": "https://anning.example.org/"})
    assert known.public_url_on(9000) == "https://anning.example.org"


@pytest.mark.parametrize(
    ("url", "command", "words"),
    [
        ("", ["reports", "completion"], "anning init-db"),
        ("", ["schema", "downgrade", "nonsense"], "nonsense"),
        ("postgresql://somebody:secret@127.0.0.1:1/nowhere", ["init-db"], "DATABASE_URL"),
    ],
)
def test_a_database_that_cannot_be_used_is_told(tmp_path: Path, url: str, command: list[str], words: str) -> None:
    environ = {"ANNING_DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin", "DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, "-c", "from wsgi import main; main()", *command],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr
