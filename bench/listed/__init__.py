"""The parts of ``bench.public``: its rows, what is measured beside, and the load of many clients."""
