"""What a refresh waits for and what the warehouse counts as the state of care leavers are the same extracts."""

import re
from pathlib import Path

from pipelines.refresh import TELLS_CARE_LEAVERS

MODEL = Path(__file__).parents[3] / "dbt_project" / "models" / "core" / "dim_extract.sql"


def test_the_refresh_and_the_model_name_the_same_extracts() -> None:
    (listed,) = re.findall(r"extract_name in \(([^)]*)\)", MODEL.read_text("utf-8"))
    assert set(re.findall(r"'(\w+)'", listed)) == set(TELLS_CARE_LEAVERS)
