"""Ed25519 by whatever is there: the package `cryptography`, or the slow reference beside this."""

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    from ed25519_reference import verify  # noqa: F401
else:
    def verify(public, message, signature):
        try:
            return Ed25519PublicKey.from_public_bytes(public).verify(signature, message) is None
        except InvalidSignature:
            return False
