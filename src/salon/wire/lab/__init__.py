"""The forms of clients that others wrote for the lab: how they are known, read, and answered in kind.

`forms` is the table; `reading` takes bytes apart and says what is asked, `writing` is the dialect that answers.
"""
