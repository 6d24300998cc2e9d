"""jixiao: budget performance self-evaluation reports in, structured evaluations out."""

import os

__version__ = "0.1.0"

# ONNX Runtime's official builds report to their makers unless this is set before they load.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
