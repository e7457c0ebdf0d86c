"""Names made comparable: folding, particles, and the forms that are short for one another.

What belongs here: the DuckDB macros that turn a written name into keys, and the table of diminutives. What does not:
which agreement of names is enough for a link (`rules`).
"""

from pathlib import Path

import duckdb

NICKNAMES = Path(__file__).with_name("nicknames.csv")

# Small words that sources write before, after, joined to or apart from the name they belong to: "al-Hassan",
# "Al Hassan", "Hassan, al". They move to the front and are joined to what follows: every such spelling gives one key.
PARTICLES = frozenset(
    """
    abd abdel abdul abu al bin bint d da das de del della den der di do dos du e el fitz ibn l la las le lo los mac mc
    nic o ould st ter umm ur van von y zu
    """.split()  # noqa: SIM905 one word a line would hide the list
)

# Letters that carry no accent to strip, and the way English offices type them.
LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}


def make_name_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary macros `fold_name` and `name_key` in the connection.

    * `fold_name(text)`: lower case, no accents, apostrophes and full stops closed up, every other run of characters
      that are no letter or digit a single space; never null. Letters of other scripts stay as they are.
    * `name_key(text)`: the folded name with its particles in front and joined to the rest.
    """
    spelt_out = "strip_accents(lower(coalesce(name, '')))"
    for letter, spelling in LETTERS.items():
        spelt_out = f"replace({spelt_out}, '{letter}', '{spelling}')"
    connection.execute(
        f"""
        create or replace temp macro fold_name(name) as trim(
            regexp_replace(regexp_replace({spelt_out}, '[''’‘ʼʻ`´.]', '', 'g'), '[^\\p{{L}}\\p{{N}}]+', ' ', 'g')
        )
        """
    )
    particles = ", ".join(f"'{particle}'" for particle in sorted(PARTICLES))
    connection.execute(
        f"""
        create or replace temp macro name_key(name) as
            array_to_string(
                list_filter(string_split(fold_name(name), ' '), lambda word: word in ({particles})), ''
            )
            || array_to_string(
                list_filter(string_split(fold_name(name), ' '), lambda word: word not in ({particles})), ' '
            )
        """
    )


def make_nickname_table(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table `linkage_nickname (short_form, full_form)` from the CSV beside this module."""
    connection.execute(
        """
        create or replace temp table linkage_nickname as
        select distinct name_key(short_form) as short_form, name_key(full_form) as full_form
        from read_csv($path, header = true, auto_detect = false, delim = ',', quote = '"',
            columns = {'short_form': 'varchar', 'full_form': 'varchar'})
        """,
        {"path": str(NICKNAMES)},
    )
