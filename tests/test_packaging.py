"""What is built, what is in it, and that installing it moves nothing of the platform's.

The quick tests build once and look into the files. Those marked ``packaging`` install the package beside the pins of
every release, as an image of Open edX does: ``make packages``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from openedx_webhooks import __version__

ROOT = Path(__file__).parent.parent
RELEASES = {
    "redwood": "3.11",
    "sumac": "3.11",
    "teak": "3.11",
    "ulmo": "3.11",
    "verawood": "3.12",
    "newest": "3.12",
}
NOT_SOURCES = (
    *(".git", ".venv", ".tox", "build", "dist", "_build", "pii_report", "*.egg-info", "__pycache__", "*.py[cod]"),
    *(".*_cache", ".hypothesis", ".coverage*", "*.sqlite3*"),
)
NEEDED = bool(os.environ.get("REQUIRE_SERVICES"))


def run(*command: str | Path, cwd: Path = ROOT, **environment: str | Path) -> str:
    """The command's standard output; its standard error is in the message of what this raises."""
    inherited = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    changed = {name: str(value) for name, value in environment.items()}
    done = subprocess.run(command, cwd=cwd, env=inherited | changed, text=True, capture_output=True, check=False)
    assert done.returncode == 0, f"{command} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    """A directory with the wheel and the source distribution, built from a copy: building writes into its sources."""
    place = tmp_path_factory.mktemp("packaging")
    shutil.copytree(ROOT, place / "source", ignore=shutil.ignore_patterns(*NOT_SOURCES))
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", place, cwd=place / "source")
    return place


@pytest.fixture(scope="session")
def wheel(built) -> Path:
    return next(built.glob("*.whl"))


@pytest.fixture(scope="session")
def sdist(built) -> Path:
    return next(built.glob("*.tar.gz"))


@pytest.fixture
def names(wheel) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


@pytest.fixture
def distribution(wheel) -> Distribution:
    (metadata,) = (path for path in zipfile.Path(wheel).iterdir() if path.name.endswith(".dist-info"))
    return PathDistribution(metadata)


def files_under(*directories: str) -> set[str]:
    """Paths, relative to the checkout, of the sources in these directories of it."""
    found = (path for directory in directories for path in (ROOT / directory).rglob("*") if path.is_file())
    relative = (path.relative_to(ROOT) for path in found)
    return {str(path) for path in relative if not any(path.match(p) or _inside(path, p) for p in NOT_SOURCES)}


def _inside(path: Path, pattern: str) -> bool:
    return any(parent.match(pattern) for parent in path.parents)


def test_wheel_has_one_top_level_package(names):
    top_level = {name.split("/")[0] for name in names}

    assert top_level == {"openedx_webhooks", f"openedx_webhooks-{__version__}.dist-info"}


def test_wheel_has_every_file_of_the_package(names):
    assert {name for name in names if name.startswith("openedx_webhooks/")} == files_under("openedx_webhooks")


def test_wheel_has_the_licence(wheel, names):
    (licence,) = (name for name in names if name.endswith("LICENSE.txt"))

    assert "GNU AFFERO GENERAL PUBLIC LICENSE" in zipfile.ZipFile(wheel).read(licence).decode()


@pytest.mark.parametrize("project", ["lms", "cms"])
def test_lms_and_cms_find_the_app(distribution, project):
    (entry_point,) = distribution.entry_points.select(group=f"{project}.djangoapp")

    assert (entry_point.name, entry_point.value) == ("webhooks", "openedx_webhooks.apps:WebhooksConfig")
    assert entry_point.load().name == "openedx_webhooks"


def test_metadata_says_what_it_is(distribution):
    metadata = distribution.metadata

    assert metadata["Name"] == "openedx-webhooks"
    assert metadata["Version"] == __version__
    assert metadata["License"] == "AGPL-3.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["Description-Content-Type"] == "text/x-rst"


def test_requirements_have_lower_bounds_only(distribution):
    specifiers = {str(specifier) for text in distribution.requires for specifier in Requirement(text).specifier}

    assert {specifier[:2] for specifier in specifiers} == {">="}


@pytest.mark.parametrize("release", RELEASES)
def test_pins_of_a_release_satisfy_the_requirements(distribution, release):
    requirements = {Requirement(text).name.lower(): Requirement(text) for text in distribution.requires}
    lines = (ROOT / "requirements" / "releases" / f"{release}.txt").read_text().splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    versions = {pin.name.lower(): specifier.version for pin in pins for specifier in pin.specifier}

    too_old = {name for name in versions if name in requirements and versions[name] not in requirements[name].specifier}

    assert not too_old


def test_sdist_can_be_tested_and_documented(sdist):
    root = f"openedx[-_]webhooks-{re.escape(__version__)}/"
    with tarfile.open(sdist) as archive:
        names = {re.sub(f"^{root}", "", name) for name in archive.getnames()}

    directories = ("openedx_webhooks", "tests", "docs", "requirements", "demo", "examples", "benchmarks")
    single = {"CHANGELOG.rst", "LICENSE.txt", "Makefile", "README.rst", "pyproject.toml", "setup.py", "tox.ini"}
    generated = re.compile(r"docs/reference/((events|filters)/.*|settings\.rst)")  # by make docs, where it has run
    wanted = {name for name in files_under(*directories) | single if not generated.fullmatch(name)}
    assert wanted - names == set()
    assert not [name for name in names if generated.fullmatch(name)]


def find_uv() -> str | None:
    try:
        from uv import find_uv_bin

        return find_uv_bin()
    except ImportError:
        return shutil.which("uv")


@pytest.fixture(scope="session")
def uv(tmp_path_factory) -> str:
    """uv, with a registry that it can reach; without, there is nothing to be learnt here."""
    command = find_uv()
    if command and _reaches_a_registry(command, tmp_path_factory.mktemp("nothing")):
        return command
    reason = "uv is not installed" if command is None else "no package registry can be reached"
    if NEEDED:
        pytest.fail(f"REQUIRE_SERVICES is set, and {reason}.")
    return pytest.skip(f"{reason}: nobody has checked that installing the package moves nothing")


def _reaches_a_registry(command: str, place: Path) -> bool:
    asked = [command, "pip", "install", "--dry-run", "--refresh", "--target", place, "setuptools==69.1.1"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.fixture
def environment(tmp_path, release, uv, distribution) -> Path:
    """A virtual environment with the pins of a release, and the lowest versions of whatever else we require."""
    place = tmp_path / release
    run(uv, "venv", "--quiet", "--seed", "--python", RELEASES[release], place)
    ours = tmp_path / "ours.txt"
    ours.write_text("\n".join(distribution.requires))
    pins = ROOT / "requirements" / "releases" / f"{release}.txt"
    wanted = "highest" if release == "newest" else "lowest-direct"
    install = (uv, "pip", "install", "--quiet", "--resolution", wanted)
    run(*install, "-r", pins, "-r", ours, VIRTUAL_ENV=place)
    return place


def installed(uv: str, environment: Path) -> set[str]:
    return set(run(uv, "pip", "freeze", VIRTUAL_ENV=environment).splitlines())


def builder(environment: Path) -> str:
    """What built the installed wheel, as it says itself."""
    (metadata,) = environment.rglob("openedx_webhooks-*.dist-info/WHEEL")
    return re.search("^Generator: (.*)$", metadata.read_text(), re.MULTILINE)[1]


@pytest.fixture(params=["pip", "uv"])
def installer(request, uv, environment, tmp_path):
    """Installs a file as the images of Ulmo do, which build sources with setuptools 69.1.1."""
    constraint = tmp_path / "build-constraints.txt"
    constraint.write_text("setuptools==69.1.1\n")
    pip = (environment / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-cache-dir")
    command = {"pip": pip, "uv": (uv, "pip")}[request.param]

    def install(artifact: Path) -> None:
        images = {"PIP_BUILD_CONSTRAINT": constraint, "UV_BUILD_CONSTRAINT": constraint, "UV_NO_CACHE": "1"}
        run(*command, "install", artifact, VIRTUAL_ENV=environment, **images)

    return install


@pytest.mark.packaging
@pytest.mark.timeout(600)
@pytest.mark.parametrize("release", RELEASES)
def test_installing_moves_nothing_of_the_platform(release, installer, environment, uv, wheel, sdist):
    before = installed(uv, environment)

    for artifact in (wheel, sdist):
        installer(artifact)
        after = installed(uv, environment)
        run(environment / "bin" / "python", "-c", "import openedx_webhooks.apps", cwd=environment)
        built_by = builder(environment)
        run(uv, "pip", "uninstall", "--quiet", "openedx-webhooks", VIRTUAL_ENV=environment)

        assert {re.split("==| @ ", line)[0] for line in after - before} == {"openedx-webhooks"}
        assert before - after == set()

    assert built_by.startswith("bdist_wheel"), "a setuptools as old as 69.1.1 leaves wheels to the wheel package"
