"""How calls to Alibaba's open platforms (AliExpress, Lazada) are signed: HMAC-SHA256 over the sorted parameters."""

import hashlib
import hmac
from collections.abc import Mapping


def signature(secret: str, parameters: Mapping[str, str], path: str = "") -> str:
    """Return the upper-case hex signature over path and sorted name and value pairs, written one after the other."""
    text = path + "".join(f"{name}{value}" for name, value in sorted(parameters.items()))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest().upper()
