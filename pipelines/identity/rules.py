"""The exact rules, in the order in which they are asked.

What belongs here: each rule's name, what it asks for in plain words, and the same as a condition on the table of
evidence. What does not: how evidence is gathered (`evidence`) and what follows from it (`exact_rules`).

The order is from the strongest evidence to the weakest. The first rule that anybody meets decides: if it points at one
person the record is linked, if it points at several it links nobody, and no weaker rule is asked. So a record of one of
two people with the same name and birthday is linked by a postcode that only one of them had, and otherwise not at all.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One written rule.

    Attributes:
        name: What `identity.person_link.method` says.
        description: The rule in one sentence.
        condition: The rule as a condition on `linkage_evidence (record, person, name_agreement, birth_agreement,
            postcode_agrees)`.
        by_postcode: Whether the rule rests on a shared postcode; such a link is not withdrawn for an NI number alone.
    """

    name: str
    description: str
    condition: str
    by_postcode: bool


RULES: tuple[Rule, ...] = (
    Rule(
        "name_birth_postcode",
        "Same forename and surname, same date of birth, and a postcode of the record in the person's history.",
        "name_agreement = 'same' and birth_agreement = 'same' and postcode_agrees",
        by_postcode=True,
    ),
    Rule(
        "reordered_name_birth_postcode",
        "The same parts of the name in another order or column, same date of birth, shared postcode.",
        "name_agreement = 'reordered' and birth_agreement = 'same' and postcode_agrees",
        by_postcode=True,
    ),
    Rule(
        "nickname_birth_postcode",
        "Same surname, forenames that are short for one another, same date of birth, shared postcode.",
        "name_agreement in ('nickname', 'broad_nickname') and birth_agreement = 'same' and postcode_agrees",
        by_postcode=True,
    ),
    Rule(
        "part_of_name_birth_postcode",
        "Two parts or more of the name, all of them in the longer name, same date of birth, shared postcode.",
        "name_agreement = 'part' and birth_agreement = 'same' and postcode_agrees",
        by_postcode=True,
    ),
    Rule(
        "name_swapped_birth_postcode",
        "Same forename and surname, date of birth with day and month swapped, shared postcode.",
        "name_agreement = 'same' and birth_agreement = 'day_month_swapped' and postcode_agrees",
        by_postcode=True,
    ),
    Rule(
        "name_birth",
        "Same forename and surname, same date of birth, and nobody else of that name and birthday.",
        "name_agreement = 'same' and birth_agreement = 'same'",
        by_postcode=False,
    ),
    Rule(
        "reordered_name_birth",
        "The same parts of the name in another order or column, same date of birth, and nobody else like it.",
        "name_agreement = 'reordered' and birth_agreement = 'same'",
        by_postcode=False,
    ),
    Rule(
        "nickname_birth",
        "Same surname, forenames one of which is short for the other alone, same date of birth, nobody else like it.",
        "name_agreement = 'nickname' and birth_agreement = 'same'",
        by_postcode=False,
    ),
)

# Asked after the rules above, of records still unlinked: case systems hold no NI number in practice, so a number is
# evidence only through a record that another rule has linked.
SHARED_NI_BIRTH = Rule(
    "shared_ni_birth",
    "Same NI number and date of birth as records that other rules link to one person.",
    "same_birth",
    by_postcode=False,
)
SHARED_NI_NAME = Rule(
    "shared_ni_name",
    "Same NI number and the same parts of the name as records that other rules link to one person.",
    "same_name",
    by_postcode=False,
)
