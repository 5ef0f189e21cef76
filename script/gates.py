"""What script/test runs: gates and tests, and coverage where it is asked for.

Every fault of a run is named.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Measured on demand: it makes the tests half as fast again, which CI has no room for.
COVERAGE_PERCENT = 95 if os.environ.get("YONGKE_COVERAGE") else None
PYTHON = sys.executable

GATES: dict[str, list[str]] = {
    "ruff": ["ruff", "check", "--quiet", "apps", "config", "script", "tests", "manage.py"],
    "ruff format": ["ruff", "format", "--check", "apps", "config", "script", "tests", "manage.py"],
    "mypy": ["mypy", "apps", "config", "script"],
    "import contracts": ["lint-imports"],
    "missing migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "system checks": [PYTHON, "manage.py", "check", "--fail-level", "WARNING"],
    "translations": [PYTHON, "-m", "script.messages", "--check"],
}


def run_gate(name: str, command: list[str]) -> bool:
    """Run one gate, its output on the terminal only when it fails; say whether it passed."""
    began = time.monotonic()
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - began
    print(f"{'✓' if done.returncode == 0 else '✗'} {name} ({seconds:.0f} s)", flush=True)
    if done.returncode:
        print(done.stdout, flush=True)
    return done.returncode == 0


def run_tests() -> tuple[bool, str]:
    """Run all tests; return whether they passed, and pytest's summary line."""
    for old in ROOT.glob(".coverage*"):
        old.unlink()
    processes = os.environ.get("YONGKE_TEST_PROCESSES", "3")
    measured = ["coverage", "run", "-m"] if COVERAGE_PERCENT else []
    command = [PYTHON, "-m", *measured, "pytest", "-n", processes]
    command += ["--dist", "worksteal", "--durations", "15", "-rsR"]
    summary = ""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as run:
        assert run.stdout is not None
        for line in run.stdout:
            print(line, end="", flush=True)
            if re.search(r"\b(passed|failed|errors?|no tests ran)\b.* in [\d.]+s", line):
                summary = line.strip()
    return run.returncode == 0, summary


def check_coverage() -> bool:
    """Join what the processes measured, print what was not run; say whether it is enough."""
    coverage = [PYTHON, "-m", "coverage"]
    subprocess.run([*coverage, "combine", "--quiet"], cwd=ROOT, check=False)
    report = [*coverage, "report", f"--fail-under={COVERAGE_PERCENT}"]
    return subprocess.run(report, cwd=ROOT, check=False).returncode == 0


def main() -> int:
    """Run everything; return 0 only when all of it holds. The last line is pytest's summary."""
    failed = [name for name, command in GATES.items() if not run_gate(name, command)]
    passed, summary = run_tests()
    if not passed:
        failed.append("tests")
    if COVERAGE_PERCENT and not check_coverage():
        failed.append(f"coverage of {COVERAGE_PERCENT} %")
    print(f"\n✗ failed: {', '.join(failed)}" if failed else "\n✓ all gates hold")
    print(summary or "pytest printed no summary", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
