"""One module per command of `lasting-homes`: `configure(parser)` adds its options, `run(options)` does it.

What belongs here: turning options into calls of the stages, and results into an `Outcome`. What does not: work of a
stage. Modules import what is heavy inside their functions, because the command line must answer at once.
"""
