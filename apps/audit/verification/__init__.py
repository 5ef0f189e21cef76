"""Is everything still what was written, signed, approved and released? Reads only.

One fault is one sentence with the table and the row it speaks of. What each part looks at stands
in its module; the chain itself is defined in ``docs/canonical.md``.
"""

from apps.audit.verification.fault import Fault
from apps.audit.verification.run import guarded, parts, snapshot, verify

__all__ = ["Fault", "guarded", "parts", "snapshot", "verify"]
