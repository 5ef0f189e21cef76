"""Make a PDF of a template and JSON from standard input: a program of its own, run by ``receipts``.

Typst keeps what it laid out for the next document, some 200 MB after a few receipts. In a process
that ends, that is given back.
"""

import sys

import typst

if __name__ == "__main__":
    template, name = sys.argv[1:]
    data = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write(typst.compile(template, sys_inputs={name: data}, format="pdf"))
