"""Operation: what makes nights boring. Who is late, what needs somebody, what to start and whom to tell.

What it promises: the clock is London's, across both changes of it; a delivery is late by its own rule and is named by
its sender (`deliveries`); one page answers how the home stands (`status`); files are landed soon after they arrive and
figures follow when the day's senders are in (`arrivals`); what goes wrong is told once, with the sentence that matters
first and nobody's values (`alerts`).

What belongs here: watching a home and deciding what to start. What does not: the stages themselves, which know nothing
of schedules, and Dagster, which only `automation` knows.
"""
