"""Realistic, obviously fake extracts with known truth: the input of the demo, of tests and of the oracle.

What belongs here: simulated lives, what each source writes down of them with which defects, and the truth beside it. What does
not: anything that reads the pipeline's output; the generator, the models and the oracle are written by different hands.
"""

from pipelines.synthetic.generation import GenerationSummary, generate

__all__ = ["GenerationSummary", "generate"]
