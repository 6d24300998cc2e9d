"""jixiao: budget performance self-evaluation reports in, structured evaluations out."""

__version__ = "0.1.0"
