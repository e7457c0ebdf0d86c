"""What a pack says: figures in, Markdown and pictures out.

What belongs here: looking figures up, and turning them into sentences, tables, charts and alternative texts, for any
authority. The Python cells of `reports/*.qmd` use the names below and nothing else.
What does not: counting anything (the figures file is the only source), deciding what may be shown (its `status` is),
executing documents or converting them (`pipelines.rendering`), and words that belong to one pack (its `.qmd`).
"""

from pipelines.rendering.story.breakdowns import (
    Counted,
    bed_and_breakfast_table,
    breakdown_table,
    composition,
    district_grid,
    district_table,
    split_table,
)
from pipelines.rendering.story.changes import what_changed
from pipelines.rendering.story.commentary import action_log, commentary
from pipelines.rendering.story.comparators import comparators
from pipelines.rendering.story.facts import (
    Line,
    cohort_sentence,
    cohort_table,
    forecast_table,
    lines_table,
    parts_sentence,
    shares_table,
)
from pipelines.rendering.story.headlines import headline_sentences, headline_table, ratings, standing, trend_section
from pipelines.rendering.story.links import link_changes, link_methods, link_quality, link_table
from pipelines.rendering.story.pack import Pack
from pipelines.rendering.story.people import people_in, people_overdue
from pipelines.rendering.story.pictures import calendar_section, districts_over_time, stacked_section
from pipelines.rendering.story.plain import plain_homes, plain_promises, plain_shares, plain_when
from pipelines.rendering.story.promises import promises_table, where_promised
from pipelines.rendering.story.quality import (
    colophon,
    coverage_table,
    definitions,
    missing_explained,
    restated_table,
    run_table,
    sender_table,
    symbols,
)

__all__ = [
    "Counted",
    "Line",
    "Pack",
    "action_log",
    "bed_and_breakfast_table",
    "breakdown_table",
    "calendar_section",
    "cohort_sentence",
    "cohort_table",
    "colophon",
    "commentary",
    "comparators",
    "composition",
    "coverage_table",
    "definitions",
    "district_grid",
    "district_table",
    "districts_over_time",
    "forecast_table",
    "headline_sentences",
    "headline_table",
    "lines_table",
    "link_changes",
    "link_methods",
    "link_quality",
    "link_table",
    "missing_explained",
    "parts_sentence",
    "people_in",
    "people_overdue",
    "plain_homes",
    "plain_promises",
    "plain_shares",
    "plain_when",
    "promises_table",
    "ratings",
    "restated_table",
    "run_table",
    "sender_table",
    "shares_table",
    "split_table",
    "stacked_section",
    "standing",
    "symbols",
    "trend_section",
    "what_changed",
    "where_promised",
]
