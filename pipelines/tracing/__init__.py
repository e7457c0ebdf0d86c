"""From a figure to the records behind it, and from each record to files, rows and loads.

What it promises: the events are those that the published build counted, so that their sum is the figure.

What belongs here: the query that opens figures (`events`), and which models a measure is computed by (`lineage`). What
does not: counting anew by another rule, the command's words (`pipelines.commands.trace`), pages
(`pipelines.rendering.traces`).
"""

from pipelines.tracing.events import Asked, Behind, TracedEvent, TracedSource, behind_figures, traced_events
from pipelines.tracing.lineage import Lineage, Model

__all__ = ["Asked", "Behind", "Lineage", "Model", "TracedEvent", "TracedSource", "behind_figures", "traced_events"]
