"""Who is who across the systems: one stable pseudonymous key for each person.

What belongs here: deciding which case-system ids are one person, which person an application or a homelessness
case belongs to, and the key that stands for the person from here on. What does not: reading files (landing),
counting (the warehouse), and any name or date of birth in a result: those stay in the schema `landing`.

`link` is the one step; a `Linker` makes its decisions. `RulesThenModel` is the pipeline's: exact rules, a model for
what they leave open, and people for what neither settles. `ExactRules` decides by written rules alone, `GivenLinks`
takes the decisions from a file. `decisions` holds what people decided, which overrides any linker. `evaluate` measures
links against known ones.
"""

from pipelines.identity.changes import record_affected_figures, record_person_changes
from pipelines.identity.exact_rules import ExactRules
from pipelines.identity.given_links import GivenLinks
from pipelines.identity.linker import Linker
from pipelines.identity.linking import LinkCount, LinkReport, link
from pipelines.identity.quality import LinkQuality, QualityRow, evaluate
from pipelines.identity.rules import RULES, Rule
from pipelines.identity.rules_then_model import RulesThenModel, Thresholds

__all__ = [
    "RULES",
    "ExactRules",
    "GivenLinks",
    "LinkCount",
    "LinkQuality",
    "LinkReport",
    "Linker",
    "QualityRow",
    "Rule",
    "RulesThenModel",
    "Thresholds",
    "evaluate",
    "link",
    "record_affected_figures",
    "record_person_changes",
]
