"""The remote behind a real sshd on a loopback port, with keys of its own: fetches and journals go through it, and so does
what comes after a kill."""

from __future__ import annotations

import getpass
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest
from tests.torture.aftermath import healed, journal
from tests.torture.dice import LONG, games
from tests.torture.scenes import Scene

SSHD = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
SETTINGS = """Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/own.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
"""

pytestmark = pytest.mark.skipif(not (SSHD and shutil.which("ssh")), reason="sshd is not installed")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Where a server listens, and how ssh is called to reach it."""
    folder = tmp_path_factory.mktemp("sshd")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for name in ("host", "own"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    (folder / "settings").write_text(SETTINGS.format(port=port, folder=folder))
    options = "-F none -o BatchMode=yes -o StrictHostKeyChecking=no -o IdentitiesOnly=yes"
    ssh = f"ssh {options} -o UserKnownHostsFile={folder}/known -i {folder}/own -p {port}"
    log = folder / "log"  # a pipe that nobody reads would stop the server once it is full
    with subprocess.Popen([str(SSHD), "-D", "-E", str(log), "-f", str(folder / "settings")]) as process:
        user = f"{getpass.getuser()}@127.0.0.1"
        if not answers(f"{ssh} {user} git --version", process):
            process.kill()
            pytest.skip(
                f"sshd lets nobody in here: {log.read_text()[-200:].strip() if log.exists() else 'it says nothing'}"
            )
        yield f"ssh://{user}:{port}", ssh
        process.kill()


def answers(call: str, process: subprocess.Popen[bytes]) -> bool:
    for _ in range(40):
        if process.poll() is not None:
            return False
        if subprocess.run(call.split(), capture_output=True, check=False).returncode == 0:
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def behind_ssh(scene: Scene, server: tuple[str, str]) -> Scene:
    address, ssh = server
    scene.company.git("remote", "set-url", "origin", f"{address}{scene.company.remote}")
    env = {"GIT_SSH_COMMAND": ssh, "GIT_ALLOW_PROTOCOL": "file:ssh"}
    return replace(scene, hooks=replace(scene.hooks, env=env))


def test_journals_are_fetched_and_written_through_ssh(behind_ssh: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in behind_ssh.hooks.env.items():
        monkeypatch.setenv(name, value)
    own = journal(behind_ssh.company.root, "v")
    before = own.read()
    own.append([{"type": "resolved", "commit": "x"}])
    assert len(before) > 0 and own.read()[:-1] == before


@pytest.mark.skipif(not LONG, reason="make torture: it takes minutes")
@pytest.mark.parametrize("seed", games(1))
def test_a_run_that_was_killed_behind_ssh_is_finished_by_the_next(behind_ssh: Scene, seed: int) -> None:
    place = f"while git {Random(seed).randint(1, 24)}"
    assert behind_ssh.hooks.killed(behind_ssh.company.root, place)
    healed(behind_ssh, place)
