"""All forms of one authority, in the order of a young person's way through the protocol.

What belongs here: that order. What does not: any form's contents.
"""

from __future__ import annotations

from datetime import date

from pipelines.synthetic.lives import Life
from pipelines.synthetic.protocol import partners, planning, safeguards, sharing, tenancies
from pipelines.synthetic.protocol.records import Book
from pipelines.synthetic.reference import Reference
from pipelines.synthetic.rows import Row
from pipelines.synthetic.tables import TABLES

# Forms that few rows reach: they are sent every half year, the others every quarter.
QUIET = (
    "action_log",
    "commentary",
    "escalation",
    "home_survey",
    "identity_documents",
    "local_connection",
    "partner_return",
    "person_index",
    "protocol_review",
    "second_chance",
    "spoc",
)
FORMS = tuple(
    table.name for table in TABLES.values() if table.family == "protocol_forms" and table.name != "accommodation"
)
ABOUT_PEOPLE = (
    sharing.index_person,
    planning.plan_pathway,
    sharing.consent,
    sharing.refer,
    planning.decide_connection,
    planning.meet_panel,
    planning.get_ready,
    planning.meet_housing,
    tenancies.see_documents,
    tenancies.train,
    tenancies.follow_tenancies,
    tenancies.survey,
    safeguards.custody,
    safeguards.approve_bed_and_breakfast,
    safeguards.consider_intentionality,
    safeguards.escalate,
)


def fill(authority: str, lives: list[Life], ref: Reference, seed: int, span: tuple[date, date]) -> dict[str, list[Row]]:
    """Return form -> the versions of all its records.

    Args:
        authority: whose forms.
        lives: the people whom its team follows.
        ref: the seeds.
        seed: seed of the run.
        span: the launch of the forms and the last day of the run.
    """
    pattern = ref.pattern[authority]
    book = Book(authority, pattern, seed, *span, keeps_versions=pattern == "lancashire")
    for life in lives:
        for write in ABOUT_PEOPLE:
            write(book, life, ref)
    partners.keep(book, ref)
    return book.rows
