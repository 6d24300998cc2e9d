"""The sources: one module a document, its data and its template together."""
