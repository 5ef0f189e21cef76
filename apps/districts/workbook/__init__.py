"""The workbook: a return as an XLSX file, filled offline, read back, compared and accepted.

``layout`` says what a row is; ``writing`` makes the file; ``container`` and ``reading`` take one
back, ``cells`` reads single cells; ``comparing`` says what would change and what is wrong;
``marking`` shows that in the file itself; ``storing`` keeps an upload and stores what was accepted.
"""
