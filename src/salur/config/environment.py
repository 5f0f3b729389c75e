"""What the surroundings decide: folders, addresses, databases. Read when settings are loaded."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

ROOT = Path(__file__).resolve().parents[3]


def _folder(variable: str, default: str) -> Path:
    return Path(os.environ.get(variable) or ROOT / default).expanduser().resolve()


def data_dir() -> Path:
    """Folder of everything that may be lost only with a backup: database and evidence."""
    return _folder("SALUR_DATA_DIR", "var/data")


def keys_dir() -> Path:
    """Folder of the keys. Never inside the data folder: a stolen backup must not open itself."""
    return _folder("SALUR_KEYS_DIR", "var/keys")


def regions_dir() -> Path | None:
    """Folder of better coordinates and boundaries than the shipped ones, if one is named."""
    value = os.environ.get("SALUR_REGIONS_DIR")
    return Path(value).expanduser().resolve() if value else None


def flag(variable: str) -> bool:
    return os.environ.get(variable, "").strip().lower() in {"1", "true", "yes", "on"}


def addresses(host: str) -> list[str]:
    """Names and numbers under which this machine may be called, the asked-for one first."""
    found = [] if host in {"0.0.0.0", "::"} else [host]  # noqa: S104 - compared, not bound
    found += ["localhost", "127.0.0.1", socket.gethostname()]
    probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        probe.connect(("192.0.2.1", 9))  # sends nothing: asks which own address would be used
        found.insert(0 if not found or host in {"0.0.0.0", "::"} else 1, probe.getsockname()[0])  # noqa: S104
    except OSError:
        pass
    finally:
        probe.close()
    return list(dict.fromkeys(found))


def port() -> int:
    """PORT, or 8000; raises ValueError for what is no port."""
    value = os.environ.get("PORT") or "8000"
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise ValueError(f"PORT={value}: angka 1 sampai 65535 (a number from 1 to 65535)")
    return int(value)


@dataclass(frozen=True)
class DatabaseAddress:
    """Where one role of a PostgreSQL database is reached. The password stays out of its repr."""

    name: str
    user: str
    host: str
    port: int
    password: str = ""
    options: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return f"DatabaseAddress({self.user}@{self.host}:{self.port}/{self.name})"

    @classmethod
    def parse(cls, url: str) -> "DatabaseAddress":
        """`postgresql://user:password@host:port/name?sslmode=require`; raises ValueError else."""
        parts = urlsplit(url)
        if parts.scheme not in {"postgres", "postgresql"}:
            raise ValueError(
                "DATABASE_URL harus berbentuk postgresql://pengguna:sandi@tuan-rumah/nama"
                " (must look like postgresql://user:password@host/name)"
            )
        query = dict(parse_qsl(parts.query))
        return cls(
            name=unquote(parts.path.lstrip("/")) or "salur",
            user=unquote(parts.username or "salur_app"),
            host=query.pop("host", "") or parts.hostname or "localhost",
            port=parts.port or 5432,
            password=unquote(parts.password or ""),
            options=tuple(query.items()),
        )


def outside_database() -> tuple[DatabaseAddress, DatabaseAddress] | None:
    """Application and owner address of an outside PostgreSQL; None means the embedded one.

    Without DATABASE_OWNER_URL the application's own role is named as owner: such a system can
    run, but `salur migrate` refuses, because an owner could change what is append-only.
    """
    url = os.environ.get("DATABASE_URL")
    if not url:
        return None
    application = DatabaseAddress.parse(url)
    owner_url = os.environ.get("DATABASE_OWNER_URL")
    return application, DatabaseAddress.parse(owner_url) if owner_url else application
