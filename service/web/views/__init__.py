"""What the pages show, computed from reports and rows alone: no web framework, no store."""
