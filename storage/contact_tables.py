"""Tables about contact data of sellers: which key it was hashed with, and who saw it in full, why."""

from sqlalchemy import Index, Table

from storage.tables import metadata, moment, row_number, text

# Names the key that the hashes were made with; they are made anew where it is another one.
contact_keys = Table("contact_keys", metadata, text("fingerprint", key=True), moment("used_at"))
# An officer may see a seller's contact data in full for a while; the seller stands here as a keyed hash.
contact_unlocks = Table(
    "contact_unlocks", metadata,
    row_number("unlock_id"), text("market"), text("seller"), text("login"), text("reason"), moment("at"),
    moment("ends_at"), Index(None, "market", "seller", "login"),
)  # fmt: skip
