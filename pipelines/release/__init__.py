"""What leaves the house: editions, the ledger of released figures, sign-off, restatements, shares with districts.

What it promises: no restricted value stands in a lower edition (`scan`); a released figure is never changed, only
restated beside what was released (`ledger`, `restatements`); who prepared a release did not approve it (`releasing`);
a district is given only people whose live consent names it, and only what they consented to (`shares`).

What belongs here: deciding what may leave, and keeping what did. What does not: suppression and its audit
(`pipelines.disclosure`), the pages of a pack (`pipelines.rendering`), erasure and the audit trail
(`pipelines.protection`).
"""
