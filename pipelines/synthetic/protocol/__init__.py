"""The protocol's own forms, all but the accommodation form: what the two counties' teams enter into their templates.

What belongs here: which promises were kept, late or broken, and how the team wrote that down. What does not: the lives
themselves (childhood, homes, crises, registrations), the accommodation form (forms.py), headers and spellings.

Every fact is drawn from a stream of its own, so a further form changes no other record. `records` holds how a form is
written; `planning`, `sharing`, `tenancies` and `safeguards` hold the forms about people, `partners` those about the
partnership; `book` goes through them.
"""

from pipelines.synthetic.protocol.book import FORMS, QUIET, fill

__all__ = ["FORMS", "QUIET", "fill"]
