"""The servers that im-server is held against, as Debian has them: how each is installed, set up, started and stopped. None of
them is held back: limits on how much one client may say are lifted."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STARTS_SECONDS_MAX = 20
STOPS_SECONDS_MAX = 10

# Debian asks this program whether it may start what it installs.
POLICY = Path("/usr/sbin/policy-rc.d")
POLICY_NO = "#!/bin/sh\nexit 101\n"

NGIRCD = """[Global]
Name = irc.example.org
Info = measured
Listen = 127.0.0.1
Ports = {port}
MotdPhrase = hello
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxPenaltyTime = 0
PingTimeout = 3600
[Options]
DNS = no
Ident = no
PAM = no
"""

INSPIRCD = """<config format="xml">
<server name="irc.example.org" description="measured" network="measured">
<admin name="nobody" nick="nobody" email="nobody@example.org">
<bind address="127.0.0.1" port="{port}" type="clients">
<connect name="all" allow="*" timeout="60" pingfreq="3600" threshold="1000000000" commandrate="1000000000" fakelag="no"
 softsendq="1000000000" hardsendq="1000000000" recvq="1000000" localmax="1000000" globalmax="1000000" limit="1000000"
 maxchans="100" resolvehostnames="no" useident="no" maxconnwarn="no">
<performance softlimit="1000000" somaxconn="1024" timeskipwarn="0">
<pid file="{folder}/pid">
<log method="file" type="* -USERINPUT -USEROUTPUT" level="sparse" target="{folder}/log">
"""

MOSQUITTO = """listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_inflight_messages 0
max_queued_messages 0
set_tcp_nodelay true
log_type error
"""


class Peer:
    """One of them."""

    def __init__(self, name, package, dialect, config, command, version, rooms=True, slow_door=False):
        self.name = name
        self.package = package
        self.dialect = dialect
        # Whether those who speak hear, too: then it can do rooms in which anybody speaks.
        self.rooms = rooms
        # It lets people in once a second: thousands, one after another, would take hours.
        self.slow_door = slow_door
        self._config = config
        self._command = command
        self._version = version

    def program(self):
        return shutil.which(self._command[0], path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")

    def version(self):
        told = subprocess.run([self.program(), self._version], capture_output=True, text=True)
        words = (told.stdout + told.stderr).replace("v=", " ").replace("-", " ").split()
        return next((word.strip("v") for word in words if word.strip("v")[:1].isdigit()), "")

    def start(self):
        return Running(self)

    def command(self, port, folder):
        """What starts it, in a folder that vanishes."""
        config = folder / "config"
        config.write_text(self._config.format(port=port, folder=folder))
        folder.chmod(0o777)  # some of them become somebody else
        return [self.program()] + [word.format(port=port, folder=folder, config=config) for word in self._command[1:]]


class Running:
    """A peer that runs until the end of a `with`."""

    def __init__(self, peer):
        self.peer = peer

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.port = free_port()
        folder = Path(self.folder.name)
        self.log = open(folder / "said", "w+")
        command = self.peer.command(self.port, folder)
        self.process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        if not answers(self.port, self.process):
            self.log.seek(0)
            said = self.log.read()
            self.__exit__()
            raise RuntimeError(f"{self.peer.name} does not listen: {said[-2000:]}")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(STOPS_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        self.folder.cleanup()

    def arguments(self):
        """How the generator finds it."""
        pid = str(self.process.pid)
        return ["--addr", f"127.0.0.1:{self.port}", "--pid", pid, "--dialect", self.peer.dialect, "--name", self.peer.name]


PEERS = [
    Peer("ngIRCd", "ngircd", "irc", NGIRCD, ["ngircd", "-n", "-f", "{config}"], "--version"),
    Peer("InspIRCd", "inspircd", "irc", INSPIRCD, ["inspircd", "--nofork", "--runasroot", "--config", "{config}"], "--version",
         slow_door=True),
    Peer("NATS", "nats-server", "nats", "", ["nats-server", "-a", "127.0.0.1", "-p", "{port}"], "--version"),
    Peer("Redis", "redis-server", "redis", "bind 127.0.0.1\nport {port}\nsave \"\"\nappendonly no\nmaxclients 100000\n"
         "client-output-buffer-limit pubsub 0 0 0\n", ["redis-server", "{config}"], "--version", rooms=False),
    Peer("Mosquitto, QoS 1", "mosquitto", "mqtt", MOSQUITTO, ["mosquitto", "-c", "{config}"], "-h"),
]


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def answers(port, process):
    """Whether it listens, as soon as it does."""
    until = time.monotonic() + STARTS_SECONDS_MAX
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            time.sleep(0.02)
    return False


def installed(install):
    """Those that are there; the others are installed before, if they may."""
    missing = [peer for peer in PEERS if peer.program() is None]
    if missing and install:
        apt_get([peer.package for peer in missing])
    for peer in PEERS:
        if peer.program() is None:
            print(f"{peer.name} is not installed (apt-get install {peer.package}): left out", file=sys.stderr)
    return [peer for peer in PEERS if peer.program()]


def apt_get(packages):
    """Installs packages whose services Debian does not start: not now, and not with the machine."""
    as_root = [] if os.geteuid() == 0 else ["sudo"]
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    had_policy = POLICY.exists()
    if not had_policy:
        subprocess.run(as_root + ["tee", str(POLICY)], input=POLICY_NO, text=True, check=True, stdout=subprocess.DEVNULL)
        subprocess.run(as_root + ["chmod", "755", str(POLICY)], check=True)
    try:
        subprocess.run(as_root + ["apt-get", "update", "-q"], check=True, env=quiet)
        command = ["apt-get", "install", "-q", "-y", "--no-install-recommends"]
        subprocess.run(as_root + command + packages, check=True, env=quiet)
    finally:
        if not had_policy:
            subprocess.run(as_root + ["rm", "-f", str(POLICY)], check=True)
    for package in packages:
        # Where there is no systemd there is nothing to switch off.
        subprocess.run(as_root + ["systemctl", "disable", "--now", package], capture_output=True)
