"""No file over 400 lines: past that a room holds two things."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 400
SOURCES = {".py", ".js", ".css", ".html"}


def test_no_source_file_is_over_the_limit() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    files = [ROOT / name for name in listed.stdout.splitlines() if Path(name).suffix in SOURCES]
    assert files
    lengths = {str(f.relative_to(ROOT)): len(f.read_text("utf-8").splitlines()) for f in files if f.exists()}
    assert {name: lines for name, lines in lengths.items() if lines > LIMIT} == {}
