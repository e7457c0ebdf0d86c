"""What the model compares in two people, made for young people leaving care.

What belongs here: the comparisons, their levels, and what is expected of each before data are seen. What does not: how
the columns are made (`model_tables`), how the model is estimated (`model`).

The left side is a person of a case system, once per name and birthday ever held; the right side is a housing record.
Expected shares are the priors of the training: round numbers for what such sources are known to hold, not fitted to any
truth. `docs/identity.md` explains each comparison to the people who review.

The conditions are DuckDB's words, of which those that Spark lacks are made known to it
(`pipelines.scale.scoring_on_spark`); so a list is measured with `array_length` and read with `list_extract`.
"""

from pipelines.identity.model import Comparison, Level, ModelDesign

SAME_FORENAME = "(forename_l = forename_r or sound_forename_l = sound_forename_r)"
SAME_SURNAME = "(surname_l = surname_r or sound_surname_l = sound_surname_r)"
SHORT_FORM = (
    "(list_has_any(forename_variants_l, forename_variants_r)"
    " or (least(len(forename_l), len(forename_r)) >= 3"
    " and (starts_with(forename_l, forename_r) or starts_with(forename_r, forename_l))))"
)


def _typing_slip(column: str) -> str:
    """One letter wrong, missing, added or two letters exchanged, in a word long enough to tell.

    DuckDB counts bytes, so the question makes sense only where each letter is one: of scripts other than Latin it is
    not asked.
    """
    one_byte_each = " and ".join(f"strlen({column}_{side}) = len({column}_{side})" for side in "lr")
    return (
        f"(least(len({column}_l), len({column}_r)) >= 4 and {one_byte_each}"
        f" and damerau_levenshtein({column}_l, {column}_r) <= 1)"
    )


NAME = Comparison(
    "name",
    "array_length(parts_l) = 0 or array_length(parts_r) = 0",
    (
        Level("the same", "forename_l = forename_r and surname_l = surname_r", 0.72, 0.0002, "sound_name"),
        Level("the same, in another order", "parts_l = parts_r", 0.05, 0.00002),
        Level("sounds the same", "sounds_l = sounds_r", 0.07, 0.0002, "sound_name"),
        Level("a short form of the forename", f"{SHORT_FORM} and {SAME_SURNAME}", 0.07, 0.0001),
        Level(
            "one name holds the other",
            "least(array_length(sounds_l), array_length(sounds_r)) >= 2"
            " and (list_has_all(sounds_l, sounds_r) or list_has_all(sounds_r, sounds_l))",
            0.03,
            0.0002,
        ),
        Level(
            "a slip in typing",
            f"({SAME_FORENAME} and {_typing_slip('surname')}) or ({_typing_slip('forename')} and {SAME_SURNAME})",
            0.025,
            0.0002,
        ),
        Level("forename only", f"{SAME_FORENAME} or {SHORT_FORM}", 0.015, 0.01, "sound_forename"),
        Level("surname only", SAME_SURNAME, 0.005, 0.006, "sound_surname"),
        Level("a part in common", "list_has_any(sounds_l, sounds_r)", 0.01, 0.003),
        Level("different", "else", 0.005, 0.98),
    ),
)
# Two records that share a surname, a birthday and a home may be twins': never linked without a look at the forename.
NEVER_ALONE = ("surname only", "a part in common", "different")

BIRTH = Comparison(
    "birth",
    "birth_l is null or birth_r is null",
    (
        Level("the same", "birth_l = birth_r and not (month(birth_l) = 1 and day(birth_l) = 1)", 0.89, 0.0002),
        Level("the same, a 1 January", "birth_l = birth_r", 0.06, 0.0002),
        Level(
            "day and month exchanged",
            "year(birth_l) = year(birth_r) and month(birth_l) = day(birth_r) and day(birth_l) = month(birth_r)",
            0.01,
            0.0001,
        ),
        Level(
            "one digit different",
            "hamming(strftime(birth_l, '%Y%m%d'), strftime(birth_r, '%Y%m%d')) = 1"
            " or (abs(year(birth_l) - year(birth_r)) = 1 and strftime(birth_l, '%m%d') = strftime(birth_r, '%m%d'))",
            0.015,
            0.002,
        ),
        Level(
            "one side an assigned 1 January",
            "abs(year(birth_l) - year(birth_r)) <= 1"
            " and (strftime(birth_l, '%m%d') = '0101' or strftime(birth_r, '%m%d') = '0101')",
            0.008,
            0.004,
        ),
        Level("within 200 days", "birth_l between birth_r - 200 and birth_r + 200", 0.01, 0.05),
        Level("different", "else", 0.007, 0.9435),
    ),
)
POSTCODE = Comparison(
    "postcode",
    "array_length(postcodes_l) = 0 or array_length(postcodes_r) = 0",
    (
        Level("one in common", "list_has_any(postcodes_l, postcodes_r)", 0.75, 0.001),
        Level("the same sector", "list_has_any(sectors_l, sectors_r)", 0.1, 0.02),
        Level("different", "else", 0.15, 0.979),
    ),
)
NI_NUMBER = Comparison(
    "ni_number",
    "array_length(ni_numbers_l) = 0 or array_length(ni_numbers_r) = 0",
    (
        Level("the same", "list_has_any(ni_numbers_l, ni_numbers_r)", 0.97, 0.00001),
        Level(
            "one digit different",
            "hamming(list_extract(ni_numbers_l, 1), list_extract(ni_numbers_r, 1)) = 1",
            0.02,
            0.0001,
        ),
        Level("different", "else", 0.01, 0.99989),
    ),
)
ADVISER = Comparison(
    "adviser",
    "array_length(advisers_l) = 0 or array_length(advisers_r) = 0",
    (
        Level("the same", "list_has_any(advisers_l, advisers_r)", 0.5, 0.03),
        Level("different", "else", 0.5, 0.97),
    ),
)
CARE = Comparison(
    "care_leaver",
    "care_claim_r is null",
    (
        Level("said to be of this council", "list_contains(councils_l, care_claim_r)", 0.5, 0.25),
        Level("said to be a care leaver", "care_claim_r = 'leaver'", 0.35, 0.15),
        Level("said to be none", "care_claim_r = 'none'", 0.05, 0.4),
        Level("said to be of another council", "else", 0.1, 0.2),
    ),
)
PLACE = Comparison(
    "county",
    "array_length(councils_l) = 0 or array_length(councils_r) = 0",
    (
        Level("the same", "list_has_any(councils_l, councils_r)", 0.98, 0.55),
        Level("another", "else", 0.02, 0.45),
    ),
)

COUNTY_MODEL = ModelDesign(
    comparisons=(NAME, BIRTH, POSTCODE, NI_NUMBER, ADVISER, CARE, PLACE),
    # Two agreements of three (birthday, name, home) leave hardly a stranger, so each session sees how one person's
    # third is written in different places. A session on birthdays alone would see strangers of one 1 January.
    training=(
        "l.birth = r.birth and list_has_any(l.postcodes, r.postcodes)",
        "l.sound_name = r.sound_name and list_has_any(l.postcodes, r.postcodes)",
        "l.sound_name = r.sound_name and l.birth = r.birth",
    ),
)
