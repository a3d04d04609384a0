"""What every test shares: property tests repeat the same examples, except in the long run."""

import os

from hypothesis import settings

IS_LONG = bool(os.environ.get("MARKWATCH_LONG"))

# A red build must be red again for the next person: random examples belong to the long run.
settings.register_profile("usual", derandomize=True, deadline=None)
settings.register_profile("long", deadline=None, max_examples=500)
settings.load_profile("long" if IS_LONG else "usual")
