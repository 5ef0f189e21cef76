"""Make the first account of an installation."""

from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from apps.accounts.models import Bureau, BureauKind, Role, User


class Command(BaseCommand):
    """Make an administrator; he sets up his second factor at the first sign-in."""

    help = "Make an administrator's account. Asks for what is not given; the password always."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the account's name and the person's."""
        parser.add_argument("--username")
        parser.add_argument("--full-name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask, check and save; raises ``CommandError`` that says what is wrong with the answers."""
        user = User(
            username=options["username"] or input(_("Account: ")).strip(),
            full_name=options["full_name"] or input(_("Name of the person: ")).strip(),
            bureau=Bureau.objects.filter(kind=BureauKind.CITY).first(),
            roles=[Role.ADMINISTRATOR],
        )
        self.stdout.write("\n".join(password_validators_help_texts()))
        password = getpass(_("Password: "))
        if getpass(_("Password again: ")) != password:
            raise CommandError(_("The two passwords differ. Nothing was made."))
        try:
            user.full_clean(exclude=["password"])
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        user.set_password(password)
        user.save()
        self.stdout.write(
            _("Account %(name)s is ready. Its second factor is set up at the first sign-in.")
            % {"name": user.username}
        )
