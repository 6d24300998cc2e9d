"""N1 to N4: what running text says against itself, against the form, and against the unit and year it speaks for."""

from __future__ import annotations

from service.assembling.checks.prose.forms import n3
from service.assembling.checks.prose.names import n4
from service.assembling.checks.prose.parts import n2
from service.assembling.checks.prose.rates import n1

__all__ = ["n1", "n2", "n3", "n4"]
