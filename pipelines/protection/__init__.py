"""Protection of the people in the data: the audit trail, erasure.

What it promises: who did what stands in a chain in which a change shows (`trail`, `chain`); a person who is erased is
in no file of the home, and the next delivery does not bring them back (`erasure`).

What belongs here: that. What does not: what may be published (`pipelines.disclosure`, `pipelines.release`).
"""
