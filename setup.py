"""Carry dbt_project and reports into the wheel as data; everything else is in pyproject.toml."""

from pathlib import Path

from setuptools import setup

ROOT = Path(__file__).parent
SHARED = "share/lasting-homes"
LEFT_OUT = {"target", "logs", "__pycache__"}


def data_files() -> list[tuple[str, list[str]]]:
    """List every file under the two folders, grouped by folder, as setuptools wants them."""
    groups: dict[str, list[str]] = {}
    for folder in ("dbt_project", "reports"):
        for path in sorted((ROOT / folder).rglob("*")):
            relative = path.relative_to(ROOT)
            if path.is_file() and not LEFT_OUT & set(relative.parts):
                groups.setdefault(f"{SHARED}/{relative.parent.as_posix()}", []).append(relative.as_posix())
    return sorted(groups.items())


setup(data_files=data_files())
