"""How well people were found across the systems: what was linked and how, how often that is right, what changed.

What belongs here: the tables and sentences of the run's links, of which every number is a count or share of the whole
run. What does not: deciding what may be shown (`pipelines.disclosure.run_counts`), measuring (`pipelines.identity`).
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.disclosure.run_counts import hidden_counts
from pipelines.rendering.story.figures import MARKERS
from pipelines.rendering.story.link_facts import LinkFacts, PairCounts
from pipelines.rendering.story.markdown import Column, Markdown, bullets, escape, paragraphs
from pipelines.rendering.story.pack import Pack

PUBLIC = "public"
HIDDEN = MARKERS["c"]
NOTHING = MARKERS["z"]
RECORDS = {("lettings", "applications"): "Housing applications", ("homelessness", "cases"): "Homelessness cases"}
OUTCOMES = {"linked": "Linked to a person", "review": "Wait for a person to decide", "unlinked": "Not linked"}
WAYS = {"rule": "An exact rule", "model": "The model", "people": "People’s decisions"}
CHANGES = {
    "linked": "Housing records that have a person now",
    "unlinked": "Housing records that have none any more",
    "moved": "Housing records that are somebody else’s now",
    "merged": "Case-system ids found to be a person’s who has another id",
    "split": "Case-system ids found not to be that person’s",
}
GROUPS = {
    ("former_uasc", "yes"): "Former unaccompanied children",
    ("former_uasc", "no"): "Others",
    ("former_uasc", "not_known"): "Not known whether former unaccompanied children",
}


def link_table(pack: Pack) -> Markdown:
    """Return the housing records by kind and outcome, and all of them."""
    links = pack.figures.build.links
    if links.counts is None:
        return Markdown("This build is older than the facts of this section: `lasting-homes refresh` makes a new one.")
    totals = {outcome: sum(links.records(outcome, family) for family in RECORDS) for outcome in OUTCOMES}
    cells = {outcome: _shown(pack, [links.records(outcome, family) for family in RECORDS]) for outcome in OUTCOMES}
    whole = {outcome: HIDDEN if _too_small(pack, number) else f"{number:,}" for outcome, number in totals.items()}
    rows = []
    for place, (family, words) in enumerate(RECORDS.items()):
        row = [
            pack.note(f"links/{family[1]}/{outcome}", HIDDEN if whole[outcome] == HIDDEN else cells[outcome][place])
            for outcome in OUTCOMES
        ]
        rows.append([words, *row])
    total = ["All", *(pack.note(f"links/all/{outcome}", whole[outcome]) for outcome in OUTCOMES)]
    columns = [Column("Housing records", 4, numbers=False), *(Column(words, 3) for words in OUTCOMES.values())]
    return pack.table(
        "links", "Housing records by whether their person was found, the whole run", columns, rows, total=total
    )


def link_methods(pack: Pack) -> Markdown:
    """Return the linked records by what linked them, with shares."""
    links = pack.figures.build.links
    if links.counts is None:
        return Markdown("")
    numbers = [links.linked_by(way) for way in WAYS]
    whole = sum(numbers)
    rows = []
    for (way, words), number, text in zip(WAYS.items(), numbers, _shown(pack, numbers), strict=True):
        share = HIDDEN if text == HIDDEN else _share(number, whole, 1)
        rows.append([words, pack.note(f"links/by/{way}", text), pack.note(f"links/by/{way}/share", share)])
    columns = [Column("Linked by", 5, numbers=False), Column("Records", 2), Column("Share of all linked", 2)]
    return pack.table("link-methods", "How linked records found their person, the whole run", columns, rows)


def link_quality(pack: Pack) -> Markdown:
    """Return how often links are right and how many were found, whole and by group, measured on known links.

    Without known links it says that nothing was measured, and where the method was.
    """
    links = pack.figures.build.links
    if links.pairs is None:
        return Markdown(
            "How many of these links are right is not known for this run: it had no known links to compare with. The "
            "method is measured on made-up people whose true links are known; its documentation says how well it did. "
            "A council that judges a sample of its own links finds the answer here (setting `known_links`)."
        )
    everybody = links.pairs_of("all", "all")
    by_uasc = [one for value in ("yes", "no", "not_known") for one in links.pairs if one.of("former_uasc", value)]
    names = {value: pack.figures.labels.value("*", "ethnic_group", value) for value in _values(links)}
    by_group = [one for value in names for one in links.pairs if one.of("ethnic_group", value)]
    groups = (
        [("All housing records", everybody)],
        [(GROUPS["former_uasc", one.value], one) for one in by_uasc],
        [(f"Ethnic group: {names[one.value]}", one) for one in by_group],
    )
    rows = [_quality_row(pack, *row) for group in groups for row in _with_hidden(pack, group)]
    columns = [
        Column("People behind the records", 5, numbers=False),
        Column("Pairs that belong together", 3),
        Column("Links that are right", 3),
        Column("Pairs that were linked", 3),
    ]
    measured = pack.table("link-quality", "Links compared with known links, the whole run", columns, rows)
    return paragraphs(measured, bullets(_errors(pack, links)), _gap(pack, links))


def link_changes(pack: Pack) -> Markdown:
    """Return what is different in who is who since the build before, and how many figures that moved."""
    links = pack.figures.build.links
    if not links.changes:
        return Markdown("Nobody is linked differently than in the build before this one, or there was none.")
    rows = [
        [words, pack.note(f"links/changes/{kind}", HIDDEN if _too_small(pack, number) else f"{number:,}")]
        for kind, words in CHANGES.items()
        if (number := links.changes.get(kind, 0))
    ]
    columns = [Column("Changed since the build before", 6, numbers=False), Column("Number", 2)]
    moved = pack.note("links/figures_affected", f"{links.figures_affected:,}")
    return paragraphs(
        pack.table("link-changes", "Changes in who is who, the whole run", columns, rows),
        f"Quarterly totals in which these people count differently than before: {moved}. The command "
        "`lasting-homes review --changes` lists each change with the figures that it moved, before and after.",
    )


def _values(links: LinkFacts) -> Sequence[str]:
    order = ("asian", "black", "mixed", "white", "other", "not_known")
    found = {one.value for one in links.pairs or () if one.group == "ethnic_group"}
    return [value for value in order if value in found]


def _with_hidden(pack: Pack, rows: Sequence[tuple[str, PairCounts]]) -> list[tuple[str, PairCounts, bool]]:
    """Return the rows, each with whether too few pairs stand behind it to be shown, or it keeps such a row company."""
    hidden = _hidden(pack, [one.true_pairs for _, one in rows])
    return [(name, one, place in hidden) for place, (name, one) in enumerate(rows)]


def _quality_row(pack: Pack, name: str, one: PairCounts, hide: bool) -> list[str]:
    texts = {
        "true_pairs": f"{one.true_pairs:,}",
        "precision": _share(one.right_pairs, one.made_pairs, 2),
        "recall": _share(one.right_pairs, one.true_pairs, 1),
    }
    where = f"links/quality/{one.group}/{one.value}"
    return [name, *(pack.note(f"{where}/{what}", HIDDEN if hide else text) for what, text in texts.items())]


def _errors(pack: Pack, links: LinkFacts) -> list[str]:
    def number(what: str, count: int) -> str:
        return escape(pack.note(f"links/quality/{what}", HIDDEN if _too_small(pack, count) else f"{count:,}"))

    split, mixed = number("people_split", links.people_split), number("people_mixed", links.people_mixed)
    waits = pack.note("links/quality/review_share", _percent(links.review_share, 1))
    return [
        f"People whose ids and records stand under more than one key: {split}.",
        f"Keys under which more than one person stands: {mixed}.",
        f"Records that wait for a person to decide: {waits} of all.",
    ]


def _gap(pack: Pack, links: LinkFacts) -> str:
    """Return how far former unaccompanied children are behind; a method that fails some people is unfair to them."""
    theirs, others = links.pairs_of("former_uasc", "yes"), links.pairs_of("former_uasc", "no")
    if min(theirs.true_pairs, others.true_pairs) < (pack.figures.build.threshold if _public(pack) else 1):
        return ""
    gap = round(100 * (others.right_pairs / others.true_pairs - theirs.right_pairs / theirs.true_pairs), 1)
    points = pack.note("links/quality/former_uasc_gap", f"{abs(gap):.1f}")
    where = "behind" if gap > 0 else "ahead of"
    return (
        f"Of the pairs of former unaccompanied children the share found is {points} points {where} that of others. "
        f"{_aims(pack)}"
    )


def _aims(pack: Pack) -> str:
    """Return what the links aim at, each number noted like a figure."""
    right, found, behind, left = (
        pack.note(f"links/aims/{name}", text)
        for name, text in (("right", "99.9%"), ("found", "97%"), ("behind", "2"), ("left", "3%"))
    )
    return (
        f"The aims: {right} of links right, {found} of pairs found, former unaccompanied children at most {behind} "
        f"points behind, at most {left} of records left to people."
    )


def _public(pack: Pack) -> bool:
    return pack.figures.edition == PUBLIC


def _hidden(pack: Pack, counts: Sequence[int]) -> set[int]:
    return hidden_counts(counts, pack.figures.build.threshold) if _public(pack) else set()


def _too_small(pack: Pack, number: int) -> bool:
    return _public(pack) and 0 < number < pack.figures.build.threshold


def _shown(pack: Pack, counts: Sequence[int]) -> list[str]:
    hidden = _hidden(pack, counts)
    return [HIDDEN if place in hidden else f"{number:,}" for place, number in enumerate(counts)]


def _share(part: int, whole: int, digits: int) -> str:
    return _percent(part / whole, digits) if whole else NOTHING


def _percent(share: float, digits: int) -> str:
    """Return a percentage that says all or none only where that is so."""
    least = 10.0**-digits
    percentage = round(100 * share, digits)
    if 0 < share < 1:
        percentage = min(max(percentage, least), 100 - least)
    return f"{percentage:.{digits}f}%"
