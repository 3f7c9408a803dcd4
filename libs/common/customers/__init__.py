"""What may stand in the fields of a customer: one set of rules, for files, the API and corrections.

`matcher` reads customers by them; `consent` asks them before it takes a correction.
"""
