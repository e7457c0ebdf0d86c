"""Realistic, obviously fake extracts with known truth: the input of the demo, of tests and of the oracle.

What belongs here: simulated lives, what each source writes down of them with which defects, and the truth beside it.
What does not: anything that reads the pipeline's output; the generator, the models and the oracle are written by
different hands.

The order in which a run goes through it: `people` (who), `lives` with `childhood`, `homes`, `crises`, `registrations`
(what happens), `case_system`, `forms`, `lettings`, `homelessness` (what each source knows of it), `defects` and `rows`
(how it is miswritten), `files` (bytes and receipts), `truth` and `lives_truth` (what was meant). `generation` does it.
"""

from pipelines.synthetic.bad_day import BadFile, generate_bad_day
from pipelines.synthetic.generation import GenerationSummary, generate

__all__ = ["BadFile", "GenerationSummary", "generate", "generate_bad_day"]
