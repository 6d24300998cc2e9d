"""What NiceGUI has no element for: the page image with its outlines, the drop zone, the keys."""
