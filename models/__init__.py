"""The tagger: entities and relations in the running text of performance reports."""
