"""An overview of many documents is read from indexes"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    figures = ["kind", "year", "level", "grade", "group_id", "score", "execution_rate", "budget", "executed"]
    op.create_index("ix_evaluations_figures", "evaluations", figures)
    units = ["unit", "department", "group_id", "kind", "year", "score", "execution_rate"]
    op.create_index("ix_evaluations_units", "evaluations", units)
    op.drop_index("ix_findings_rule", "findings")
    op.create_index("ix_findings_rule", "findings", ["rule", "severity", "group_id", "evaluation_id"])
