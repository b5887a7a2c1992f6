"""The engine is pure and comes cheap: a provider imports it at start, long before the first check."""

import subprocess
import sys

import pytest

HEAVY = ("numpy", "cv2", "onnxruntime", "onnx")
FOREIGN = ("idp", "flask", "sqlalchemy", "redis")


@pytest.mark.parametrize("work", ["", "liveness.ModelPack.load(sys.argv[1]); liveness.progress(c, [])"])
def test_importing_loads_neither_networks_nor_web(pack, work: str):
    code = (
        "import sys, random, datetime, liveness\n"
        "c = liveness.new_challenge(datetime.datetime.now(datetime.UTC), random=random.Random(1))\n"
        f"{work}\n"
        f"print(*(name for name in {HEAVY + FOREIGN} if name in sys.modules))"
    )
    directory = str(pack.one("detector").path.parent)
    done = subprocess.run([sys.executable, "-c", code, directory], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_reading_needs_no_web_either():
    code = (
        "import sys, liveness.reading, liveness.judging\n"
        f"print(*(name for name in {FOREIGN} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
