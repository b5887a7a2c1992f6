"""The mini-program's pages, by their own tests: `node --test` runs them on a simulated telephone."""

import re
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
PASSED = re.compile(r"^# pass (\d+)$", re.MULTILINE)
AT_LEAST = 25


def test_pages() -> None:
    done = subprocess.run(
        ["node", "--test", "--test-reporter=tap", str(HERE / "pages.test.cjs")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    (passed,) = PASSED.findall(done.stdout)
    assert int(passed) >= AT_LEAST
