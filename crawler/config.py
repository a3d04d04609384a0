"""What an installation can set: one model, read from the environment (MARKWATCH_…) and nothing else."""

from datetime import timedelta
from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from crawler.errors import BadInput
from storage.contact_key import open_contact_key
from storage.retention import RetentionPolicy

SHORTEST_SECRET = 32


def default_data_dir() -> Path:
    """Return the user's own data directory for Markwatch."""
    return user_data_path("markwatch", appauthor=False)


class Settings(BaseSettings):
    """Every setting of an installation, with its default."""

    model_config = SettingsConfigDict(env_prefix="MARKWATCH_", env_ignore_empty=True, frozen=True)

    db: str = ""
    """Database URL; empty means a SQLite file in `data_dir`."""
    data_dir: Path = Field(default_factory=default_data_dir)
    """Where the embedded database, captures, logs and mail files lie."""
    contact: str = ""
    """Web page or address that marketplaces may write to; part of the user agent."""
    console_url: str = "http://127.0.0.1:8000"
    """Address of the console as brand owners reach it; links in mails begin with it."""
    mail_from: str = "markwatch@localhost"
    """Sender address of alert mails."""
    smtp_host: str = ""
    """SMTP server; empty means that mails are written as .eml files."""
    smtp_port: int = 587
    """Port of the SMTP server; the connection is upgraded by STARTTLS except on a loopback host."""
    smtp_user: str = ""
    """Log-in at the SMTP server; empty means none."""
    smtp_password: SecretStr = SecretStr("")
    """Password at the SMTP server."""
    oidc_issuer: str = ""
    """The office's OpenID Connect provider, exactly as it calls itself; empty means none."""
    oidc_client_id: str = ""
    """How the provider knows this console."""
    oidc_client_secret: SecretStr = SecretStr("")
    """The console's secret at the provider; empty for a public client."""
    oidc_name: str = "OpenID Connect"
    """What the button on the log-in page says."""
    dkim_key: Path | None = None
    """File of the RSA key (PEM) that signs mails; without it the SMTP server has to."""
    dkim_selector: str = "markwatch"
    """Name under which the sender's domain publishes the public key."""
    mail_hourly_limit: int = Field(default=200, ge=1)
    """Mails to brand owners within an hour above which they stop until `markwatch alerts resume`."""
    staff_mail: str = ""
    """Addresses of operators, with commas between, that are told what went wrong with mails; empty means nobody."""

    tsa_url: str = ""
    """Time stamping authority (RFC 3161) for evidence; empty means that captures are signed but not stamped."""
    tsa_roots: Path | None = None
    """PEM file with the certificates that the authority's chain must end in; needed with `tsa_url`."""

    contact_key: SecretStr = SecretStr("")
    """Secret of at least 32 characters that sellers' contact data is hashed with, the same on every machine; empty
    means a file of random bytes in `data_dir`."""

    recapture_hours: int = Field(default=24, ge=0)
    """A hit last seen longer ago is captured anew when an officer opens it; 0: only when asked for."""

    keep_unflagged_days: int = Field(default=30, ge=1)
    """How long captures of listings without a hit are kept."""
    keep_rejected_days: int = Field(default=90, ge=1)
    """How long captures of rejected hits are kept, from the decision."""
    keep_confirmed_days: int = Field(default=1826, ge=1)
    """How long captures of confirmed hits are kept, from the decision."""

    retention_apply: bool = False
    """Whether evidence that was kept long enough is removed daily; look at `markwatch evidence retention` first."""

    free_floor_mb: int = Field(default=2048, ge=0)
    """So much stays free on the disk of the captures (on a small disk a tenth of it); below it nothing is captured."""
    quota_markets_mb: dict[str, int] = Field(default_factory=dict)
    """Market -> megabytes that captures of its pages may take; a JSON object. A market not named has no quota."""
    quota_brands_mb: dict[str, int] = Field(default_factory=dict)
    """Brand -> megabytes that captures of its hits' pages may take; a JSON object."""

    retention_hours: dict[str, int] = Field(default_factory=dict)
    """Market -> hours after which its data is removed here, where that is sooner than its terms ask; a JSON object."""

    def database_url(self, given: str | None = None) -> str:
        """Return the URL given on the command line, else the one set, else the embedded file."""
        return given or self.db or f"sqlite:///{self.data_dir / 'markwatch.db'}"

    operator_alerts: SecretStr = SecretStr("")
    """Where operators are told of breakage: addresses as apprise reads them (mailto://…, json://…), blanks between."""

    @property
    def captures_dir(self) -> Path:
        """Folder of the capture store."""
        return self.data_dir / "captures"

    @property
    def retention_policy(self) -> RetentionPolicy:
        """How long this installation keeps evidence."""
        return RetentionPolicy(
            unflagged=timedelta(days=self.keep_unflagged_days),
            rejected=timedelta(days=self.keep_rejected_days),
            confirmed=timedelta(days=self.keep_confirmed_days),
        )

    @property
    def free_floor_bytes(self) -> int:
        """How much must stay free on the disk of the captures."""
        return self.free_floor_mb * 2**20

    @property
    def signing_key(self) -> Path:
        """File of the Ed25519 key that signs evidence; made at the first capture."""
        return self.data_dir / "keys" / "evidence.pem"

    @property
    def contact_key_file(self) -> Path:
        """File of the key that sellers' contact data is hashed with, where none is set; made at the first use."""
        return self.data_dir / "keys" / "contacts.key"

    def contact_key_bytes(self) -> bytes:
        """Return the key that sellers' contact data is hashed with; BadInput where it is none."""
        given = self.contact_key.get_secret_value()
        if given and len(given) < SHORTEST_SECRET:
            raise BadInput(f"MARKWATCH_CONTACT_KEY: shorter than {SHORTEST_SECRET} characters")
        try:
            return given.encode() if given else open_contact_key(self.contact_key_file)
        except (OSError, ValueError) as problem:
            raise BadInput(f"the key of contact data: {problem}") from problem

    @property
    def product_model_file(self) -> Path:
        """The learned product matcher; absent on a fresh machine, where rules alone decide."""
        return self.data_dir / "product_model.json"

    @property
    def mail_dir(self) -> Path:
        """Folder that mails are written to when no SMTP server is set."""
        return self.data_dir / "mail"

    @property
    def logs_dir(self) -> Path:
        """Folder of the runs' log files, one file a run."""
        return self.data_dir / "logs"
