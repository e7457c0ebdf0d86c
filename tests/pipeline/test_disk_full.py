"""A disk that is full, for real: a file system of a few megabytes on which a home lies.

Whatever is being written then, an error that says so is all that comes of it; with room again the next run is clean.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from small_homes import Extracts, make_home

pytestmark = pytest.mark.slow
# In a namespace of its own: makes the file system, fills it, and does the work before and after making room.
PROGRAM = """
import subprocess, sys
from datetime import UTC, datetime
from pathlib import Path

source, work = Path(sys.argv[1]), Path(sys.argv[2])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", work], check=True)
root = work / "home"
subprocess.run(["cp", "-r", source, root], check=True)

import killed_work
from pipelines.landing.store import parquet_of, read_receipts
from pipelines.settings import Home
from pipelines.warehouse.build import builds, discard_half_builds
from pipelines.warehouse.publish import publish, published_build

home = Home(root)
publish(home, killed_work.releasable(home, datetime.now(UTC)), keep=2)


def filled(kilobytes):
    ballast = work / "ballast"
    try:
        with ballast.open("wb") as file:
            while True:
                file.write(b"x" * 1024)
                file.flush()
    except OSError:
        pass
    with ballast.open("r+b") as file:
        file.truncate(ballast.stat().st_size - kilobytes * 1024)
    return ballast


def another_build(_):
    publish(home, killed_work.releasable(home, datetime.now(UTC)), keep=2)


failed = 0
for kilobytes in (0, 8, 24, 48, 80):
    ballast = filled(kilobytes)
    for work_of in (killed_work.land_inbox, another_build):
        try:
            work_of(str(root))
        except Exception as error:
            failed += 1
            assert "space left" in str(error), repr(error)
    ballast.unlink()
    for load in read_receipts(home):
        assert parquet_of(home, "accepted", load).stat().st_size > 0
    assert published_build(home).is_good
    for build in builds(home):
        if build.is_good:
            assert (build.figures / "public.parquet").read_bytes().endswith(b"PAR1")
    discard_half_builds(home)
assert failed >= 5, failed
killed_work.land_inbox(str(root))
assert not [path for path in home.inbox.rglob("*") if path.is_file()], "everything landed once there was room"
assert {load.name for load in read_receipts(home)} == {"case_system__ssd_address", "homelessness__cases"}
print("whole", failed)
"""


def test_a_full_disk_stops_the_work_and_loses_nothing(small_extracts: Extracts, tmp_path: Path) -> None:
    """Given a disk with room for some of the files that are written, then the work fails, and is whole afterwards."""
    home = make_home(tmp_path / "home")
    for place in ("case_system/kent/ssd_address_*", "homelessness/E07000108/*_cases_*"):
        (path, *_) = sorted(path for path in small_extracts.inbox.glob(place) if path.suffix != ".yml")
        target = home.inbox / path.relative_to(small_extracts.inbox)
        target.parent.mkdir(parents=True)
        for one in (path, path.with_name(f"{path.name}.meta.yml")):
            shutil.copy(one, target.with_name(one.name))
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", sys.executable, "-c", PROGRAM, str(home.root), str(disk)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.startswith("whole")
