"""One module a page. Importing it puts the page's address on NiceGUI's app."""
