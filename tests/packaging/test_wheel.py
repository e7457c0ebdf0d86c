"""The built wheel, in an empty environment, runs the demo from another folder (issue: foundation)."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*arguments: str | Path, where: Path = ROOT) -> None:
    """Run this Python."""
    subprocess.run([sys.executable, *arguments], check=True, cwd=where)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the locked packages and the wheel, and nothing of the clone; yields its bin folder."""
    work = tmp_path_factory.mktemp("wheel")
    # A copy, because setuptools would pack what an earlier build left in the clone.
    left_out = shutil.ignore_patterns(".*", "build", "demo", "target", "*.egg-info", "__pycache__")
    shutil.copytree(ROOT, work / "source", ignore=left_out)
    run("-m", "build", "--wheel", "--no-isolation", "--outdir", work, where=work / "source")
    run("-m", "venv", work / "env")
    pip = (work / "env" / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-deps")
    subprocess.run([*pip, "--require-hashes", "-r", "requirements.lock"], check=True, cwd=ROOT)
    (wheel,) = work.glob("*.whl")
    subprocess.run([*pip, wheel], check=True)
    return work / "env" / "bin"


@pytest.mark.slow
def test_wheel_runs_the_demo_from_another_folder(installed: Path, tmp_path: Path) -> None:
    """Given only the wheel, when `lasting-homes demo` runs elsewhere, then both packs exist in three formats."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "LASTING_HOMES_"))}
    done = subprocess.run(
        [installed / "lasting-homes", "demo", "--home", tmp_path / "home", "--people", "60", "--json"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout)
    packs = sorted((tmp_path / "home" / "packs").rglob("*.*"))
    for pack in ("khog", "corporate_parenting_board"):
        for suffix in (".html", ".pdf", ".docx"):
            assert [path for path in packs if path.name.startswith(pack) and path.suffix == suffix], (pack, suffix)
