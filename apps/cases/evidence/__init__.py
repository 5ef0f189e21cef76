"""Files that prove a figure, a row or an answer: what is taken in, where it lies, what it holds.

``worker`` looks into a stranger's file in a process of its own and needs no Django; ``checking``
asks it and says its answer in sentences; ``store`` keeps bytes under their SHA-256.
"""
