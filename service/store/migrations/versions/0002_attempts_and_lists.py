"""Count what was in work when a worker died; lists of many documents answer at once"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("document_id", sa.String(length=32), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_attempts_document_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", "run", "step", name="pk_attempts"),
    )

    op.create_table(
        "evaluation_words",
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluations.id"], name="fk_evaluation_words_evaluation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("evaluation_id", name="pk_evaluation_words"),
    )
    op.execute("INSERT INTO evaluation_words (evaluation_id, words) SELECT id, words FROM evaluations")
    # In place: a copy that took the table's place on SQLite would take the findings with it.
    op.execute("ALTER TABLE evaluations DROP COLUMN words")

    op.drop_index("ix_evaluations_group_id", "evaluations")
    op.drop_index("ix_evaluations_year", "evaluations")
    listing = ["year", "errors", "kind", "grade", "document_id", "unit", "department"]
    op.create_index("ix_evaluations_listing", "evaluations", listing)
    op.create_index("ix_documents_created_at", "documents", ["created_at"])
