"""Which counts of a run may stand in a public page: how records were linked, and how often links are right.

What belongs here: small counts of a column that adds up to a total known elsewhere. What does not: figures of people's
lives, which go through `write_figures`.
"""

from collections.abc import Sequence


def hidden_counts(counts: Sequence[int], threshold: int) -> set[int]:
    """Return the places of the counts to hide, so that none from 1 up to below `threshold` can be read or worked out.

    The total of the counts is taken to be known. So where one is hidden another is too, and those hidden add up to at
    least the threshold; the company is the smallest count above zero, and a zero only where nothing else is left.

    Args:
        counts: Parts of one total.
        threshold: The smallest count that may be published.
    """
    hidden = {place for place, number in enumerate(counts) if 0 < number < threshold}
    company = sorted(set(range(len(counts))) - hidden, key=lambda place: (counts[place] == 0, counts[place], place))
    for place in company:
        if not hidden or (len(hidden) > 1 and sum(counts[one] for one in hidden) >= threshold):
            break
        hidden.add(place)
    return hidden
