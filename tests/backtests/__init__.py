"""Back-tests: the figures of the warehouse against an oracle and against lives whose figures were written by hand."""
