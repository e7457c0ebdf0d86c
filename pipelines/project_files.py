"""Where the files lie that are not Python: the dbt project, the packs' sources, the documents, what servers need.

What belongs here: finding them, in a clone (beside `pipelines/`) and in an installed wheel (in the data folder of the
environment). What does not: anything of a home, which `pipelines.settings` knows.
"""

import sysconfig
from pathlib import Path


class ProjectFilesNotFoundError(Exception):
    """Files that ship with the program are not where it was installed."""


def project_folder(name: str) -> Path:
    """Return the folder `name` ("dbt_project", "reports", "docs", "deploy") that ships with this program.

    Raises ProjectFilesNotFoundError when neither the clone nor the environment holds it.
    """
    beside_the_package = Path(__file__).resolve().parent.parent / name
    in_the_environment = Path(sysconfig.get_path("data")) / "share" / "lasting-homes" / name
    for folder in (beside_the_package, in_the_environment):
        if folder.is_dir():
            return folder
    raise ProjectFilesNotFoundError(
        f"The folder {name}/ is missing: looked at {beside_the_package} and {in_the_environment}. "
        "Install the package again from its wheel, or run from a complete clone."
    )


def dbt_project() -> Path:
    """Return the folder of the dbt project `lasting_homes`."""
    return project_folder("dbt_project")


def reports() -> Path:
    """Return the folder of the packs' sources."""
    return project_folder("reports")
