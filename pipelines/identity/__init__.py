"""Who is who across the systems: one stable pseudonymous key for each person.

What belongs here: deciding which case-system ids are one person, which person an application or a homelessness
case belongs to, and the key that stands for the person from here on. What does not: reading files (landing),
counting (the warehouse), and any name or date of birth in a result: those stay in the schema `landing`.

`link` is the one step; a `Linker` makes its decisions. `ExactRules` decides by written rules, `GivenLinks` takes the
decisions from a file. `evaluate` measures a linker against the generator's truth; the pipeline never calls it.
"""

from pipelines.identity.exact_rules import ExactRules
from pipelines.identity.given_links import GivenLinks
from pipelines.identity.linker import Linker
from pipelines.identity.linking import LinkCount, LinkReport, link
from pipelines.identity.quality import LinkQuality, QualityRow, evaluate
from pipelines.identity.rules import RULES, Rule

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
    "evaluate",
    "link",
]
