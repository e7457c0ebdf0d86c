"""Carry what is not Python into the wheel as data: the dbt project, the packs, the documents, what servers need."""

from pathlib import Path

from setuptools import setup

ROOT = Path(__file__).parent
SHARED = "share/lasting-homes"
FOLDERS = ("dbt_project", "reports", "docs", "deploy")
LEFT_OUT = {"target", "logs", "__pycache__", "pictures", "decisions"}


def data_files() -> list[tuple[str, list[str]]]:
    """List every file under these folders, grouped by folder, as setuptools wants them."""
    groups: dict[str, list[str]] = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            relative = path.relative_to(ROOT)
            if path.is_file() and not LEFT_OUT & set(relative.parts):
                groups.setdefault(f"{SHARED}/{relative.parent.as_posix()}", []).append(relative.as_posix())
    return sorted(groups.items())


setup(data_files=data_files())
