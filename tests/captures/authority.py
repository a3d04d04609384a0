"""A time stamping authority for tests: answers RFC 3161 requests well, or wrong in one way."""

from dataclasses import dataclass
from datetime import UTC, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyasn1.codec.der import decoder, encoder
from pyasn1.type import univ, useful
from pyasn1_modules import rfc3161, rfc5035, rfc5652

from captures.stamp import StampAuthority
from tests.captures.capturing import utc_now

SHA256 = univ.ObjectIdentifier("2.16.840.1.101.3.4.2.1")
RSA_SHA256 = univ.ObjectIdentifier("1.2.840.113549.1.1.11")
POLICY = univ.ObjectIdentifier("1.3.6.1.4.1.4146.2.3")
CONTENT_TYPE = univ.ObjectIdentifier("1.2.840.113549.1.9.3")
MESSAGE_DIGEST = univ.ObjectIdentifier("1.2.840.113549.1.9.4")
SIGNING_CERTIFICATE_V2 = univ.ObjectIdentifier("1.2.840.113549.1.9.16.2.47")
TST_INFO = univ.ObjectIdentifier("1.2.840.113549.1.9.16.1.4")


@dataclass(frozen=True, slots=True)
class TestAuthority:
    """Root, stamping certificate and its key."""

    __test__ = False

    root: x509.Certificate
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def trusted(self) -> StampAuthority:
        return StampAuthority(url="http://tsa.example/", roots=(self.root,))


def make_authority(*, expired: bool = False) -> TestAuthority:
    now = utc_now()
    root_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Stamp root")])
    start, end = now - timedelta(days=400), now + timedelta(days=400)
    root = (
        x509.CertificateBuilder()
        .subject_name(root_name).issuer_name(root_name).public_key(root_key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(root_key, hashes.SHA256())
    )  # fmt: skip
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Stamping office")])).issuer_name(root_name)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(start).not_valid_after(now - timedelta(days=1) if expired else end)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(root_key, hashes.SHA256())
    )  # fmt: skip
    return TestAuthority(root, certificate, key)


def answer(
    authority: TestAuthority,
    request: bytes,
    *,
    after: timedelta = timedelta(0),
    wrong_nonce: bool = False,
    wrong_hash: bool = False,
    wrong_signature: bool = False,
    status: int = 0,
) -> bytes:
    """Return a TimeStampResp in DER form (RFC 3161 2.4.2, CMS by RFC 5652)."""
    asked, _ = decoder.decode(request, asn1Spec=rfc3161.TimeStampReq())
    info = rfc3161.TSTInfo()
    info["version"] = 1
    info["policy"] = POLICY
    info["messageImprint"]["hashAlgorithm"]["algorithm"] = SHA256
    imprint = bytes(asked["messageImprint"]["hashedMessage"])
    info["messageImprint"]["hashedMessage"] = bytes(32) if wrong_hash else imprint
    info["serialNumber"] = 7
    info["genTime"] = useful.GeneralizedTime((utc_now() + after).astimezone(UTC).strftime("%Y%m%d%H%M%SZ"))
    if asked["nonce"].isValue:
        info["nonce"] = int(asked["nonce"]) + (1 if wrong_nonce else 0)
    token_info = encoder.encode(info)
    response = rfc3161.TimeStampResp()
    response["status"]["status"] = status
    signed = _signed_data(authority, token_info, wrong_signature=wrong_signature)
    response["timeStampToken"]["contentType"] = rfc5652.id_signedData
    response["timeStampToken"]["content"] = univ.Any(encoder.encode(signed))
    return bytes(encoder.encode(response))


def _signed_data(authority: TestAuthority, token_info: bytes, *, wrong_signature: bool) -> rfc5652.SignedData:
    certificate = authority.certificate.public_bytes(serialization.Encoding.DER)
    decoded, _ = decoder.decode(certificate, asn1Spec=rfc5652.CertificateChoices())
    signed = rfc5652.SignedData()
    signed["version"] = 3
    signed["digestAlgorithms"][0]["algorithm"] = SHA256
    signed["encapContentInfo"]["eContentType"] = TST_INFO
    signed["encapContentInfo"]["eContent"] = token_info
    signed["certificates"][0] = decoded
    one = rfc5652.SignerInfo()
    one["version"] = 1
    plain = decoded["certificate"]["tbsCertificate"]
    one["sid"]["issuerAndSerialNumber"]["issuer"] = plain["issuer"]
    one["sid"]["issuerAndSerialNumber"]["serialNumber"] = plain["serialNumber"]
    one["digestAlgorithm"]["algorithm"] = SHA256
    attributes = (
        (CONTENT_TYPE, TST_INFO),
        (MESSAGE_DIGEST, univ.OctetString(_sha256(token_info))),
        (SIGNING_CERTIFICATE_V2, _certificate_id(certificate)),
    )
    for number, (kind, value) in enumerate(attributes):
        one["signedAttrs"][number]["attrType"] = kind
        one["signedAttrs"][number]["attrValues"][0] = univ.Any(encoder.encode(value))
    # RFC 5652 5.4: signed as a SET, whatever tag it carries inside the structure.
    attribute_set = rfc5652.SignedAttributes()
    for number in range(len(attributes)):
        attribute_set[number] = one["signedAttrs"][number]
    signature = authority.key.sign(encoder.encode(attribute_set), padding.PKCS1v15(), hashes.SHA256())
    one["signatureAlgorithm"]["algorithm"] = RSA_SHA256
    one["signature"] = bytes(len(signature)) if wrong_signature else signature
    signed["signerInfos"][0] = one
    return signed


def _certificate_id(certificate: bytes) -> rfc5035.SigningCertificateV2:
    made = rfc5035.SigningCertificateV2()
    made["certs"][0]["certHash"] = _sha256(certificate)
    return made


def _sha256(content: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(content)
    return digest.finalize()
