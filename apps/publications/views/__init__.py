"""The public pages. Views are thin: what may be read is asked of ``queries``."""
