"""A draft's own list as a file: written to be changed in a spreadsheet, and read back word for word.

``heads`` know such a file by its header, ``cells`` write and read one cell, ``files`` write the
list, ``tables`` find it among the tables of a document.
"""
