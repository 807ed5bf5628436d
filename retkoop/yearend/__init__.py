"""The yearly report: activity (CRA), finances (CRF), quitus, documents, submission, validation, archives.

A `Report` belongs to one fiscal year and to its cooperative. Its figures come
from the books (nothing is typed here) or are typed as totals; both become one
`Figures`, which the controls, the screens, the quitus and the PDF share.
Validation freezes them in a `ValidatedReport` that no act changes.
"""
