"""A process that puts builds of one council into a lake, one after another, for tests to kill.

Arguments: the catalogue, the shared folder, the council, and the folders of builds in their order. Each build that the
lake has taken is said on a line of its own.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pipelines.lake import Lake, publish_to_lake
from pipelines.warehouse.build import Build

catalogue, data, council, *folders = sys.argv[1:]
for name in folders:
    folder = Path(name)
    publish_to_lake(Lake(catalogue, Path(data)), council, Build(folder.name, folder))
    print(folder.name, flush=True)
