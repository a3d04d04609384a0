"""What pictures and PDFs need from the system: Pango for the pages, fonts for Vietnamese and Japanese."""

import os
import shutil
import subprocess
import sys

from captures.document_page import pdf_problem

# Debian's names; on other systems the person installs what the doctor names.
DEBIAN_PACKAGES = (
    "libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fontconfig", "fonts-noto-core", "fonts-noto-cjk",
)  # fmt: skip
LANGUAGES = ("vi", "ja")
LIST_SECONDS = 20
INSTALL_SECONDS = 900


def missing_fonts() -> tuple[str, ...] | None:
    """Return the languages that no installed font covers, None where fontconfig cannot be asked."""
    if shutil.which("fc-list") is None:
        return None
    missing = []
    for language in LANGUAGES:
        try:
            asked = ["fc-list", f":lang={language}", "family"]
            answer = subprocess.run(asked, capture_output=True, text=True, timeout=LIST_SECONDS, check=True)
        except (OSError, subprocess.SubprocessError):
            return None
        if not answer.stdout.strip():
            missing.append(language)
    return tuple(missing)


def printing_problem() -> str | None:
    """Return what keeps evidence packs from having a PDF with every letter, None where nothing does."""
    problem = pdf_problem()
    if problem is not None:
        return f"{problem}; on Debian: apt-get install {' '.join(DEBIAN_PACKAGES)}"
    fonts = missing_fonts()
    if fonts:
        return f"no font covers {', '.join(fonts)}; on Debian: apt-get install fonts-noto-core fonts-noto-cjk"
    return None


def install_parts() -> None:
    """Install what is missing, as root on Debian; elsewhere say what is missing. Having nothing is no failure."""
    problem = printing_problem()
    if problem is None:
        return
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root and shutil.which("apt-get"):
        sys.stderr.write("printing: installing Pango and fonts\n")
        for command in (("apt-get", "update", "-qq"), ("apt-get", "install", "-y", "-qq", *DEBIAN_PACKAGES)):
            try:
                subprocess.run(command, stdout=sys.stderr, timeout=INSTALL_SECONDS, check=True)
            except (OSError, subprocess.SubprocessError) as error:
                sys.stderr.write(f"printing: {command[0]}: {error}\n")
                return
    else:
        sys.stderr.write(f"printing: evidence packs come without PDF: {problem}\n")
