"""What a district says of the city's published lists: which of its rows it confirms, disputes, adds.

``own`` finds a district's rows, ``models`` holds what is said of them, ``standing`` sets the one
against the other, ``claims`` checks what a row should say, ``domain`` writes; ``answers`` is what
the city does with a claim (``docs/lists.md``).
"""
